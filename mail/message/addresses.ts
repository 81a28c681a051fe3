import ipaddr from "ipaddr.js";

/** The IP addresses that stand in a text by themselves: alone, in brackets, or before a port. */
export function addressesIn(text: string): string[] {
  return text
    .slice(0, LONGEST)
    .split(/[\s[\](),;"]+|IPv6:/i)
    .flatMap((word) => {
      const [, bare = word] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(word) ?? [];
      return isAddress(bare) ? [bare.toLowerCase()] : [];
    });
}

/** No server writes more about one host. */
const LONGEST = 1000;

const isAddress = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(":") && ipaddr.IPv6.isValid(text));

/** Whether an address can be connected to from anywhere; one for documentation is meant as such. */
export function isPublic(address: string): boolean {
  const range = ipaddr.process(address).range();
  return range === "unicast" || range === "reserved" || range === "6to4" || range === "teredo";
}

/** Whether an address is in one of several ranges, written as CIDR. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const parsed = ipaddr.process(address);
  return ranges.some((range) => {
    const [network, bits] = ipaddr.parseCIDR(range);
    return network.kind() === parsed.kind() && parsed.match(network, bits);
  });
}
