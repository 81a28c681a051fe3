import type { Answer, Call } from "./call.ts";
import { GraphRefusal } from "./refusal.ts";
import * as replies from "./replies.ts";

/** An object as Graph gives it. */
export type Entity = Record<string, unknown>;

/** What an answer is about: its place in the metadata, and the name of its resource type. */
export interface Kind {
  /** `domains`, or `applications('…')/owners` */
  segment: string;
  type: string;
}

/** Answers one object, cut to `$select`; `shown` are the properties that go out without it. */
export function one(
  call: Call,
  kind: Kind,
  entity: Entity,
  { status = 200, shown }: { status?: 200 | 201; shown?: readonly string[] } = {},
): Answer {
  const selected = select(call, kind, entity, shown);
  const body = { "@odata.context": `${metadataOf(call, kind)}/$entity`, ...selected };
  return status === 201 ? replies.created(body) : replies.entity(body);
}

/** Answers a list, cut to `$select`, `$top` and `$skiptoken`; `shown` is as it is for one object. */
export function many(
  call: Call,
  kind: Kind,
  entities: Entity[],
  shown?: readonly string[],
): Answer {
  const page = pageOf(call, entities);
  const value = page.entities.map((entity) => select(call, kind, entity, shown));
  return replies.entity({ "@odata.context": metadataOf(call, kind), ...page.next, value });
}

function metadataOf({ c, origin }: Call, { segment }: Kind): string {
  const version = c.req.path.split("/")[1];
  return `${origin}/${version}/$metadata#${segment}`;
}

function select(
  { c, trace }: Call,
  { type }: Kind,
  entity: Entity,
  shown: readonly string[] = Object.keys(entity),
): Entity {
  const wanted = c.req.query("$select");
  const names = wanted === undefined ? shown : wanted.split(",").map((name) => name.trim());
  const missing = names.find((name) => !(name in entity));
  if (missing !== undefined) {
    throw new GraphRefusal(replies.unknownProperty(trace(), missing, type));
  }
  return Object.fromEntries(names.map((name) => [name, entity[name]]));
}

/** Cuts the page that `$top` and `$skiptoken` ask for, with the link to the next one. */
function pageOf({ c, origin }: Call, entities: Entity[]) {
  const size = Number(c.req.query("$top") ?? entities.length);
  const start = Number(c.req.query("$skiptoken") ?? 0);
  const end = start + size;
  if (end >= entities.length) return { entities: entities.slice(start), next: {} };
  const query = new URLSearchParams({ ...c.req.query(), $skiptoken: String(end) });
  const next = { "@odata.nextLink": `${origin}${c.req.path}?${decodeURIComponent(`${query}`)}` };
  return { entities: entities.slice(start, end), next };
}
