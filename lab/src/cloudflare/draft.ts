import { domainToASCII } from "node:url";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Zone, ZoneRecord } from "../world/world.ts";
import { contentOf } from "./content.ts";
import { PROXIABLE } from "./present.ts";
import * as refusals from "./refusals.ts";
import * as replies from "./replies.ts";

/** What a client decides of a record. */
export type Draft = Omit<ZoneRecord, "id" | "createdOn" | "modifiedOn">;
/** A draft as it came: any JSON. */
export type Body = Record<string, unknown>;
type Refusal = Sourced<HttpReply>;

const TYPES = ["A", "AAAA", "CNAME", "MX", "TXT"];
const KINDS: Record<string, (value: unknown) => string | undefined> = {
  type: isA("string"),
  name: isA("string"),
  content: isA("string"),
  ttl: isA("number"),
  proxied: isA("boolean"),
  priority: isA("number"),
  comment: (value) => (value === null ? undefined : isA("string")(value)),
  settings: (value) =>
    isObject(value) && Object.values(value).every((one) => typeof one === "boolean")
      ? undefined
      : "map of booleans",
  tags: (value) =>
    Array.isArray(value) && value.every((one) => typeof one === "string")
      ? undefined
      : "list of strings",
};
const SETTINGS = ["flatten_cname", "ipv4_only", "ipv6_only"];
const LONGEST_COMMENT = 100;

/** Reads and judges what a client sent; the name is made full, the content canonical. */
export function readDraft(body: Body, zone: Zone): { draft: Draft } | { refusal: Refusal } {
  const refusal = refuseShape(body);
  if (refusal) return { refusal };
  const given = body as Pick<Draft, "type" | "name" | "content"> & Partial<Draft>;
  const type = given.type.toUpperCase();
  if (!TYPES.includes(type)) return { refusal: replies.unknownType(type) };
  const name = fullName(given.name, zone.name);
  if (name === undefined) return { refusal: refusals.invalidName() };
  const content = contentOf(type, given.content, zone.name);
  if (typeof content !== "string") return { refusal: content };
  const { proxied = false, comment, settings = {}, tags = [], priority } = given;
  const draft: Draft = {
    type,
    name,
    content,
    ...(type === "MX" && priority !== undefined && { priority }),
    ttl: proxied ? 1 : (given.ttl ?? 1),
    proxied,
    settings: type === "CNAME" ? { flatten_cname: false, ...settings } : settings,
    comment: comment === undefined || comment === "" ? null : comment,
    tags,
  };
  const problem = refuseValues(draft);
  return problem ? { refusal: problem } : { draft };
}

function isA(kind: "string" | "number" | "boolean"): (value: unknown) => string | undefined {
  return (value) => (typeof value === kind ? undefined : kind);
}

export function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuseShape(body: Body): Refusal | undefined {
  for (const [field, value] of Object.entries(body)) {
    const judge = Object.hasOwn(KINDS, field) ? KINDS[field] : undefined;
    if (!judge) return replies.unknownField(field);
    const kind = judge(value);
    if (kind !== undefined) return refusals.wrongKind(field, kind);
  }
  const missing = ["type", "name", "content"].find((field) => !Object.hasOwn(body, field));
  if (missing !== undefined) return refusals.missingField(missing);
  const setting = Object.keys((body.settings as object | undefined) ?? {}).find(
    (one) => !SETTINGS.includes(one),
  );
  return setting === undefined ? undefined : replies.unknownField(`settings.${setting}`);
}

function refuseValues(draft: Draft): Refusal | undefined {
  const { type, ttl, proxied, comment, tags, priority } = draft;
  if (type === "MX" && priority === undefined) return refusals.missingField("priority");
  if (priority !== undefined && !isWhole(priority, 0, 65_535)) return refusals.invalidPriority();
  if (proxied && !PROXIABLE.includes(type)) return refusals.cannotBeProxied();
  if (ttl !== 1 && !isWhole(ttl, 60, 86_400)) return refusals.invalidTtl();
  if ((comment?.length ?? 0) > LONGEST_COMMENT) return refusals.commentTooLong();
  return tags.length > 0 ? refusals.tooManyTags(tags.length) : undefined;
}

function isWhole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

/** `@`, a name under the zone, or a whole one; undefined when it can't be a name. */
function fullName(given: string, zone: string): string | undefined {
  const ascii = /^[\x21-\x7e]*$/.test(given) ? given : domainToASCII(given);
  const name = ascii.toLowerCase().replace(/\.$/, "");
  if (name === "@") return zone;
  const full = name === zone || name.endsWith(`.${zone}`) ? name : `${name}.${zone}`;
  const labels = full.split(".");
  const valid = labels.every(
    (label, place) =>
      /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_-])?$/.test(label) || (label === "*" && place === 0),
  );
  return valid && full.length <= 253 ? full : undefined;
}
