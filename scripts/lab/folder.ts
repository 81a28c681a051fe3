import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../setup/root.ts";

/** Where the served world of a seed is kept; git ignores it. */
export function labFolder(seed: string): string {
  return join(projectRoot, ".lab", seed);
}

/**
 * Keeps a world's folder for this process: two that serve one world would overwrite each other.
 *
 * @returns what lets go of it
 * @throws Error that names the process that has it
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "serve.pid");
  const holder = Number(await readFile(path, "utf8").catch(() => ""));
  if (holder > 0 && isServing(holder)) {
    throw new Error(`process ${holder} serves this world already: end it, or serve another --seed`);
  }
  await writeFile(path, String(process.pid));
  return () => rm(path, { force: true });
}

/** Whether a process lives, as far as this user may know. */
function isServing(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
