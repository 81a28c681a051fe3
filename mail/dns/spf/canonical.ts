import ipaddr from "ipaddr.js";
import { isFault, parseTerm, type SpfTerm } from "./term.ts";

/**
 * The canonical form of a term, for comparing: lower case, no `+`, no dot at the end of a domain, no prefix length
 * that says nothing, of a range its first address. A term that can't be read is taken in lower case.
 */
export function canonicalTerm(text: string): string {
  const term = parseTerm(text, 0);
  if (isFault(term)) return text.toLowerCase();
  const sign = term.qualifier === "+" ? "" : (term.qualifier ?? "");
  return sign + canonicalMechanism(term);
}

/** The canonical form of a term without its qualifier. */
export function canonicalMechanism(term: SpfTerm): string {
  const { kind, name, value, cidr4 = 32, cidr6 = 128 } = term;
  if (isNetwork(term)) return `${name}:${canonicalNetwork(term)}`;
  const domain =
    value === undefined ? "" : (kind === "modifier" ? "=" : ":") + canonicalValue(term);
  const four = cidr4 === 32 ? "" : `/${cidr4}`;
  return `${name}${domain}${four}${cidr6 === 128 ? "" : `//${cidr6}`}`;
}

/** Whether a term's addresses hold all of another's: `ip4:198.51.100.0/24` those of `ip4:198.51.100.7`. */
export function covers(wide: SpfTerm, narrow: SpfTerm): boolean {
  if (!isNetwork(wide) || !isNetwork(narrow) || wide.name !== narrow.name) return false;
  const [outer, inner] = [lengthOf(wide), lengthOf(narrow)];
  return outer <= inner && networkOf(wide, outer) === networkOf(narrow, outer);
}

/** A domain in lower case; the letters of macros stay, as capitals there mean something (section 7.3). */
function canonicalValue({ kind, name, value = "" }: SpfTerm): string {
  if (kind === "modifier" && name !== "redirect" && name !== "exp") return value;
  const lower = value.replace(/%\{[^}]*\}|[A-Z]+/g, (part) =>
    part.startsWith("%") ? part : part.toLowerCase(),
  );
  return lower.replace(/\.$/, "");
}

function isNetwork({ kind, name }: SpfTerm): boolean {
  return kind === "mechanism" && (name === "ip4" || name === "ip6");
}

function canonicalNetwork(term: SpfTerm): string {
  const length = lengthOf(term);
  const whole = length === (term.name === "ip4" ? 32 : 128);
  return networkOf(term, length) + (whole ? "" : `/${length}`);
}

function lengthOf({ name, cidr4 = 32, cidr6 = 128 }: SpfTerm): number {
  return name === "ip4" ? cidr4 : cidr6;
}

/** The first address of the range of that length in which a term's address lies. */
function networkOf({ name, value = "" }: SpfTerm, length: number): string {
  const family = name === "ip4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return family.networkAddressFromCIDR(`${value}/${length}`).toString();
}
