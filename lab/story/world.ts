import type { Lab } from "../src/lab.ts";

/**
 * The lab's world without what passes through it (mail, faults, the clock) and without what no stack can touch
 * (the network's addresses, the service's own ways, the key of the initial domain, which is made with its first mail). Two of these are equal when nothing is left and nothing
 * was changed.
 */
export function lastingWorld(lab: Lab): string {
  const {
    clockOffset,
    drawn,
    faults,
    queue,
    settings,
    addresses,
    outside,
    submission,
    ...lasting
  } = lab.dump();
  const dkimConfigs = lab.world.dkimConfigs.filter(
    ({ domain }) => domain !== lab.world.tenant.initialDomain,
  );
  return JSON.stringify({ ...lasting, dkimConfigs }, withoutTraces, 2);
}

/** Mail at rest, identity providers that began, and what changes with every change, also with one that is taken back. */
const TRACES = ["messages", "sentItems", "issuers", "serial", "modifiedOn"];

function withoutTraces(key: string, value: unknown): unknown {
  return TRACES.includes(key) ? undefined : value;
}
