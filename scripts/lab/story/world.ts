import type { Lab } from "../../../lab/lab.ts";

/**
 * The lab's world without what passes through it: mail, log, clock and faults. Two of these are equal when nothing
 * that a stack could have made or changed differs.
 */
export function worldWithoutTraffic(lab: Lab): string {
  const { clock, log, drawn, faults, queue, outside, mailboxes, ...lasting } =
    lab.dump() as Record<string, unknown>;
  return JSON.stringify(lasting, null, 2);
}
