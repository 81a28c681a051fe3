import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../../scripts/setup/lock.mjs";
import { projectRoot } from "../../scripts/setup/root.ts";

/** Where the served world of a seed is kept; git ignores it. */
export function labFolder(seed: string): string {
  return join(projectRoot, ".lab", seed);
}

/**
 * Keeps a world's folder for this process: two that serve one world would overwrite each other.
 *
 * @returns a function that releases the folder
 * @throws Error that names the process that has it
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "serve.pid");
  const holder = Number(await readFile(path, "utf8").catch(() => ""));
  if (holder > 0 && isAlive(holder)) {
    throw new Error(`process ${holder} serves this world already; end it, or use another --seed`);
  }
  await writeFile(path, String(process.pid));
  return () => rm(path, { force: true });
}
