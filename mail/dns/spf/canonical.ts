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

/** Addresses one after the other, as numbers. */
export interface AddressRange {
  readonly name: "ip4" | "ip6";
  readonly first: bigint;
  readonly last: bigint;
}

/** The addresses of an `ip4` or `ip6` term; undefined of another one. */
export function rangeOf(term: SpfTerm): AddressRange | undefined {
  if (!isNetwork(term)) return undefined;
  const name = term.name === "ip4" ? "ip4" : "ip6";
  const length = lengthOf(term);
  const octets = familyOf(term).parse(networkOf(term, length)).toByteArray();
  const first = octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const size = 1n << BigInt(octets.length * 8 - length);
  return { name, first, last: first + size - 1n };
}

/** The addresses that two ranges have in common. */
export function overlapOf(one: AddressRange, other: AddressRange): AddressRange | undefined {
  const first = one.first > other.first ? one.first : other.first;
  const last = one.last < other.last ? one.last : other.last;
  return one.name === other.name && first <= last ? { name: one.name, first, last } : undefined;
}

/** What is left of ranges without the addresses of another. */
export function rangesWithout(
  ranges: readonly AddressRange[],
  taken: AddressRange,
): AddressRange[] {
  return ranges.flatMap((range) => {
    const common = overlapOf(range, taken);
    if (common === undefined) return [range];
    const { name, first, last } = range;
    return [
      { name, first, last: common.first - 1n },
      { name, first: common.last + 1n, last },
    ].filter((rest) => rest.first <= rest.last);
  });
}

/** A range as people write it: `198.51.100.0 to 198.51.100.7`, or one address. */
export function describeRange({ name, first, last }: AddressRange): string {
  const [from, to] = [first, last].map((number) => addressText(name, number));
  return from === to ? `${from}` : `${from} to ${to}`;
}

function addressText(name: AddressRange["name"], number: bigint): string {
  const count = name === "ip4" ? 4 : 16;
  const digits = number.toString(16).padStart(count * 2, "0");
  return ipaddr.fromByteArray([...Buffer.from(digits, "hex")]).toString();
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
function networkOf(term: SpfTerm, length: number): string {
  return familyOf(term)
    .networkAddressFromCIDR(`${term.value ?? ""}/${length}`)
    .toString();
}

function familyOf({ name }: SpfTerm): typeof ipaddr.IPv4 | typeof ipaddr.IPv6 {
  return name === "ip4" ? ipaddr.IPv4 : ipaddr.IPv6;
}
