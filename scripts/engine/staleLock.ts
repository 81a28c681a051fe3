import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "../setup/lock.mjs";

/** What Pulumi's file backend writes into a lock. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/**
 * Whether a stack is locked by an engine that died on this machine, so that the lock may be taken away.
 *
 * @param stateFolder folder of the file backend
 */
export async function hasStaleLock(stateFolder: string, stack: string): Promise<boolean> {
  const folder = join(stateFolder, ".pulumi", "locks");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter(
    (entry) => entry.name.endsWith(".json") && entry.parentPath.endsWith(`/${stack}`),
  );
  const locks = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const text = await readFile(join(parentPath, name), "utf8").catch(() => "");
      return readLock(text);
    }),
  );
  const dead = await Promise.all(locks.map(isDead));
  return dead.length > 0 && dead.every(Boolean);
}

/** One that is being written or taken away can't be read, and is not dead. */
function readLock(text: string): Lock | undefined {
  try {
    return JSON.parse(text) as Lock;
  } catch {
    return undefined;
  }
}

async function isDead(lock: Lock | undefined): Promise<boolean> {
  if (lock?.hostname !== hostname()) return false;
  const { pid } = lock;
  if (!Number.isInteger(pid)) return false;
  return !isAlive(pid) || isZombie(pid);
}

/** Whether a process has ended and only waits for its parent to notice, where the system tells. */
async function isZombie(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return /^State:\s+Z/m.test(status);
}
