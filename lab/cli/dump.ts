import { dumpWorld, load } from "../src/world/disk.ts";
import { makeWorld } from "../src/world/make.ts";
import { labFolder } from "./folder.ts";

/** Writes the world of a seed to stdout as JSON: as it was last served, or as it is drawn. It holds no secret. */
export function dumpLab(seed: string): number {
  const world = load(labFolder(seed), seed)?.world ?? makeWorld(seed);
  process.stdout.write(`${JSON.stringify(dumpWorld(world), null, 2)}\n`);
  return 0;
}
