import ipaddr from "ipaddr.js";
import { number } from "../numberText.ts";
import type { Problem } from "../problem.ts";

/** The widest range a connector takes; Exchange refuses more than 256 addresses in one entry. */
const WIDEST_PREFIX = 24;

const EXAMPLE = 'e.g. "198.51.100.7" or "198.51.100.0/28"';

const LIST_YOURS = `list the public IPv4 addresses that your servers connect from, ${EXAMPLE}`;

const SPECIAL_PURPOSE =
  "an address of a special-purpose range (RFC 6890), in which no server on the internet is";

/** What Exchange can never see as the source of a connection, by ipaddr.js's name of the range. */
const NEVER_PUBLIC: Readonly<Record<string, string>> = {
  private: "a private address, which Exchange never sees",
  loopback: "a loopback address, which Exchange never sees",
  linkLocal: "a link-local address, which Exchange never sees",
  carrierGradeNat: "a carrier-grade NAT address, which Exchange never sees",
  multicast: "a multicast address, from which nothing can connect",
  broadcast: "the broadcast address, from which nothing can connect",
  unspecified: 'an address of "this network" (0.0.0.0/8), from which nothing can connect',
  reserved: SPECIAL_PURPOSE,
  as112: SPECIAL_PURPOSE,
  amt: SPECIAL_PURPOSE,
};

/** Ranges of examples (RFC 5737), in which our documentation, the templates and the lab have their addresses. */
const DOCUMENTATION = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"].map((range) =>
  ipaddr.IPv4.parseCIDR(range),
);

/**
 * Where Exchange Online sends the mail of every organisation from, in Microsoft's worldwide cloud.
 *
 * @see https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges (id 10, port 25)
 */
export const OF_EVERY_ORGANISATION = [
  "40.92.0.0/15",
  "40.107.0.0/16",
  "52.100.0.0/14",
  "104.47.0.0/17",
];

/**
 * Says what is wrong with an address that a connector is to match.
 *
 * @param key where it stands, for the message
 * @param value an IPv4 address or a CIDR range from /24 to /32
 * @returns the problem, or undefined when Exchange would take it
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector (SenderIPAddresses)
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
export function addressProblem(key: string, value: string): Problem | undefined {
  const problem = (rule: string, otherFix = LIST_YOURS): Problem => ({
    key,
    value,
    rule,
    fix: otherFix,
  });
  if (value.includes(":") && ipaddr.isValid(value.split("/")[0] ?? "")) {
    return problem(
      "is an IPv6 address, but connectors match IPv4 only",
      `let these servers connect over IPv4 and list that address, ${EXAMPLE}`,
    );
  }
  const range = parseRange(value);
  if (range === undefined) return problem("is not an IPv4 address or CIDR range");
  const [address, prefix] = range;
  const open = openRangeProblem(key, value) ?? sharedAddressProblem(key, value);
  if (open !== undefined) return open;
  const isExample = DOCUMENTATION.some((range) => address.match(range));
  const never = isExample ? undefined : NEVER_PUBLIC[address.range()];
  if (never !== undefined) return problem(`is ${never}`);
  const network = ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`);
  if (`${network}` !== `${address}`) {
    return problem(
      `is not the first address of its /${prefix} range`,
      `write "${network}/${prefix}" for the range, or "${address}" for the one address`,
    );
  }
  return undefined;
}

/** Says that a range is wider than a connector may be, up to the whole internet. */
export function openRangeProblem(key: string, value: string): Problem | undefined {
  const prefix = parseRange(value)?.[1];
  if (prefix === undefined || prefix >= WIDEST_PREFIX) return undefined;
  const rule =
    prefix === 0
      ? "opens the relay to the whole internet"
      : `covers ${addressesIn(prefix)} addresses, but a connector accepts /${WIDEST_PREFIX} at the widest`;
  return { key, value, rule, fix: LIST_YOURS };
}

/** Says that other organisations' mail comes from an address too, so that each of them could relay. */
export function sharedAddressProblem(key: string, value: string): Problem | undefined {
  if (!OF_EVERY_ORGANISATION.some((range) => overlaps(value, range))) return undefined;
  const rule =
    "is where Exchange Online sends the mail of every organisation from, so that all of them could relay";
  return { key, value, rule, fix: LIST_YOURS };
}

/** Says that a range has more than one address: whoever gets one of them may send. */
export function rangeProblem(key: string, value: string): Problem | undefined {
  const prefix = parseRange(value)?.[1] ?? 32;
  if (prefix === 32) return undefined;
  return {
    key,
    value,
    rule: `lets whoever connects from any of its ${addressesIn(prefix)} addresses send mail`,
    fix: "make sure that all of them are your own servers', or list single addresses",
  };
}

const addressesIn = (prefix: number): string => number(2 ** (32 - prefix));

/** The canonical form of an address: no `/32`, no spaces. Leaves what is not an address as it is. */
export function canonicalAddress(value: string): string {
  const range = parseRange(value.trim());
  if (range === undefined) return value.trim();
  const [address, prefix] = range;
  return prefix === 32 ? `${address}` : `${address}/${prefix}`;
}

/** Whether two addresses or ranges share an address. False when either can't be read. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [parseRange(a), parseRange(b)];
  if (one === undefined || other === undefined) return false;
  return one[0].match(other[0], Math.min(one[1], other[1]));
}

/**
 * The network that holds an address or range, of those as wide as a connector takes: two that overlap are in the same one. So
 * who compares many looks at few.
 */
export const networkOf = (address: string): string => address.split(".").slice(0, 3).join(".");

/** Makes a search for those of many, each once, of whose addresses one overlaps one of a list; it looks at few of them. */
export function searchByAddress<T>(
  all: readonly T[],
  addressesOf: (one: T) => readonly string[],
): (addresses: readonly string[]) => T[] {
  const byNetwork = new Map<string, Set<T>>();
  for (const one of all) {
    for (const network of addressesOf(one).map(networkOf)) {
      byNetwork.set(network, (byNetwork.get(network) ?? new Set()).add(one));
    }
  }
  return (addresses) => {
    const near = new Set(addresses.flatMap((own) => [...(byNetwork.get(networkOf(own)) ?? [])]));
    return [...near].filter((one) =>
      addressesOf(one).some((other) => addresses.some((own) => overlaps(other, own))),
    );
  };
}

/** Whether a range has every address of another one. False when either can't be read. */
export function covers(wide: string, narrow: string): boolean {
  const [prefix, other] = [wide, narrow].map((one) => parseRange(one)?.[1] ?? 0);
  return overlaps(wide, narrow) && (prefix ?? 0) <= (other ?? 0);
}

/** Addresses and ranges without those that another one of them covers, each once. */
export function withoutCovered(addresses: readonly string[]): string[] {
  const once = [...new Set(addresses)];
  return once.filter((one) => !once.some((other) => other !== one && covers(other, one)));
}

type Range = [address: ipaddr.IPv4, prefix: number];

/** What was parsed already: the addresses of many senders are compared with each other. */
const parsed = new Map<string, Range | undefined>();

/** An address or range; undefined for what is neither. */
function parseRange(value: string): Range | undefined {
  if (parsed.has(value)) return parsed.get(value);
  const cidr = value.includes("/") ? value : `${value}/32`;
  // ipaddr.js accepts leading zeros in a prefix, which others read as octal.
  const isRange = /\/(0|[1-9]\d?)$/.test(cidr) && ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr);
  const range = isRange ? ipaddr.IPv4.parseCIDR(cidr) : undefined;
  parsed.set(value, range);
  return range;
}
