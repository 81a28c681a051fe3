import type * as pulumi from "@pulumi/pulumi";
import { sentence } from "../../mail/problem.ts";
import { markOf, ownerOf, ownershipMark } from "../../mail/senders/ownership.ts";
import type { Environment } from "../../tenant/clouds.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isAlreadyThere, isOutcomeUnknown } from "../../tenant/exchangeError.ts";
import { failureOf, failures } from "./failures.ts";
import { HalfMade } from "./halfMade.ts";
import {
  type ConnectorForm,
  differences,
  formOf,
  fromExchange,
  toParameters,
} from "./inboundConnector/form.ts";
import {
  argumentProblems,
  type ConnectorArgs,
  connectorProblems,
  tenantProblems,
} from "./inboundConnector/rules.ts";
import {
  findConnector,
  type Settled,
  settle,
  settleRemoved,
  waitUntilShown,
} from "./inboundConnector/settle.ts";
import { otherTenant } from "./otherTenant.ts";
import type { Tenants } from "./tenants.ts";
import { isUnknown } from "./unknown.ts";

/** What is the same for every connector that relays. */
const FIXED = {
  connectorType: "OnPremises",
  enabled: true,
  senderDomains: ["*"],
  requireTls: true,
  treatMessagesAsInternal: false,
  cloudServicesMailEnabled: false,
} as const;

/** What a program declares. */
export interface InboundConnectorInputs extends ConnectorArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender`; written into the connector's Comment, and without it nothing is ever removed. */
  readonly owner: string;
  /** Whether a connector of that name that bears no mark is taken over. */
  readonly adopt: boolean;
}

/** What state keeps: the form as declared, and what Exchange made of it. */
export interface InboundConnectorOutputs extends ConnectorForm {
  readonly tenantId: string;
  readonly environment: Environment;
  readonly owner: string;
  readonly adopt: boolean;
  /** Exchange's own id, a GUID, which stays when the connector is renamed. */
  readonly guid: string;
  readonly ready: boolean;
  /** What is missing until it is ready, in one sentence; empty when nothing is. */
  readonly pending: string;
  /** Properties that Exchange keeps its own way, with the value it keeps. */
  readonly ownWay: Readonly<Record<string, unknown>>;
  /** The connector as it was before it was adopted; null for one that we made. */
  readonly before: ConnectorForm | null;
}

/** Exchange role groups or directory roles that allow the cmdlets of this kind. */
export const ROLES = ["Exchange Administrator"] as const;

/**
 * The kind `InboundConnector`: an OnPremises connector, by which Exchange takes mail from a sender's server and
 * relays it, recognised by source address or by certificate.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector
 */
export function inboundConnector(tenants: Tenants) {
  return {
    async check(
      olds: Partial<ConnectorForm & InboundConnectorInputs>,
      news: InboundConnectorInputs,
    ) {
      const local = failures([...argumentProblems(news), otherTenant(olds, news)]);
      if (isUnknown(news)) return { inputs: news, failures: local };
      const inputs = {
        ...news,
        ...formOf({ ...news, ...FIXED, comment: ownershipMark(news.owner, news.adopt) }),
      };
      const known = olds.comment !== undefined;
      const unchanged = known && differences(formOf({ ...olds }), inputs).length === 0;
      if (local.length > 0 || unchanged) return { inputs, failures: local };
      try {
        const problems = tenantProblems(inputs, news, await tenants.facts(news));
        return { inputs, failures: failures(problems) };
      } catch (error) {
        return { inputs, failures: failureOf(error) };
      }
    },

    async diff(_id: string, olds: InboundConnectorOutputs, news: InboundConnectorInputs) {
      if (isUnknown(news)) return { changes: true };
      return {
        changes: !olds.ready || differences(formOf({ ...olds }), formOf({ ...news })).length > 0,
      };
    },

    async create(inputs: InboundConnectorInputs) {
      const invoke = await tenants.invoke(inputs);
      const wanted = formOf({ ...inputs });
      const there = await clearWay(invoke, wanted, inputs);
      const guid = there
        ? await set(invoke, there.guid, wanted)
        : await make(invoke, wanted, inputs);
      const before = there ? asFound(there.form) : null;
      const outs = await finish(invoke, guid, wanted, { ...identity(inputs), before });
      return { id: outs.guid, outs };
    },

    async read(id: string, olds: InboundConnectorOutputs) {
      const object = await findConnector(await tenants.invoke(olds), id);
      if (object === undefined) return { id: "", props: {} };
      const observed = asDeclared(fromExchange(object), olds);
      const pending = observed.enabled ? "" : olds.pending;
      const props = { ...olds, ...observed, guid: id, pending, ready: pending === "" };
      return { id, props, inputs: { ...identity(olds), ...observed } };
    },

    async update(id: string, olds: InboundConnectorOutputs, news: InboundConnectorInputs) {
      const invoke = await tenants.invoke(news);
      const object = await findConnector(invoke, id);
      if (object === undefined) throw new Error(gone(olds));
      refuseForeign(fromExchange(object), olds, "change");
      const wanted = formOf({ ...news });
      await set(invoke, id, wanted);
      return { outs: await finish(invoke, id, wanted, { ...identity(news), before: olds.before }) };
    },

    async delete(id: string, olds: InboundConnectorOutputs) {
      const invoke = await tenants.invoke(olds);
      const object = await findConnector(invoke, id);
      if (object === undefined) return;
      refuseForeign(fromExchange(object), olds, "remove", { markNeeded: true });
      if (olds.before !== null) {
        await set(invoke, id, olds.before);
        return;
      }
      await invoke("Remove-InboundConnector", { Identity: id, Confirm: false });
      if (await settleRemoved(invoke, id)) return;
      throw new Error(`connector "${olds.name}" (${id}) still shows a minute after it was removed`);
    },
  } satisfies pulumi.dynamic.ResourceProvider;
}

const identity = ({
  tenantId,
  environment,
  owner,
  adopt,
}: InboundConnectorInputs | InboundConnectorOutputs) => ({
  tenantId,
  environment,
  owner,
  adopt,
});

/** The connector that already has the name and may be taken over, or undefined; throws where others are in the way. */
async function clearWay(
  invoke: Invoke,
  wanted: ConnectorForm,
  inputs: InboundConnectorInputs,
): Promise<{ guid: string; form: ConnectorForm } | undefined> {
  const { value: connectors } = await invoke("Get-InboundConnector", {});
  const [problem] = connectorProblems(wanted, inputs, connectors);
  if (problem !== undefined) throw new Error(`${sentence(problem)}; nothing was changed`);
  return connectors
    .map((object) => ({ guid: String(object.Guid), form: fromExchange(object) }))
    .find(({ form }) => form.name.toLowerCase() === wanted.name.toLowerCase());
}

/**
 * What to put back when the resource goes: null for a connector that an earlier run of ours made. One that an
 * earlier run had adopted, and lost from state, is put back as it is found, without the mark.
 */
function asFound(form: ConnectorForm): ConnectorForm | null {
  const mark = markOf(form.comment);
  if (mark === undefined) return form;
  return mark.adopted ? { ...form, comment: "" } : null;
}

/** Makes the connector, and returns its GUID. An answer that was lost is looked for by name and mark. */
async function make(
  invoke: Invoke,
  wanted: ConnectorForm,
  inputs: InboundConnectorInputs,
): Promise<string> {
  const given = Object.entries(toParameters(wanted)).filter(([, value]) => value !== null);
  try {
    const { value } = await invoke("New-InboundConnector", Object.fromEntries(given));
    const object = value[0] ?? (await waitUntilShown(invoke, wanted.name));
    if (object !== undefined) return String(object.Guid);
    throw new Error(
      `Exchange made connector "${wanted.name}" without naming it; run pulumi up again, which takes it over`,
    );
  } catch (error) {
    if (!isAlreadyThere(error) && !isOutcomeUnknown(error)) throw error;
    const object = await waitUntilShown(invoke, wanted.name);
    const ours = object !== undefined && ownerOf(fromExchange(object).comment) === inputs.owner;
    if (!ours) throw error;
    return set(invoke, String(object.Guid), wanted);
  }
}

async function set(invoke: Invoke, id: string, wanted: ConnectorForm): Promise<string> {
  await invoke("Set-InboundConnector", { Identity: id, ...toParameters(wanted), Confirm: false });
  return id;
}

/** Waits until Exchange shows what was written, and says what state shall keep of it. */
async function finish(
  invoke: Invoke,
  guid: string,
  wanted: ConnectorForm,
  kept: Pick<InboundConnectorOutputs, "tenantId" | "environment" | "owner" | "adopt" | "before">,
): Promise<InboundConnectorOutputs> {
  const settled = await settle(invoke, guid, wanted);
  const pending = pendingOf(settled, wanted);
  const ownWay = Object.fromEntries(settled.differs.map((key) => [key, settled.observed?.[key]]));
  const outs = { ...kept, ...wanted, guid, pending, ready: pending === "", ownWay };
  if (settled.wrong.length === 0) return outs;
  const said = settled.wrong.map((key) => `${key} ${JSON.stringify(settled.observed?.[key])}`);
  throw new HalfMade(
    guid,
    { ...outs, ready: false },
    `Exchange keeps ${said.join(", ")} of connector "${wanted.name}" otherwise than it was sent; run pulumi up again`,
  );
}

function pendingOf({ observed, differs }: Settled, { name }: ConnectorForm): string {
  if (observed === undefined) {
    return `connector "${name}" does not show in Exchange yet; run pulumi up again in a few minutes`;
  }
  if (!differs.includes("enabled")) return "";
  return `Exchange keeps connector "${name}" disabled for this tenant's offering; ask Microsoft Support to enable it, then run pulumi up again`;
}

/** What was read, with the values that Exchange is known to keep its own way as they were declared. */
function asDeclared(observed: ConnectorForm, olds: InboundConnectorOutputs): ConnectorForm {
  const kept = Object.entries(olds.ownWay)
    .filter(([key, value]) => key !== "enabled" && observed[key as keyof ConnectorForm] === value)
    .map(([key]) => [key, olds[key as keyof ConnectorForm]]);
  return { ...observed, ...Object.fromEntries(kept) };
}

/** Two signals have to agree before a connector is touched: the id in state, and the mark in Exchange. */
function refuseForeign(
  observed: ConnectorForm,
  olds: InboundConnectorOutputs,
  act: string,
  { markNeeded = false } = {},
): void {
  const theirs = ownerOf(observed.comment);
  if (theirs === olds.owner || (theirs === undefined && !markNeeded)) return;
  const whose = theirs === undefined ? "bears our mark no more" : `is now managed by ${theirs}`;
  throw new Error(
    `connector "${observed.name}" (${olds.guid}) ${whose}, so nothing was done to ${act} it; ` +
      `put the comment back with pulumi up --refresh to ${act} it, or leave it with pulumi state delete`,
  );
}

function gone({ name, guid }: InboundConnectorOutputs): string {
  return `connector "${name}" (${guid}) is not in Exchange any more; run pulumi up --refresh to make it again`;
}
