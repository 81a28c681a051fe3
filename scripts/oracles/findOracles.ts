import { join } from "node:path";
import { onPath } from "../engine/onPath.ts";
import { withLock } from "../setup/lock.mjs";
import { cacheFolder } from "../setup/root.ts";
import { say } from "../setup/say.mjs";
import { fromCache } from "./cached.ts";
import { fetchOracles } from "./fetchOracles.ts";
import type { OracleSearch } from "./search.ts";

const TOOLS = ["apt-get", "dpkg-deb", "tar"];

let search: Promise<OracleSearch> | undefined;

/**
 * Finds the independent programs, once a process: those that an earlier run has fetched, else from Debian's registry
 * into .cache/debian. The system is left as it is. Processes that look at the same time wait for the first.
 */
export function findOracles(): Promise<OracleSearch> {
  search ??= look();
  return search;
}

async function look(): Promise<OracleSearch> {
  const there = fromCache();
  if (there !== undefined) return there;
  const missing = TOOLS.filter((name) => onPath(name) === undefined);
  if (missing.length > 0) return { kind: "missing", reason: `no ${missing.join(", ")} on PATH` };
  const lock = join(cacheFolder, "debian.lock");
  const waiting = (pid: number | "unknown") =>
    say("oracles", `process ${pid} is fetching them, waiting (${lock})`);
  return withLock(lock, waiting, async () => fromCache() ?? fetchOracles());
}
