import type { Lab } from "../../../lab/lab.ts";

/**
 * The lab's world without what passes through it (mail, faults, the clock) and without what no stack can touch
 * (the network's addresses, the service's own ways). Two of these are equal when nothing is left and nothing
 * was changed.
 */
export function lastingWorld(lab: Lab): string {
  const { clockOffset, drawn, faults, queue, settings, addresses, outside, mailboxes, ...lasting } =
    lab.dump();
  return JSON.stringify(lasting, null, 2);
}
