import { BlockList, isIPv4 } from "node:net";

/**
 * IANA's special-purpose ranges (RFC 6890 and its registry) and multicast, from which no server on the internet sends.
 * Without the documentation ranges, in which the lab's addresses are.
 */
const reserved = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  reserved.addSubnet(network, prefix);
}

/** An IPv4 address with its prefix length, 32 when it is a single one. */
export interface AddressRange {
  address: string;
  prefix: number;
}

/** Reads `a.b.c.d` or `a.b.c.d/n`; undefined when it is neither. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = "", prefix = "32", ...rest] = text.split("/");
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || rest.length > 0) return undefined;
  return Number(prefix) <= 32 ? { address, prefix: Number(prefix) } : undefined;
}

/** Whether an IPv4 address can't be a public one. */
export function isReserved(address: string): boolean {
  return reserved.check(address);
}

/** Whether an IPv4 address lies in a range as a connector keeps it. */
export function isInRange(address: string, range: string): boolean {
  const parsed = parseRange(range);
  if (!parsed) return false;
  const list = new BlockList();
  list.addSubnet(parsed.address, parsed.prefix);
  return list.check(address);
}

/** The first and last address of `a-b`, as mail flow rules take it; undefined for any other text. */
function parseSpan(text: string): [first: string, last: string] | undefined {
  const [first = "", last = "", ...rest] = text.split("-");
  return isIPv4(first) && isIPv4(last) && rest.length === 0 ? [first, last] : undefined;
}

/** Whether mail flow rules take a text: an address, a range in CIDR notation, or `a-b`. */
export const isRuleRange = (text: string): boolean =>
  parseRange(text) !== undefined || parseSpan(text) !== undefined;

/** Whether an IPv4 address lies in a range as a mail flow rule has it. */
export function isInRuleRange(address: string, range: string): boolean {
  const span = parseSpan(range);
  if (span === undefined) return isInRange(address, range);
  return compareAddresses(span[0], address) <= 0 && compareAddresses(address, span[1]) <= 0;
}

/** The prefix length of a range as a connector keeps it; 32 for a single address. */
export function prefixOf(range: string): number {
  return parseRange(range)?.prefix ?? 32;
}

/** Whether two ranges share an address. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [parseRange(a), parseRange(b)];
  if (!one || !other) return false;
  const [wide, narrow] = one.prefix <= other.prefix ? [a, other] : [b, one];
  return isInRange(narrow.address, wide);
}

/** Orders addresses by their number. */
export function compareAddresses(a: string, b: string): number {
  return toNumber(a) - toNumber(b);
}

function toNumber(range: string): number {
  const parts = (parseRange(range)?.address ?? "0.0.0.0").split(".").map(Number);
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
