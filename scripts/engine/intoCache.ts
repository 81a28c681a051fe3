import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describeEngine } from "./describe.ts";
import { readVersion } from "./readVersion.ts";
import type { FoundEngine } from "./search.ts";
import { engineFolder } from "./versions.ts";

const PARTIAL = ".partial-";

/**
 * Puts an engine into the cache: `fill` makes `bin/pulumi` in a folder of another name, which is
 * renamed once the engine in it has told the right version. Call it with the engine's lock held.
 */
export async function intoCache(
  version: string,
  from: FoundEngine["from"],
  fill: (folder: string) => Promise<void>,
): Promise<FoundEngine> {
  const folder = engineFolder(version);
  const partial = join(folder, "..", `${PARTIAL}${process.pid}`);
  mkdirSync(join(partial, "bin"), { recursive: true });
  removePartials(join(folder, ".."), partial);
  try {
    await fill(partial);
    const says = await readVersion(join(partial, "bin", "pulumi"));
    if (says !== version) throw new Error(`expected pulumi ${version}, it says ${says}`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return describeEngine(join(folder, "bin", "pulumi"), version, from);
}

/** What a run that was killed has left; the lock says that nobody works in it any more. */
function removePartials(parent: string, except: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (name.startsWith(PARTIAL) && path !== except) rmSync(path, { recursive: true, force: true });
  }
}
