import { ownerOf } from "../../../mail/ownership.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { isAlreadyThere, isNotFound, isOutcomeUnknown } from "../../../tenant/exchangeError.ts";
import { HalfMade } from "../../host/dynamicProvider.ts";
import { type ConnectorForm, formAsItStands, fromExchange, toParameters } from "./form.ts";
import { type CheckedInputs, type InboundConnectorOutputs, identityOf } from "./props.ts";
import { type Settled, settle, settleRemoved, waitUntilShown } from "./settle.ts";

/**
 * Makes the connector. An answer that was lost is looked for by name and mark.
 *
 * @returns its GUID, and whether it was made now or found
 */
export async function make(
  invoke: Invoke,
  wanted: CheckedInputs,
): Promise<{ guid: string; found: boolean }> {
  const given = Object.entries(toParameters(wanted)).filter(([, value]) => value !== null);
  try {
    const { value } = await invoke("New-InboundConnector", Object.fromEntries(given));
    const object = value[0] ?? (await waitUntilShown(invoke, wanted.name));
    if (typeof object?.Guid === "string") return { guid: object.Guid, found: false };
  } catch (error) {
    if (!isAlreadyThere(error) && !isOutcomeUnknown(error)) throw error;
    const object = await waitUntilShown(invoke, wanted.name);
    const ours = object !== undefined && ownerOf(fromExchange(object).comment) === wanted.owner;
    if (!ours) throw error;
    return { guid: String(object.Guid), found: true };
  }
  throw new Error(
    `Exchange took connector "${wanted.name}" but does not show it yet; run pulumi up again, which takes it over`,
  );
}

/** Sends every property; what is empty clears what was there. */
export async function set(invoke: Invoke, id: string, form: ConnectorForm): Promise<void> {
  await invoke("Set-InboundConnector", { Identity: id, ...toParameters(form), Confirm: false });
}

/**
 * Writes an existing connector, waits until Exchange shows it, and says what state shall keep.
 *
 * @param write what is written first; nothing for a connector that was just made
 * @throws HalfMade for whatever goes wrong once something may have been written, so that state keeps the connector
 *   and what to put back
 */
export async function finish(
  invoke: Invoke,
  guid: string,
  wanted: CheckedInputs,
  before: ConnectorForm | null,
  write: () => Promise<void> = async () => {},
): Promise<InboundConnectorOutputs> {
  const kept = { ...identityOf(wanted), ...wanted, guid, before, ownWay: {} };
  const unfinished = (reason: string, cause?: unknown) =>
    new HalfMade(guid, { ...kept, ready: false, pending: reason }, reason, cause);
  try {
    await write();
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error;
    throw unfinished(`${(error as Error).message}; run pulumi up again`, error);
  }
  const settled = await settle(invoke, guid, wanted).catch((error: Error) => {
    throw unfinished(`${error.message}; run pulumi up again`, error);
  });
  if (settled.wrong.length > 0) throw unfinished(wrongOf(settled, wanted));
  const ownWay = Object.fromEntries(settled.differs.map((key) => [key, settled.observed?.[key]]));
  const pending = pendingOf(settled, wanted);
  return { ...kept, ownWay, pending, ready: pending === "" };
}

/** Puts an adopted connector back as it was, and looks that it is. */
export async function putBack(
  invoke: Invoke,
  { name, guid }: InboundConnectorOutputs,
  before: ConnectorForm,
): Promise<void> {
  const failed = (why: string, cause?: unknown) =>
    new Error(
      `connector "${name}" (${guid}) can't be put back as "${before.name}", as it was before it was adopted: ${why}; ` +
        "clear the way and destroy again, or let go of it with pulumi state delete",
      { cause },
    );
  await set(invoke, guid, before).catch((cause: Error) => {
    throw failed(cause.message, cause);
  });
  const { observed, wrong } = await settle(invoke, guid, before, formAsItStands);
  if (observed === undefined) throw failed("it does not show any more");
  if (wrong.length > 0) throw failed(`Exchange keeps ${wrong.join(", ")} otherwise`);
}

/** Removes a connector that we made, and waits until it is gone. */
export async function remove(
  invoke: Invoke,
  { name, guid }: InboundConnectorOutputs,
): Promise<void> {
  await invoke("Remove-InboundConnector", { Identity: guid, Confirm: false }).catch((error) => {
    if (!isNotFound(error)) throw error;
  });
  if (await settleRemoved(invoke, guid)) return;
  throw new Error(`connector "${name}" (${guid}) still shows a minute after it was removed`);
}

function wrongOf({ wrong, observed }: Settled, { name }: ConnectorForm): string {
  const said = wrong.map((key) => `${key} ${JSON.stringify(observed?.[key])}`);
  return `Exchange keeps ${said.join(", ")} of connector "${name}" otherwise than it was sent; run pulumi up again`;
}

function pendingOf({ observed, differs }: Settled, { name }: ConnectorForm): string {
  if (observed === undefined) {
    return `connector "${name}" does not show in Exchange yet; run pulumi up again in a few minutes`;
  }
  if (!differs.includes("enabled")) return "";
  return `Exchange keeps connector "${name}" disabled for this tenant's offering; ask Microsoft Support to enable it, then run pulumi up again`;
}
