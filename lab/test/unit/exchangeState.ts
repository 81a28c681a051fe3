import type { World } from "../../src/world/world.ts";
import type { ExchangeBench } from "./bench.ts";

/** The world as it is, to compare with later; each request draws the id of its answer, and the log notes each change. */
export function stateOf(world: World): World {
  const audit = { ...world.audit, records: [], sessions: {} };
  return { ...structuredClone(world), drawn: 0, audit };
}

/** The same without what Exchange and Entra keep of what was deleted. */
export function inUse(world: World): Omit<World, "deletedItems"> {
  const { deletedItems: _, ...rest } = stateOf(world);
  return rest;
}

/** Runs a cmdlet that has to do what it is asked; answers its objects. Set, Add and Remove are not asked back. */
export async function run(
  bench: ExchangeBench,
  name: string,
  parameters: object = {},
): Promise<Record<string, unknown>[]> {
  const sure = /^(Set|Add|Remove)-/.test(name) ? { Confirm: false } : {};
  const { status, value, text } = await bench.invoke(name, { ...sure, ...parameters });
  if (status !== 200) throw new Error(`${name}: ${status} ${text}`);
  return value;
}
