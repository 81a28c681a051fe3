import type { CheckFailure, ResourceKind } from "../definition.ts";
import { isAbsent, UNKNOWN, type Values } from "../values.ts";
import { type Api, ApiFailure } from "./api.ts";
import { INPUTS, OUTPUTS, planDnsRecord, withSettings } from "./dnsRecordPlan.ts";
import { apiName, forApi, picked } from "./names.ts";
import { badImportId, conflict, missingProperty, wrongType } from "./replies.ts";

/**
 * `cloudflare.DnsRecord`.
 *
 * @see terraform-provider-cloudflare 5, internal/services/dns_record, which the plugin wraps
 */
export const dnsRecord: ResourceKind<Api> = {
  inputs: INPUTS,
  replacedBy: ["zoneId", "type"],
  check: (inputs) => [
    ...Object.entries(TYPES).flatMap(([name, type]) => wrong(inputs, name, type)),
    ...REQUIRED.filter((name) => isAbsent(inputs[name])).map((name) => missingProperty(name)),
    ...("data" in inputs && "content" in inputs ? [conflict("content", "data")] : []),
  ],
  plan: planDnsRecord,

  async create(plan, api) {
    const result = await api.call("POST", `/zones/${plan.zoneId}/dns_records`, bodyOf(plan));
    return { id: (result as { id: string }).id, outputs: applied(plan, result as Values) };
  },

  async read(id, old, api) {
    const isImport = Object.keys(old).length === 0;
    const [zoneId, recordId, ...rest] = isImport ? id.split("/") : [old.zoneId, id];
    if (!zoneId || !recordId || rest.length > 0) throw new Error(badImportId(id).message);
    try {
      const result = await api.call("GET", `/zones/${zoneId}/dns_records/${recordId}`);
      return { id: recordId, outputs: withSettings({ ...old, ...told(result as Values), zoneId }) };
    } catch (error) {
      if (!isImport && error instanceof ApiFailure && error.status === 404) return undefined;
      throw error;
    }
  },

  async update(id, plan, old, api) {
    const path = `/zones/${plan.zoneId}/dns_records/${id}`;
    return applied(plan, (await api.call("PUT", path, bodyOf(plan, old))) as Values);
  },

  async delete(id, { zoneId }, api) {
    await api.call("DELETE", `/zones/${zoneId}/dns_records/${id}`);
  },
};

const REQUIRED = ["name", "ttl", "type", "zoneId"];

const TYPES = {
  comment: "string",
  content: "string",
  name: "string",
  priority: "number",
  privateRouting: "boolean",
  proxied: "boolean",
  ttl: "number",
  type: "string",
  zoneId: "string",
} as const;

function wrong(inputs: Values, name: string, type: string): CheckFailure[] {
  const value = inputs[name];
  if (isAbsent(value) || value === UNKNOWN || typeof value === type) return [];
  return [wrongType(name, type)];
}

/** What the API is sent: all that is known, and null for what is to go. */
function bodyOf(plan: Values, old: Values = {}): Values {
  const body = INPUTS.filter((name) => name !== "zoneId" && plan[name] !== UNKNOWN)
    .filter((name) => !isAbsent(plan[name]) || !isAbsent(old[name]))
    .map((name) => [apiName(name), forApi(plan[name] ?? null)] as const);
  return Object.fromEntries(body.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The outputs after a write: what was planned stays, however the API writes it; the rest is as it answers. */
function applied(plan: Values, result: Values): Values {
  const known = Object.entries(plan).filter(
    ([name, value]) => INPUTS.includes(name) && !isAbsent(value) && value !== UNKNOWN,
  );
  return withSettings({ ...told(result), ...Object.fromEntries(known) });
}

/** The outputs that the API told. */
function told(result: Values): Values {
  const there = OUTPUTS.filter((name) => apiName(name) in result);
  const meta = isAbsent(result.meta) ? {} : { meta: JSON.stringify(result.meta) };
  return { ...picked(result, there), ...meta };
}
