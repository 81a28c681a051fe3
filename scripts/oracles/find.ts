import { join } from "node:path";
import which from "which";
import { withLock } from "../setup/lock.mjs";
import { cacheFolder } from "../setup/root.ts";
import { say } from "../setup/say.mjs";
import { fromCache } from "./cache.ts";
import { fetchOracles } from "./fetch.ts";
import type { OracleSearch } from "./oracles.ts";

const TOOLS = ["apt-get", "dpkg-deb", "tar"];

let search: Promise<OracleSearch> | undefined;

/**
 * Finds the independent programs, once a process: those that an earlier run has fetched, else from Debian's registry
 * into .cache/debian. The system is left as it is. Processes that search at the same time wait for the first.
 */
export function findOracles(): Promise<OracleSearch> {
  search ??= searchOracles();
  return search;
}

async function searchOracles(): Promise<OracleSearch> {
  const cached = fromCache();
  if (cached !== undefined) return cached;
  const missing = TOOLS.filter((name) => which.sync(name, { nothrow: true }) === null);
  if (missing.length > 0) return { kind: "missing", reason: `no ${missing.join(", ")} on PATH` };
  const lock = join(cacheFolder, "debian.lock");
  const waiting = (pid: number | "unknown") =>
    say(
      "oracles",
      `waiting for process ${pid}, which is fetching the programs (lock file ${lock})`,
    );
  return withLock(lock, waiting, async () => fromCache() ?? fetchOracles());
}
