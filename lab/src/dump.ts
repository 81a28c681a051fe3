import type { World } from "./world/world.ts";

/** The whole world as plain JSON with the keys of every object in order. It holds no secret. */
export function dumpWorld(world: World): Record<string, unknown> {
  return JSON.parse(JSON.stringify(world, sortKeys));
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
