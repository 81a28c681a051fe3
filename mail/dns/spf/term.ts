import { distance as editDistance } from "fastest-levenshtein";
import ipaddr from "ipaddr.js";
import { characterFault } from "../../characters.ts";
import { exchangeHostNear } from "./exchangeHost.ts";
import { domainSpecFault, macroFault } from "./macro.ts";

/** What a match means: pass, fail, softfail or neutral. */
export type Qualifier = "+" | "-" | "~" | "?";

/** One term of an SPF record. */
export interface SpfTerm {
  /** As written. */
  readonly text: string;
  readonly kind: "mechanism" | "modifier";
  /** In lower case: `include`, `ip4`, `redirect`. */
  readonly name: string;
  /** `+` where none is written; undefined of a modifier. */
  readonly qualifier: Qualifier | undefined;
  /** Domain or address as written, without the prefix length. */
  readonly value?: string;
  readonly cidr4?: number;
  readonly cidr6?: number;
  /** Where it begins in the record. */
  readonly position: number;
}

/** What is wrong with a term, or with the record at that place. */
export interface SpfFault {
  /** `error` is what RFC 7208 calls permerror: receivers give up on the record. */
  readonly severity: "error" | "warning";
  /** The term as written; the whole record when it is about that. */
  readonly text: string;
  readonly position: number;
  readonly rule: string;
  readonly fix: string;
}

const MECHANISMS = ["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"];
const EXAMPLE = 'e.g. "include:spf.protection.outlook.com"';

type Parts = Pick<SpfTerm, "value" | "cidr4" | "cidr6">;
type Fault = Pick<SpfFault, "rule" | "fix">;

/**
 * Reads one term.
 *
 * @param text without spaces
 * @param position where it stands in the record
 * @see RFC 7208 section 4.6.1 and section 12 (ABNF)
 */
export function parseTerm(text: string, position: number): SpfTerm | SpfFault {
  const odd = characterFault(text);
  if (odd !== undefined) {
    return { severity: "error", text, position, rule: odd, fix: "write it with ASCII characters" };
  }
  const [, sign = "", name = "", rest = ""] = /^([-+~?]?)([^:=/]*)(.*)$/s.exec(text) ?? [];
  const lower = name.toLowerCase();
  const modifier = rest.startsWith("=");
  const read = modifier
    ? parseModifier(sign + lower, rest.slice(1))
    : parseMechanism(lower, rest, text);
  if ("rule" in read) {
    const joined = joinedTerms(text);
    const fix = separated(text) ?? (joined === undefined ? read.fix : `write "${joined}"`);
    return { severity: "error", text, position, rule: read.rule, fix };
  }
  const qualifier = modifier ? undefined : ((sign || "+") as Qualifier);
  const kind = modifier ? "modifier" : "mechanism";
  return { text, kind, name: lower, qualifier, position, ...read };
}

/** The terms of a text with commas or semicolons between or behind them, if nothing else is wrong with it. */
function separated(text: string): string | undefined {
  const parts = text.split(/[,;]+/);
  const terms = parts.filter((part) => part !== "");
  const isFine =
    parts.length > 1 && terms.length > 0 && terms.every((term) => !isFault(parseTerm(term, 0)));
  return isFine ? `write "${terms.join(" ")}"` : undefined;
}

/**
 * The terms of a text in which a space is missing before a second one. Receivers take the whole for one name.
 *
 * @returns undefined for a text with one term
 */
export function joinedTerms(text: string): string | undefined {
  const terms = text.split(/[,;]?(?<=[^:=])(?=(?:include|exists|ip4|ip6):|redirect=|[-~?]all$)/i);
  const isJoined = terms.length > 1 && terms.every((term) => isRight(term.replace(/[,;]$/, "")));
  return isJoined ? terms.map((term) => term.replace(/[,;]$/, "")).join(" ") : undefined;
}

/** Whether reading a term found a fault. */
export function isFault(read: SpfTerm | SpfFault): read is SpfFault {
  return "rule" in read;
}

/** @see RFC 7208 section 6 */
function parseModifier(name: string, value: string): Parts | Fault {
  const fix = "write name=value, the name with letters, digits, hyphens, dots and underscores";
  if (!/^[a-z][a-z0-9._-]*$/.test(name)) return { rule: "is not a modifier", fix };
  const known = name === "redirect" || name === "exp";
  const rule = known ? domainSpecFault(value) : macroFault(value);
  return rule === undefined ? { value } : { rule, fix: domainFix(name, "=") };
}

/** @see RFC 7208 section 5 */
function parseMechanism(name: string, rest: string, text: string): Parts | Fault {
  switch (name) {
    case "all":
      if (rest === "") return {};
      return { rule: `has "${rest}" after all`, fix: 'write "all" alone' };
    case "include":
    case "exists":
      return parseDomain(name, rest);
    case "ptr":
      return rest === "" ? {} : parseDomain(name, rest);
    case "a":
    case "mx":
      return parseHosts(name, rest);
    case "ip4":
    case "ip6":
      return parseNetwork(name, rest);
    default:
      return { rule: "is not an SPF mechanism", fix: unknownFix(name, text) };
  }
}

function parseDomain(name: string, rest: string): Parts | Fault {
  const fix = domainFix(name, ":");
  if (!rest.startsWith(":")) return { rule: "names no domain", fix };
  const rule = domainSpecFault(rest.slice(1));
  return rule === undefined ? { value: rest.slice(1) } : { rule, fix };
}

/** `a` and `mx`: a domain, prefix lengths, both or neither (RFC 7208 sections 5.3 and 5.4). */
function parseHosts(name: string, rest: string): Parts | Fault {
  const six = /^(.*)\/\/(\d*)$/s.exec(rest);
  const before = six?.[1] ?? rest;
  const four = /^(.*)\/(\d*)$/s.exec(before);
  const domain = four?.[1] ?? before;
  const lengths = { ...cidr("cidr4", four?.[2], 32), ...cidr("cidr6", six?.[2], 128) };
  if ("rule" in lengths) return lengths as Fault;
  if (domain === "") return lengths;
  const read = parseDomain(name, domain);
  return "rule" in read ? read : { ...read, ...lengths };
}

/** @see RFC 7208 section 5.6 */
function parseNetwork(name: "ip4" | "ip6", rest: string): Parts | Fault {
  const slash = rest.indexOf("/");
  const value = slash < 0 ? rest.slice(1) : rest.slice(1, slash);
  const example = name === "ip4" ? "ip4:198.51.100.0/28" : "ip6:2001:db8::/32";
  const fix = `write e.g. "${example}"`;
  if (!rest.startsWith(":") || value === "") return { rule: "names no address", fix };
  const [is4, is6] = [isIPv4(value), isIPv6(value)];
  if (name === "ip4" && is6) {
    return { rule: "has an IPv6 address", fix: `write "ip6:${rest.slice(1)}"` };
  }
  if (name === "ip6" && is4) {
    return { rule: "has an IPv4 address", fix: `write "ip4:${rest.slice(1)}"` };
  }
  if (!is4 && !is6) return { rule: `has "${value}", which is not an address`, fix };
  const length = slash < 0 ? undefined : rest.slice(slash + 1);
  const lengths = name === "ip4" ? cidr("cidr4", length, 32) : cidr("cidr6", length, 128);
  return "rule" in lengths ? lengths : { value, ...lengths };
}

function cidr(part: "cidr4" | "cidr6", digits: string | undefined, most: number): Parts | Fault {
  if (digits === undefined) return {};
  if (/^(0|[1-9]\d{0,2})$/.test(digits) && Number(digits) <= most)
    return { [part]: Number(digits) };
  return {
    rule: `has the prefix length "${digits}", which is not a number from 0 to ${most}`,
    fix: `write a prefix length from 0 to ${most}, or none`,
  };
}

function domainFix(name: string, sign: string): string {
  return `write the domain in full, e.g. "${name}${sign}spf.contoso.com"`;
}

/** What a term should have been whose mechanism is not known. */
function unknownFix(name: string, text: string): string {
  if (text.includes('"'))
    return "remove the quotation marks; the strings of the record were joined incorrectly";
  const [, sign = "", rest = ""] = /^([-+~?]?)(.*)$/s.exec(text) ?? [];
  if (name === "") return `remove it; a term is ${EXAMPLE}`;
  if (name === "redirect" || name === "exp") return `write "${name}=" with an equals sign`;
  const right = respelt(rest);
  if (right !== undefined) return `write "${sign}${right}"`;
  const near = MECHANISMS.find((mechanism) => mechanism.length > 2 && name.startsWith(mechanism));
  if (near !== undefined) return `write "${sign}${near}", with a space before what comes next`;
  if (isHostName(name)) {
    return `write "include:${name}" if it is the SPF record of a service, "a:${name}" if it is a server`;
  }
  return `write one of ${MECHANISMS.join(", ")}; ${EXAMPLE}`;
}

/** A term in its right form, where it is clear which one it is. */
function respelt(text: string): string | undefined {
  const host = exchangeHostNear(text);
  const forms = [
    // With a mark of a sentence behind it.
    text.replace(/[.,;:]+$/, ""),
    // Without a mechanism: an address, or the host of Exchange Online.
    `ip4:${text}`,
    `ip6:${text}`,
    ...(host === undefined || /^include/i.test(text) ? [] : [`include:${host}`]),
    // Another sign than a colon, or none, behind the mechanism.
    text.replace(/^(include|exists|ip4|ip6)[.,;\s-]*(?=.)/i, "$1:"),
    // A misspelt mechanism.
    text.replace(/^([a-z]{2,9}\d?)(?=[:/])/i, (word) => mechanismLike(word) ?? word),
  ];
  return forms.find((form) => form !== text && isRight(form));
}

/** Whether a term is right, and names a host of several labels where it names one. */
function isRight(text: string): boolean {
  const term = parseTerm(text, 0);
  if (isFault(term) || term.kind === "modifier") return false;
  return term.value === undefined || term.name.startsWith("ip") || isHostName(term.value);
}

function mechanismLike(word: string): string | undefined {
  const lower = word.toLowerCase();
  if (/^ipv?4?$/.test(lower)) return "ip4";
  if (lower === "ipv6") return "ip6";
  return ["include", "exists"].find((mechanism) => editDistance(lower, mechanism) <= 2);
}

const isHostName = (name: string): boolean =>
  /^(?=.{1,253}$)(?:[a-z0-9_][a-z0-9_-]{0,62}\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i.test(name);

/**
 * Whether a value is an IPv4 address: four numbers without zeros before them.
 *
 * @see RFC 7208 section 12 (qnum)
 */
const isIPv4 = (value: string): boolean =>
  /^[\d.]{7,15}$/.test(value) && ipaddr.IPv4.isValidFourPartDecimal(value);

/** Whether a value is an IPv6 address as RFC 4291 section 2.2 writes it, so without a zone or brackets. */
const isIPv6 = (value: string): boolean =>
  /^[0-9a-f:.]{2,45}$/i.test(value) && value.includes(":") && ipaddr.IPv6.isValid(value);
