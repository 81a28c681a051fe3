import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { ZoneRecord } from "../world/world.ts";
import { pageOf } from "./paging.ts";
import { presentRecord } from "./present.ts";
import * as replies from "./replies.ts";

type Query = Record<string, string>;
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
  if (!["all", "any"].includes(match)) return replies.unknownQuery(`match=${match}`);
  if (!["asc", "desc"].includes(direction)) return replies.unknownQuery(`direction=${direction}`);
  const field = ORDERS.find((one) => one === order);
  if (order !== undefined && !field) return replies.unknownQuery(`order=${order}`);
  const tests: Test[] = [];
  for (const [key, value] of Object.entries(query)) {
    if (CONTROLS.includes(key) || key === "search") continue;
    const test = testOf(key, value);
    if (!test) return replies.unknownQuery(key);
    tests.push(test);
  }
  const fits: Test =
    match === "any" && tests.length > 0
      ? (record) => tests.some((test) => test(record))
      : (record) => tests.every((test) => test(record));
  const found = records.filter(fits).filter(searchOf(query.search));
  if (field) found.sort((a, b) => compare(a[field], b[field]));
  if (direction === "desc") found.reverse();
  const shown = found.map(presentRecord);
  return pageOf(shown, query, { usual: 100, least: 1, most: 5_000_000 });
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
