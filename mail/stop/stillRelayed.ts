import { naming } from "../naming.ts";
import { overlaps, searchByAddress } from "../senders/address.ts";
import { chooseMethod } from "../senders/method.ts";
import type { Sender } from "../senders/sender.ts";

/**
 * The senders whose connectors go by an address that a sender connects from too: they relay its mail when it is stopped itself, as
 * they take whatever comes from there.
 *
 * @param others of its stack
 */
export function relayedBy(sender: Sender, others: readonly Sender[]): Sender[] {
  const byAddress = others.filter((other) => other !== sender && isByAddress(other));
  return searchByAddress(byAddress, ({ egress }) => egress)(sender.egress);
}

function isByAddress(sender: Sender): boolean {
  const { method, by } = chooseMethod(sender);
  return method === "connector" && by === "staticIp";
}

/** Says that a stopped sender can send on; undefined where no connector relays for it. */
export function stillRelayed(sender: Sender, by: readonly Sender[]): string | undefined {
  if (by.length === 0) return undefined;
  const shared = sender.egress.filter((own) =>
    by.some(({ egress }) => egress.some((other) => overlaps(own, other))),
  );
  const names = by.map(({ name }) => name);
  const [connectors, take] = by.length === 1 ? ["connector", "takes"] : ["connectors", "take"];
  return `sender "${sender.name}" is not stopped at ${shared.join(", ")}: the ${connectors} of ${naming("sender", names)} ${take} whatever comes from there; stop ${naming("sender", names)} too, or keep its server from connecting to port 25`;
}
