import { isIP, isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { parseText, quoteText } from "../dns/text.ts";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { World, Zone, ZoneRecord } from "../world/world.ts";
import { apiError } from "./envelope.ts";
import { PROXIABLE } from "./present.ts";

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
  if (!TYPES.includes(type)) return { refusal: apiError("cloudflare.unknown-type", { type }) };
  const name = fullName(given.name, zone.name);
  if (name === undefined) return { refusal: apiError("cloudflare.invalid-name") };
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
    if (!judge) return apiError("cloudflare.unknown-field", { name: field });
    const kind = judge(value);
    if (kind !== undefined) return apiError("cloudflare.wrong-kind", { field, kind });
  }
  const missing = ["type", "name", "content"].find((field) => !Object.hasOwn(body, field));
  if (missing !== undefined) return apiError("cloudflare.missing-field", { field: missing });
  const setting = Object.keys((body.settings as object | undefined) ?? {}).find(
    (one) => !SETTINGS.includes(one),
  );
  return setting === undefined
    ? undefined
    : apiError("cloudflare.unknown-field", { name: `settings.${setting}` });
}

function refuseValues(draft: Draft): Refusal | undefined {
  const { type, ttl, proxied, comment, tags, priority } = draft;
  if (type === "MX" && priority === undefined)
    return apiError("cloudflare.missing-field", { field: "priority" });
  if (priority !== undefined && !isWhole(priority, 0, 65_535))
    return apiError("cloudflare.invalid-priority");
  if (proxied && !PROXIABLE.includes(type)) return apiError("cloudflare.cannot-be-proxied");
  if (ttl !== 1 && !isWhole(ttl, 60, 86_400)) return apiError("cloudflare.invalid-ttl");
  if ((comment?.length ?? 0) > LONGEST_COMMENT) return apiError("cloudflare.comment-too-long");
  return tags.length > 0 ? apiError("cloudflare.too-many-tags", { tags: tags.length }) : undefined;
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

/** Bytes of a TXT record at most, each string's length byte counted. */
const LONGEST_TEXT = 4096;

/** A record's content as Cloudflare keeps it, or why it won't. */
function contentOf(type: string, given: string, zone: string): string | Sourced<HttpReply> {
  const content = given.trim();
  if (type === "A") return isIPv4(content) ? content : apiError("cloudflare.invalid-a");
  if (type === "AAAA")
    return isIPv6(content) ? content.toLowerCase() : apiError("cloudflare.invalid-aaaa");
  if (type === "TXT") return textOf(content);
  // No mail is taken (RFC 7505).
  if (type === "MX" && content === ".") return content;
  const host = content === "@" ? zone : content.toLowerCase().replace(/\.$/, "");
  if (isHost(host)) return host;
  return type === "MX" ? apiError("cloudflare.invalid-mx") : apiError("cloudflare.invalid-cname");
}

function isHost(name: string): boolean {
  const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
  return isIP(name) === 0 && name.length <= 253 && name.split(".").every((one) => label.test(one));
}

/**
 * Text stays as it came, with quotes or without; only what is too long for one string is cut, and quoted then
 * (API reference, TXT record; go-acme/lego#2521, cloudflare/terraform-provider-cloudflare#6238).
 */
function textOf(content: string): string | Sourced<HttpReply> {
  const strings = parseText(content);
  if (!strings || /\p{Cc}/u.test(content)) return apiError("cloudflare.invalid-text");
  const bytes = strings.reduce((sum, one) => sum + 1 + Buffer.byteLength(one), 0);
  if (bytes > LONGEST_TEXT) return apiError("cloudflare.text-too-long");
  return strings.length === piecesOf(content) ? content : quoteText(strings);
}

/** Into how many strings the content is cut as it stands. */
function piecesOf(content: string): number {
  return content.startsWith('"') ? (content.match(/"([^"\\]|\\.)*"/gs) ?? []).length : 1;
}

/**
 * Why a record can't stand beside those that are there (`except` for the one it replaces). Addresses and aliases bar one
 * another; a TXT or MX record may stand beside a CNAME, whatever resolvers make of it (Cloudflare's page "Records with
 * the same name"; cloudflare/cloudflare-docs#30376).
 */
export function refuseConflict(
  draft: Draft,
  zone: Zone,
  { settings }: Pick<World, "settings">,
  except?: ZoneRecord,
): Sourced<HttpReply> | undefined {
  const others = zone.records.filter((one) => one !== except);
  const same = others.filter((one) => one.name === draft.name);
  if (same.some((one) => isIdentical(one, draft))) return apiError("cloudflare.identical");
  const isAlias = draft.type === "CNAME";
  if (isAlias && same.some(({ type }) => ["A", "AAAA", "CNAME"].includes(type)))
    return apiError("cloudflare.host-taken");
  const barred = ["A", "AAAA"].includes(draft.type) && same.some(({ type }) => type === "CNAME");
  if (barred) return apiError("cloudflare.cname-taken");
  if (settings.recordsBelowDelegation === "stored") return undefined;
  return refuseDelegated(draft, zone, others);
}

/** Records at and below a delegation, which the zone's name servers do not serve; but for addresses of name servers. */
function refuseDelegated(
  { type, name }: Draft,
  zone: Zone,
  others: readonly ZoneRecord[],
): Sourced<HttpReply> | undefined {
  const cuts = others.filter((one) => one.type === "NS" && one.name !== zone.name);
  if (cuts.some((cut) => cut.name === name)) return apiError("cloudflare.delegation-taken");
  const isGlue = ["A", "AAAA"].includes(type) && cuts.some((cut) => cut.content === name);
  const isBelow = cuts.some((cut) => name.endsWith(`.${cut.name}`));
  return isBelow && !isGlue ? apiError("cloudflare.below-delegation") : undefined;
}

function isIdentical(one: Draft, other: Draft): boolean {
  return one.type === other.type && dataOf(one) === dataOf(other);
}

function dataOf({ type, content }: Draft): string {
  return type === "TXT" ? (parseText(content) ?? [content]).join("") : content;
}
