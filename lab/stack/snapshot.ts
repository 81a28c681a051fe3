import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "../src/lab.ts";

let taken = 0;

/**
 * Saves the lab's world, its faults included, and the state of the stacks on it. Restoring keeps the log and the keys
 * that were made, and the clock continues.
 *
 * @param folder that of the stacks, as `openStack` has it
 * @returns puts both back as they were
 */
export async function takeSnapshot(lab: Lab, folder: string): Promise<() => Promise<void>> {
  await lab.settle();
  const world = structuredClone(lab.world);
  const state = join(folder, "state");
  const copy = join(folder, "snapshots", String(taken++));
  await mkdir(state, { recursive: true });
  await cp(state, copy, { recursive: true });
  return async () => {
    await lab.settle();
    overwrite(lab.world, { ...structuredClone(world), clockOffset: lab.clock.offset() });
    await rm(state, { recursive: true, force: true });
    await cp(copy, state, { recursive: true });
  };
}

/**
 * Gives an object the values of another one. Objects and lists in it stay the same ones: the lab's parts hold on to
 * them.
 */
function overwrite(target: object, source: object): void {
  const values = target as Record<string, unknown>;
  for (const key of Object.keys(values)) if (!(key in source)) delete values[key];
  for (const [key, value] of Object.entries(source)) {
    const held = values[key];
    if (Array.isArray(held) && Array.isArray(value)) held.splice(0, held.length, ...value);
    else if (isObject(held) && isObject(value)) overwrite(held, value);
    else values[key] = value;
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A release's state with the world and the configuration that it belongs to. */
export interface KeptState {
  readonly version: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The lab's world after `up`, as it is dumped. */
  readonly world: Readonly<Record<string, unknown>>;
  /** What `pulumi stack export` gives. */
  readonly state: { readonly version: number; readonly deployment: unknown };
}
