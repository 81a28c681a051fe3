import type { ResourceType } from "../definition.ts";
import { RequestFailure } from "../http.ts";
import { changesOf, knownOf, namesWith, type Properties } from "../properties.ts";
import { isAbsent, isObject, UNKNOWN, type Values } from "../values.ts";
import { type Api, apiName, fromApi, toApi } from "./api.ts";

/** The inputs that the relay's stack sets, and the API's outputs. */
const PROPERTIES: Properties = {
  comment: { type: "string" },
  content: { type: "string" },
  name: { type: "string" },
  proxied: { type: "boolean", default: false },
  settings: { type: "map", computed: true },
  tags: { type: "set", computed: true },
  ttl: { type: "number" },
  type: { type: "string", forceNew: true },
  zoneId: { type: "string", forceNew: true },
  commentModifiedOn: { type: "string", output: true },
  createdOn: { type: "string", output: true },
  id: { type: "string", output: true },
  meta: { type: "string", output: true },
  modifiedOn: { type: "string", output: true },
  proxiable: { type: "boolean", output: true },
  tagsModifiedOn: { type: "string", output: true },
};

/** Outputs that every change of the record changes. */
const CHANGE_TIMES = ["commentModifiedOn", "modifiedOn", "tagsModifiedOn"];

const OUTPUTS = namesWith(PROPERTIES, "output");
/** What the API is sent, in the order of the alphabet. */
const SENT = Object.keys(PROPERTIES).filter((name) => name !== "zoneId" && !OUTPUTS.includes(name));

/**
 * `cloudflare.DnsRecord`.
 *
 * @see terraform-provider-cloudflare 5, internal/services/dns_record, which the plugin wraps
 */
export const dnsRecord: ResourceType<Api> = {
  properties: PROPERTIES,

  refine(plan, old) {
    const refined = withSettings(plan);
    if (old === undefined) return refined;
    if (plan.type === "CNAME" && lowerCase(plan.content) === lowerCase(old.content)) {
      refined.content = old.content ?? null;
    }
    if (changesOf(PROPERTIES, refined, old).length > 0) {
      for (const name of CHANGE_TIMES) refined[name] = UNKNOWN;
    }
    return refined;
  },

  async create(plan, api) {
    const body = bodyOf(plan, {});
    const result = (await api.call("POST", `/zones/${plan.zoneId}/dns_records`, body)) as Values;
    return { id: String(result.id), outputs: outputsAfter(plan, result) };
  },

  async read(id, old, api) {
    const isImport = Object.keys(old).length === 0;
    const [zoneId = "", recordId = ""] = isImport ? id.split("/") : [String(old.zoneId), id];
    if (recordId === "") throw new Error(`invalid ID "${id}": write <zone_id>/<dns_record_id>`);
    try {
      const result = (await api.call("GET", `/zones/${zoneId}/dns_records/${recordId}`)) as Values;
      return { id: recordId, outputs: withSettings({ ...old, ...outputsOf(result), zoneId }) };
    } catch (error) {
      if (!isImport && error instanceof RequestFailure && error.status === 404) return undefined;
      throw error;
    }
  },

  async update(id, plan, old, api) {
    const path = `/zones/${plan.zoneId}/dns_records/${id}`;
    return outputsAfter(plan, (await api.call("PUT", path, bodyOf(plan, old))) as Values);
  },

  async delete(id, { zoneId }, api) {
    await api.call("DELETE", `/zones/${zoneId}/dns_records/${id}`);
  },
};

/** All that is known, and null for what is removed. */
function bodyOf(plan: Values, old: Values): Values {
  const names = SENT.filter((name) => plan[name] !== UNKNOWN).filter(
    (name) => !isAbsent(plan[name]) || !isAbsent(old[name]),
  );
  return toApi(Object.fromEntries(names.map((name) => [name, plan[name] ?? null]))) as Values;
}

/** The outputs after a write: inputs stay as they were planned, however the API writes them. */
function outputsAfter(plan: Values, result: Values): Values {
  const inputs = Object.entries(knownOf(plan)).filter(([name]) => !OUTPUTS.includes(name));
  return withSettings({ ...outputsOf(result), ...Object.fromEntries(inputs) });
}

function outputsOf(result: Values): Values {
  const names = Object.keys(PROPERTIES).filter((name) => apiName(name) in result);
  const meta = isAbsent(result.meta) ? {} : { meta: JSON.stringify(result.meta) };
  const read = names.map((name) => [name, fromApi(result[apiName(name)] ?? null)] as const);
  return { ...Object.fromEntries(read), ...meta };
}

/** A CNAME always has all three settings. */
function withSettings(values: Values): Values {
  const { settings, type } = values;
  if (type !== "CNAME" || settings === UNKNOWN) return { ...values };
  const given = isObject(settings) ? knownOf(settings) : {};
  const defaults = { flattenCname: false, ipv4Only: false, ipv6Only: false };
  return { ...values, settings: { ...defaults, ...given } };
}

const lowerCase = (value: unknown): string => String(value).toLowerCase();
