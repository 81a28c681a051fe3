import ipaddr from "ipaddr.js";

/**
 * The octets of an IPv4 address: four numbers without zeros before them. Undefined of anything else.
 *
 * @see RFC 7208 section 12 (qnum)
 */
export function ip4Octets(value: string): number[] | undefined {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(value);
  if (found === null || /(?:^|\.)0\d/.test(value)) return undefined;
  const octets = [Number(found[1]), Number(found[2]), Number(found[3]), Number(found[4])];
  return octets.every((octet) => octet <= 255) ? octets : undefined;
}

/** The octets of an IPv6 address as RFC 4291 section 2.2 writes it, so without a zone or brackets. */
export function ip6Octets(value: string): number[] | undefined {
  const shaped = /^[0-9a-f:.]{2,45}$/i.test(value) && value.includes(":");
  return shaped && ipaddr.IPv6.isValid(value) ? ipaddr.IPv6.parse(value).toByteArray() : undefined;
}

/** The first address of the range of that length in which an address lies, in its one writing. */
export function networkOf(octets: readonly number[], length: number): string {
  const first = octets.map((octet, index) => octet & maskOf(length - 8 * index));
  return first.length === 4 ? first.join(".") : new ipaddr.IPv6(first).toString();
}

/** The mask of an octet of which so many bits count. */
function maskOf(bits: number): number {
  return bits <= 0 ? 0 : (0xff << Math.max(0, 8 - bits)) & 0xff;
}
