import type * as pulumi from "@pulumi/pulumi";
import type { Invoke } from "../../tenant/exchange.ts";
import { inputFailures, readFailures } from "../host/checkFailures.ts";
import { isUnknown } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import {
  type ConnectorForm,
  differences,
  formAsItStands,
  formOf,
  fromExchange,
  sameName,
} from "./inboundConnector/form.ts";
import {
  type CheckedInputs,
  checkedInputs,
  type InboundConnectorInputs,
  type InboundConnectorOutputs,
  identityOf,
} from "./inboundConnector/props.ts";
import { argumentProblems, changeProblems, tenantProblems } from "./inboundConnector/rules.ts";
import { findConnector, waitUntilShown } from "./inboundConnector/settle.ts";
import { clearWay, refuseForeign } from "./inboundConnector/take.ts";
import { finish, make, putBack, remove, set } from "./inboundConnector/write.ts";

export type { InboundConnectorInputs, InboundConnectorOutputs };

/**
 * The kind `InboundConnector`: an OnPremises connector, by which Exchange takes mail from a sender's server and
 * relays it, recognised by source address or by certificate.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector
 */
export function inboundConnector(tenants: Tenants) {
  return {
    async check(olds: Partial<CheckedInputs>, news: InboundConnectorInputs) {
      const local = inputFailures([
        ...argumentProblems(news),
        ...changeProblems(olds, news),
        otherTenant(olds, news),
      ]);
      if (isUnknown(news)) return { inputs: news, failures: local };
      const inputs = checkedInputs(news);
      const known = olds.comment !== undefined;
      const unchanged = known && differences(formOf({ ...olds }), inputs).length === 0;
      if (local.length > 0 || unchanged) return { inputs, failures: local };
      try {
        const problems = tenantProblems(inputs, await tenants.facts(inputs), olds);
        return { inputs, failures: inputFailures(problems) };
      } catch (error) {
        return { inputs, failures: readFailures(error) };
      }
    },

    /** Another connector to adopt, or none any more, is another object: the new one first, then the old one goes. */
    async diff(_id: string, olds: InboundConnectorOutputs, news: CheckedInputs) {
      if (isUnknown(news)) return { changes: true };
      const other = olds.adopt !== news.adopt || (news.adopt && !sameName(olds.name, news.name));
      const differs =
        olds.environment !== news.environment ||
        differences(formOf({ ...olds }), formOf({ ...news })).length > 0;
      return { changes: other || !olds.ready || differs, replaces: other ? ["adopt"] : [] };
    },

    async create(inputs: CheckedInputs) {
      const invoke = await tenants.invoke(inputs);
      const wanted = { ...identityOf(inputs), ...formOf({ ...inputs }) };
      const taken = await clearWay(invoke, wanted);
      const { guid, found } = taken ? { ...taken, found: true } : await make(invoke, wanted);
      const write = found ? () => set(invoke, guid, wanted) : undefined;
      const outs = await finish(invoke, guid, wanted, taken?.before ?? null, write);
      return { id: outs.guid, outs };
    },

    async read(id: string, olds: InboundConnectorOutputs) {
      const object = await lookFor(await tenants.invoke(olds), id, olds);
      if (object === undefined) {
        if (olds.ready) return { id: "", props: {} };
        return { id, props: olds, inputs: { ...identityOf(olds), ...formOf({ ...olds }) } };
      }
      const observed = asDeclared(fromExchange(object), olds);
      const pending = observed.enabled ? "" : olds.pending;
      const props = { ...olds, ...observed, guid: id, pending, ready: pending === "" };
      return { id, props, inputs: { ...identityOf(olds), ...observed } };
    },

    async update(id: string, olds: InboundConnectorOutputs, news: CheckedInputs) {
      const invoke = await tenants.invoke(news);
      const object = await lookFor(invoke, id, olds);
      if (object === undefined) throw new Error(goneText(olds));
      refuseForeign(object, olds, "change");
      const wanted = { ...identityOf(news), ...formOf({ ...news }) };
      const write = () => set(invoke, id, wanted);
      return { outs: await finish(invoke, id, wanted, olds.before ?? null, write) };
    },

    async delete(id: string, olds: InboundConnectorOutputs) {
      const invoke = await tenants.invoke(olds);
      const object = await lookFor(invoke, id, olds);
      if (object === undefined && olds.ready) return;
      if (object === undefined) throw new Error(goneText(olds));
      if (olds.before && differences(formAsItStands(object), olds.before).length === 0) return;
      refuseForeign(object, olds, "remove");
      await (olds.before ? putBack(invoke, olds, olds.before) : remove(invoke, olds));
    },
  } satisfies pulumi.dynamic.ResourceProvider;
}

/** One that was not ready may be there and not show yet: it is waited for a little. */
const lookFor = (invoke: Invoke, id: string, { ready }: InboundConnectorOutputs) =>
  (ready ? findConnector : waitUntilShown)(invoke, id);

/** What was read, with the values that Exchange is known to keep its own way as they were declared. */
function asDeclared(observed: ConnectorForm, olds: InboundConnectorOutputs): ConnectorForm {
  const kept = Object.entries(olds.ownWay ?? {})
    .filter(([key, value]) => key !== "enabled" && observed[key as keyof ConnectorForm] === value)
    .map(([key]) => [key, olds[key as keyof ConnectorForm]]);
  return { ...observed, ...Object.fromEntries(kept) };
}

function goneText({ name, guid, ready }: InboundConnectorOutputs): string {
  return ready
    ? `connector "${name}" (${guid}) is not in Exchange any more; run pulumi up --refresh to make it again`
    : `connector "${name}" (${guid}) does not show in Exchange yet; run it again in a few minutes, or let go of it with pulumi state delete`;
}
