import type { Lab } from "../../../lab/lab.ts";

/**
 * The lab's world without what passes through it (mail, faults, the clock) and without what no stack can touch
 * (the network's addresses, the service's own ways). Two of these are equal when nothing is left and nothing
 * was changed.
 */
export function lastingWorld(lab: Lab): string {
  const { clockOffset, drawn, faults, queue, settings, addresses, outside, mailboxes, ...lasting } =
    lab.dump();
  return JSON.stringify(lasting, withoutTraces, 2);
}

/** What changes with every change, also with one that is taken back. */
const TRACES = ["serial", "modifiedOn", "earlier"];

function withoutTraces(key: string, value: unknown): unknown {
  return TRACES.includes(key) ? undefined : value;
}
