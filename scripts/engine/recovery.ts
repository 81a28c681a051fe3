// What an engine that was killed leaves in the file backend, and keeps the next one from working.
import { readdir, readFile, rm } from "node:fs/promises";
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
  const dead = await areLocksDead(stateFolder, stack);
  return dead.length > 0 && dead.every(Boolean);
}

/** Whether no live engine works on a stack of the file backend: it has no lock, or stale ones alone. */
export const isUnlocked = async (stateFolder: string, stack: string): Promise<boolean> =>
  (await areLocksDead(stateFolder, stack)).every(Boolean);

/** Of each of a stack's locks, whether its engine died on this machine. */
async function areLocksDead(stateFolder: string, stack: string): Promise<boolean[]> {
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
  return Promise.all(locks.map(isDead));
}

/** One that is being written or taken away can't be read, and is not dead. */
function readLock(text: string): Lock | undefined {
  try {
    return JSON.parse(text) as Lock;
  } catch {
    return undefined;
  }
}

/**
 * Whether an engine's refusal of a locked stack names locks of engines alone that died on this machine. It is for backends
 * whose locks are not in a folder; Pulumi Cloud names no process.
 *
 * @param refusal what the engine says: `… created by root@host (pid 123) at …`, a line for each lock
 */
export async function namesStaleLock(refusal: string): Promise<boolean> {
  const locks = [...refusal.matchAll(/created by \S+@(\S+) \(pid (\d+)\)/g)].map(
    ([, hostname = "", pid]) => ({ hostname, pid: Number(pid) }),
  );
  const dead = await Promise.all(locks.map(isDead));
  return dead.length > 0 && dead.every(Boolean);
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

/** The file backend keeps a file's attributes beside it, as JSON. */
const ATTRIBUTES = ".attrs";

/**
 * Takes away what a killed engine was writing when it died: the file backend puts a state in place in one step, but
 * writes its attributes where they stand. Half of them make every command fail with `failed to load checkpoint: EOF`;
 * without any, the state is read as it is.
 *
 * @param stateFolder folder of the file backend, which no live engine works on
 */
export async function removeTornAttributes(stateFolder: string): Promise<void> {
  const folder = join(stateFolder, ".pulumi");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ATTRIBUTES))
    .map(({ parentPath, name }) => join(parentPath, name));
  await Promise.all(paths.map(removeTorn));
}

async function removeTorn(path: string): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  if (!isJson(text)) await rm(path, { force: true });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
