import { markOf, ownerOf } from "../../../mail/ownership.ts";
import { sentence } from "../../../mail/problem.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { type ConnectorForm, formAsItStands, fromExchange, sameName } from "./form.ts";
import type { CheckedInputs, InboundConnectorOutputs } from "./props.ts";
import { connectorProblems } from "./rules.ts";

/** A connector that is in Exchange already and may be taken over. */
export interface Taken {
  readonly guid: string;
  /** What to put back when the resource goes; null for one that an earlier run of ours made. */
  readonly before: ConnectorForm | null;
}

/**
 * Looks once more, right before writing, whether others are in the way.
 *
 * @returns the connector that has the name, or undefined
 * @throws Error when it is somebody else's, or another one matches the same connections; nothing was changed then
 */
export async function clearWay(invoke: Invoke, inputs: CheckedInputs): Promise<Taken | undefined> {
  const { value: connectors } = await invoke("Get-InboundConnector", {});
  const [problem] = connectorProblems(inputs, connectors);
  if (problem !== undefined) throw new Error(`${sentence(problem)}; nothing was changed`);
  const object = connectors.find(({ Name }) => sameName(String(Name), inputs.name));
  return object && { guid: String(object.Guid), before: beforeOf(object) };
}

/**
 * What stood there before us. One that an earlier run had adopted, and lost from state, can only be put back as it
 * is found, without the mark: what existed before us is never removed.
 */
function beforeOf(object: Readonly<Record<string, unknown>>): ConnectorForm | null {
  const form = formAsItStands(object);
  const mark = markOf(form.comment);
  if (mark === undefined) return form;
  return mark.adopted ? { ...form, comment: "" } : null;
}

/**
 * Two signals have to agree before a connector is touched: the id in state, and the mark in Exchange. A change may
 * put a lost mark back; a removal needs it.
 */
export function refuseForeign(
  object: Readonly<Record<string, unknown>>,
  { owner, guid }: InboundConnectorOutputs,
  act: "change" | "remove",
): void {
  const { name, comment } = fromExchange(object);
  const theirs = ownerOf(comment);
  if (theirs === owner || (theirs === undefined && act === "change")) return;
  const whose = theirs === undefined ? "bears our mark no more" : `is now managed by ${theirs}`;
  const back = theirs === undefined ? "put the mark back with pulumi up --refresh, or " : "";
  throw new Error(
    `connector "${name}" (${guid}) ${whose}, so nothing was done to ${act} it; ` +
      `${back}let go of it with pulumi state delete`,
  );
}
