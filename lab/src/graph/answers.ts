import { withSource } from "../reply.ts";
import type { Answer } from "./errors.ts";
import type { Call } from "./guard.ts";

/** An object as Graph answers it. */
export type Entity = Record<string, unknown>;

/** What an answer is about. */
export interface AnswerKind {
  /** Its place in the metadata: `domains`, or `applications('…')/owners`. */
  segment: string;
  /** The name of its resource type. */
  type: string;
  /** What goes out without `$select`. @default every property */
  defaultSelect?: readonly string[];
  /** Objects of a page without `$top`. @default all */
  pageSize?: number;
}

const HEADERS = { "content-type": "application/json;odata.metadata=minimal" };

/** Answers one object, cut to `$select`. */
export function answerOne(
  call: Call,
  kind: AnswerKind,
  entity: Entity,
  status: 200 | 201 = 200,
): Answer {
  const context = `${metadataOf(call, kind)}/$entity`;
  const body = { "@odata.context": context, ...select(call, kind, entity) };
  const name = status === 201 ? "graph.created" : "graph.entity";
  return withSource(name, { status, headers: HEADERS, body });
}

/** Answers a list, cut to `$select`, `$top` and `$skiptoken`. */
export function answerList(call: Call, kind: AnswerKind, entities: Entity[]): Answer {
  const page = pageOf(call, kind, entities);
  const value = page.entities.map((entity) => select(call, kind, entity));
  const body = { "@odata.context": metadataOf(call, kind), ...page.next, value };
  return withSource("graph.entity", { status: 200, headers: HEADERS, body });
}

/** Answers one value of a simple type, such as `Edm.Boolean`. */
export function answerValue(call: Call, type: string, value: unknown): Answer {
  const context = metadataOf(call, { segment: type, type });
  return withSource("graph.entity", {
    status: 200,
    headers: HEADERS,
    body: { "@odata.context": context, value },
  });
}

/** Saves the world, and answers without a body. */
export function answerDone({ context }: Call): Answer {
  context.changed();
  return withSource("graph.done", { status: 204, body: null });
}

const COMPARISON =
  /^(?:(?<name>\w+) eq (?:'(?<text>(?:[^']|'')*)'|(?<flag>true|false))|startswith\((?<name>\w+), ?'(?<beginning>(?:[^']|'')*)'\))$/i;

/**
 * Reads `$filter=<property> eq '<text>'` or `startswith(<property>,'<text>')`, and several of these that are joined by `and`:
 * the forms that the lab acts on. Graph ignores letter case.
 *
 * @returns whether an object passes
 * @throws GraphRefusal for any other filter
 */
export function readFilter(
  { c, refusal }: Call,
  properties: readonly string[],
): (entity: Entity) => boolean {
  const filter = c.req.query("$filter");
  if (filter === undefined) return () => true;
  const tests = filter
    .trim()
    .split(/ and /)
    .map((part) => {
      const { name = "", flag, text, beginning } = COMPARISON.exec(part.trim())?.groups ?? {};
      if (!properties.includes(name)) throw refusal("graph.unknown-filter", { filter });
      const wanted = (flag ?? text ?? beginning ?? "").replaceAll("''", "'").toLowerCase();
      const textOf = (entity: Entity) => String(entity[name]).toLowerCase();
      return beginning === undefined
        ? (entity: Entity) => textOf(entity) === wanted
        : (entity: Entity) => textOf(entity).startsWith(wanted);
    });
  return (entity) => tests.every((passes) => passes(entity));
}

function metadataOf({ c, origin }: Call, { segment }: AnswerKind): string {
  const version = c.req.path.split("/")[1];
  return `${origin}/${version}/$metadata#${segment}`;
}

function select(
  { c, refusal }: Call,
  { type, defaultSelect = [] }: AnswerKind,
  entity: Entity,
): Entity {
  const selected = c.req.query("$select")?.split(",");
  const names = selected?.map((name) => name.trim()) ?? defaultSelect;
  if (names.length === 0) return entity;
  const unknown = names.find((name) => !(name in entity));
  if (unknown !== undefined) {
    throw refusal("graph.unknown-property", { property: unknown, type });
  }
  return Object.fromEntries(names.map((name) => [name, entity[name]]));
}

/** Cuts the page that `$top` and `$skiptoken` ask for, with the link to the next one. */
function pageOf({ c, origin }: Call, { pageSize }: AnswerKind, entities: Entity[]) {
  const size = Number(c.req.query("$top") ?? pageSize ?? entities.length);
  const start = Number(c.req.query("$skiptoken") ?? 0);
  const end = start + size;
  if (end >= entities.length) return { entities: entities.slice(start), next: {} };
  const query = new URLSearchParams({ ...c.req.query(), $skiptoken: String(end) });
  const next = { "@odata.nextLink": `${origin}${c.req.path}?${decodeURIComponent(`${query}`)}` };
  return { entities: entities.slice(start, end), next };
}
