import { join } from "node:path";
import { withLock } from "../setup/lock.mjs";
import { cacheFolder } from "../setup/root.ts";
import { say } from "../setup/say.mjs";
import { fromBuild } from "./fromBuild.ts";
import { fromCache } from "./fromCache.ts";
import { fromDownload } from "./fromDownload.ts";
import { fromPath } from "./fromPath.ts";
import type { EngineSearch } from "./search.ts";
import { MINIMUM_VERSION } from "./versions.ts";

let search: Promise<EngineSearch> | undefined;

/**
 * Finds the engine, once a process: on PATH, in the cache, by download, by a build from its Go
 * module. The last two fill the cache; processes that look at the same time wait for the first.
 */
export function findEngine(): Promise<EngineSearch> {
  search ??= look();
  return search;
}

async function look(): Promise<EngineSearch> {
  const there = await firstOf([fromPath, fromCache]);
  if (there.kind === "found") return there;
  const lock = join(cacheFolder, "engine.lock");
  const waiting = (pid: number | "unknown") =>
    say("engine", `process ${pid} is getting it, waiting (${lock})`);
  const made = await withLock(lock, waiting, () => firstOf([fromCache, fromDownload, fromBuild]));
  if (made.kind === "found") return made;
  const fix = `Install pulumi ${MINIMUM_VERSION} or newer, or go, and put it on PATH.`;
  const [path] = there.reason.split("; ");
  return { kind: "missing", reason: `${path}; ${made.reason}. ${fix}` };
}

async function firstOf(
  ways: (() => EngineSearch | Promise<EngineSearch>)[],
): Promise<EngineSearch> {
  const reasons: string[] = [];
  for (const way of ways) {
    const result = await way();
    if (result.kind === "found") return result;
    reasons.push(result.reason);
  }
  return { kind: "missing", reason: reasons.join("; ") };
}
