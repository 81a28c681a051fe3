import { receiversOf } from "./receivers.ts";
import type { World } from "./world.ts";

/** Seen when a client comes from a loopback address that stands for nobody. */
export const UNKNOWN_CLIENT = "203.0.113.254";

/** The loopback address that stands on this machine for the public IPv4 address `a.b.c.d`. */
export function loopbackOf(publicAddress: string): string {
  const [, ...rest] = publicAddress.split(".");
  return ["127", ...rest].join(".");
}

/** Every public address of this world. */
export function publicAddresses(world: World): string[] {
  const { customer, stranger, exchangeOutbound } = world.addresses;
  const receivers = receiversOf(world).map(({ address }) => address);
  return [...customer, stranger, exchangeOutbound, ...Object.values(world.pools), ...receivers];
}

/** The public address behind a loopback address; `UNKNOWN_CLIENT` when it stands for nobody. */
export function publicOf(world: World, loopback: string): string {
  return (
    publicAddresses(world).find((address) => loopbackOf(address) === loopback) ?? UNKNOWN_CLIENT
  );
}
