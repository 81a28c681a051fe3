import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { CloudflareAccount, Zone, ZoneRecord } from "../world/world.ts";
import type { PermissionsOf } from "./access.ts";
import { apiError, pageOf } from "./envelope.ts";
import { presentRecord, presentZone } from "./present.ts";

type Query = Record<string, string>;
type Filter = (zone: Zone, value: string, account: CloudflareAccount) => boolean;

const FILTERS: Record<string, Filter> = {
  name: (zone, value) => zone.name === value.toLowerCase(),
  status: (zone, value) => zone.status === value,
  "account.id": (_zone, value, account) => account.id === value,
  "account.name": (_zone, value, account) => account.name === value,
};

/** The zones that a token may see, filtered and cut as the query wants. */
export function listZones(
  account: CloudflareAccount,
  permissionsOf: PermissionsOf,
  query: Query,
): Sourced<HttpReply> {
  const { order = "name", direction = "asc", match = "all" } = query;
  const known = [...Object.keys(FILTERS), "page", "per_page", "order", "direction", "match"];
  const unknown = Object.keys(query).find((key) => !known.includes(key));
  if (unknown !== undefined) return apiError("cloudflare.unknown-query", { name: unknown });
  if (order !== "name") return apiError("cloudflare.unknown-query", { name: `order=${order}` });
  if (!["asc", "desc"].includes(direction))
    return apiError("cloudflare.unknown-query", { name: `direction=${direction}` });
  if (match !== "all") return apiError("cloudflare.unknown-query", { name: `match=${match}` });
  const found = account.zones
    .filter(({ id }) => permissionsOf(id).includes("zone:read"))
    .filter((zone) =>
      Object.entries(FILTERS).every(([key, fits]) => {
        const value = query[key];
        return value === undefined || fits(zone, value, account);
      }),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (direction === "desc") found.reverse();
  const results = found.map((zone) => presentZone(zone, account, permissionsOf(zone.id)));
  return pageOf(results, query, { usual: 20, least: 5, most: 50 });
}

type Test = (record: ZoneRecord) => boolean;

/** Letter case makes no difference to a filter (API reference). */
const MATCHERS: Record<string, (text: string, wanted: string) => boolean> = {
  exact: (text, wanted) => text === wanted,
  contains: (text, wanted) => text.includes(wanted),
  startswith: (text, wanted) => text.startsWith(wanted),
  endswith: (text, wanted) => text.endsWith(wanted),
};

const TEXTS: Record<string, (record: ZoneRecord) => string> = {
  name: ({ name }) => name,
  content: ({ content }) => content,
  comment: ({ comment }) => comment ?? "",
};

const ORDERS = ["type", "name", "content", "ttl", "proxied"] as const;
const CONTROLS = ["match", "order", "direction", "page", "per_page"];

/** The records of a zone, filtered, ordered and cut as the query wants. */
export function listRecords(records: readonly ZoneRecord[], query: Query): Sourced<HttpReply> {
  const { match = "all", direction = "asc", order } = query;
  if (!["all", "any"].includes(match))
    return apiError("cloudflare.unknown-query", { name: `match=${match}` });
  if (!["asc", "desc"].includes(direction))
    return apiError("cloudflare.unknown-query", { name: `direction=${direction}` });
  const field = ORDERS.find((one) => one === order);
  if (order !== undefined && !field)
    return apiError("cloudflare.unknown-query", { name: `order=${order}` });
  const tests: Test[] = [];
  for (const [key, value] of Object.entries(query)) {
    if (CONTROLS.includes(key) || key === "search") continue;
    const test = testOf(key, value);
    if (!test) return apiError("cloudflare.unknown-query", { name: key });
    tests.push(test);
  }
  const fits: Test =
    match === "any" && tests.length > 0
      ? (record) => tests.some((test) => test(record))
      : (record) => tests.every((test) => test(record));
  const found = records.filter(fits).filter(searchOf(query.search));
  if (field) found.sort((a, b) => compare(a[field], b[field]));
  if (direction === "desc") found.reverse();
  const results = found.map(presentRecord);
  return pageOf(results, query, { usual: 100, least: 1, most: 5_000_000 });
}

function testOf(key: string, value: string): Test | undefined {
  const wanted = value.toLowerCase();
  if (key === "type") return ({ type }) => type === value.toUpperCase();
  if (key === "proxied") {
    return /^(true|false)$/.test(value) ? ({ proxied }) => String(proxied) === value : undefined;
  }
  if (key === "comment.present") return ({ comment }) => comment !== null;
  if (key === "comment.absent") return ({ comment }) => comment === null;
  const [field = "", how = "exact"] = key.split(".");
  const [text, matches] = [TEXTS[field], MATCHERS[how]];
  if (!text || !matches) return undefined;
  return (record) => matches(text(record).toLowerCase(), wanted);
}

/** The reference leaves open what `search` looks at; here at name, content and comment. */
function searchOf(wanted = ""): Test {
  return (record) =>
    Object.values(TEXTS).some((text) => text(record).toLowerCase().includes(wanted.toLowerCase()));
}

function compare(a: string | number | boolean, b: string | number | boolean): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
