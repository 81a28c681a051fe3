import type { PluginFunction } from "../definition.ts";
import { isAbsent, isObject, type Value, type Values } from "../values.ts";
import type { Api } from "./api.ts";
import { apiName, picked } from "./names.ts";
import { unknownArgument } from "./replies.ts";

/** How many results the plugin collects when nobody says. */
const MAX_ITEMS = 1000;

const ZONE_ARGUMENTS = ["account", "direction", "match", "name", "order", "status"];

const ZONE = [
  "account",
  "activatedOn",
  "cnameSuffix",
  "createdOn",
  "developmentMode",
  "id",
  "meta",
  "modifiedOn",
  "name",
  "nameServers",
  "originalDnshost",
  "originalNameServers",
  "originalRegistrar",
  "owner",
  "paused",
  "permissions",
  "plan",
  "status",
  "tenant",
  "tenantUnit",
  "type",
  "vanityNameServers",
  "verificationKey",
];

const RECORD_ARGUMENTS = [
  "comment",
  "content",
  "direction",
  "includeShadowMetadata",
  "match",
  "name",
  "order",
  "proxied",
  "search",
  "shadowedByName",
  "shadowingName",
  "tag",
  "tagMatch",
  "type",
];

const RECORD = [
  "comment",
  "commentModifiedOn",
  "content",
  "createdOn",
  "data",
  "id",
  "modifiedOn",
  "name",
  "priority",
  "privateRouting",
  "proxiable",
  "proxied",
  "settings",
  "tags",
  "tagsModifiedOn",
  "ttl",
  "type",
];

/** `cloudflare.getZones`. */
export const getZones: PluginFunction<Api> = async ({ maxItems, ...filter }, api) => {
  const query = queryOf(filter, ZONE_ARGUMENTS);
  const results = await listed(api, "/zones", query, maxItems);
  return { ...filter, results: results.map((zone) => picked(zone, ZONE)) };
};

/** `cloudflare.getDnsRecords`. */
export const getDnsRecords: PluginFunction<Api> = async ({ maxItems, zoneId, ...filter }, api) => {
  const query = queryOf(filter, RECORD_ARGUMENTS);
  const results = await listed(api, `/zones/${zoneId}/dns_records`, query, maxItems);
  return {
    ...filter,
    zoneId: zoneId ?? null,
    results: results.map((record) => ({
      ...picked(record, RECORD),
      meta: isAbsent(record.meta) ? null : JSON.stringify(record.meta),
    })),
  };
};

/** Collects pages until one is empty, however full the last one was: so the plugin does. */
async function listed(
  api: Api,
  path: string,
  query: ReadonlyMap<string, string>,
  maxItems: Value | undefined,
): Promise<Values[]> {
  const most = typeof maxItems === "number" && maxItems > 0 ? maxItems : MAX_ITEMS;
  const all: Values[] = [];
  for (let page = 1; all.length < most; page++) {
    const found = await api.call("GET", `${path}${written(query, page)}`);
    if (!Array.isArray(found) || found.length === 0) break;
    all.push(...(found as Values[]));
  }
  return all.slice(0, most);
}

/** The filter as query parameters: what is nested gets a dot, `name.exact`. */
function queryOf(filter: Values, known: readonly string[]): Map<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of Object.entries(filter)) {
    if (isAbsent(value)) continue;
    if (!known.includes(name)) throw new Error(unknownArgument(name).message);
    if (!isObject(value)) query.set(apiName(name), String(value));
    else
      for (const [part, held] of Object.entries(value)) query.set(`${name}.${part}`, String(held));
  }
  return query;
}

/** The first page is not named; parameters stand in the order of the alphabet. */
function written(query: ReadonlyMap<string, string>, page: number): string {
  const parameters = new URLSearchParams([...query]);
  if (page > 1) parameters.set("page", String(page));
  parameters.sort();
  return parameters.size === 0 ? "" : `?${parameters}`;
}
