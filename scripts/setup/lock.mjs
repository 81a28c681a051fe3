import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;
/** A lock file is empty for the instant between its creation and its first byte. */
const EMPTY_FOR_MS = 5000;

/**
 * Runs `work` while this process alone holds the lock file, which names its process id. Waits for
 * a living holder (`waiting` is called once, with its id); a dead one's lock is taken over.
 *
 * @template T
 * @param {string} path
 * @param {(holder: number | "unknown") => void} waiting
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, waiting, work) {
  mkdirSync(dirname(path), { recursive: true });
  let said = false;
  while (!take(path)) {
    const holder = holderOf(path);
    if (holder === "none") continue;
    if (holder === "dead") {
      takeAway(path);
      continue;
    }
    if (!said) waiting(holder);
    said = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} path */
function holderOf(path) {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    if (pid > 0) return isAlive(pid) ? pid : "dead";
    return Date.now() - statSync(path).mtimeMs > EMPTY_FOR_MS ? "dead" : "unknown";
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "none";
    throw error;
  }
}

/**
 * Whether a process lives, as far as this user may know.
 *
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/**
 * Two waiting processes may both find the lock stale: what was moved away is looked at again.
 *
 * @param {string} path
 */
function takeAway(path) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (holderOf(aside) === "dead") rmSync(aside, { force: true });
  else renameSync(aside, path);
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
