import ipaddr from "ipaddr.js";
import type { Problem } from "../problem.ts";

/** The widest range a connector takes; Exchange refuses more than 256 addresses in one entry. */
const WIDEST_PREFIX = 24;

const EXAMPLE = 'e.g. "198.51.100.7" or "198.51.100.0/28"';

/** What Exchange can never see as the source of a connection, by ipaddr.js's name of the range. */
const NEVER_PUBLIC: Readonly<Record<string, string>> = {
  private: "a private address, which Exchange never sees",
  loopback: "a loopback address, which Exchange never sees",
  linkLocal: "a link-local address, which Exchange never sees",
  carrierGradeNat: "an address of a carrier's NAT, which Exchange never sees",
  multicast: "a multicast address, from which nothing can connect",
  broadcast: "the broadcast address, from which nothing can connect",
  unspecified: "no host's address",
};

/**
 * Says what is wrong with an address that a connector shall match.
 *
 * @param key where it stands, for the message
 * @param value an IPv4 address or a CIDR range from /24 to /32
 * @returns the problem, or undefined when Exchange would take it
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector (SenderIPAddresses)
 */
export function addressProblem(key: string, value: string): Problem | undefined {
  const fix = `list the public IPv4 addresses that your servers' mail leaves from, ${EXAMPLE}`;
  const problem = (rule: string, mend = fix): Problem => ({ key, value, rule, fix: mend });
  if (value.includes(":") && ipaddr.isValid(value.split("/")[0] ?? "")) {
    return problem(
      "is an IPv6 address, but connectors match IPv4 only",
      `let these servers send over IPv4 and list that address, ${EXAMPLE}`,
    );
  }
  const range = parseRange(value);
  if (range === undefined) return problem("is not an IPv4 address or CIDR range");
  if (range.prefix < WIDEST_PREFIX) {
    const hosts = 2 ** (32 - range.prefix);
    return problem(
      range.prefix === 0
        ? "opens the relay to the whole internet"
        : `covers ${hosts.toLocaleString("en-US")} addresses, but a connector takes /${WIDEST_PREFIX} at the widest`,
    );
  }
  const never = NEVER_PUBLIC[ipaddr.IPv4.parse(value.split("/")[0] ?? "").range()];
  if (never !== undefined) return problem(`is ${never}`);
  const network = networkOf(range);
  if (network !== range.first) {
    return problem(
      `is not the first address of its /${range.prefix} range`,
      `write "${dotted(network)}/${range.prefix}" for the range, or "${dotted(range.first)}" for the one address`,
    );
  }
  return undefined;
}

/** The one way to write an address: no `/32`, no spaces. Leaves what is not an address as it is. */
export function canonicalAddress(value: string): string {
  const range = parseRange(value.trim());
  if (range === undefined) return value.trim();
  return range.prefix === 32 ? dotted(range.first) : `${dotted(range.first)}/${range.prefix}`;
}

/** Whether two addresses or ranges share an address. False when either can't be read. */
export function overlaps(a: string, b: string): boolean {
  const one = parseRange(a);
  const other = parseRange(b);
  if (one === undefined || other === undefined) return false;
  const prefix = Math.min(one.prefix, other.prefix);
  return networkOf({ ...one, prefix }) === networkOf({ ...other, prefix });
}

interface Range {
  readonly first: number;
  readonly prefix: number;
}

function parseRange(value: string): Range | undefined {
  const [address = "", prefix = "32", ...rest] = value.split("/");
  if (rest.length > 0 || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return undefined;
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return undefined;
  const octets = ipaddr.IPv4.parse(address).octets;
  return { first: octets.reduce((sum, octet) => sum * 256 + octet, 0), prefix: Number(prefix) };
}

function networkOf({ first, prefix }: Range): number {
  const size = 2 ** (32 - prefix);
  return Math.floor(first / size) * size;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
