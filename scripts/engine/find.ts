import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { gte, SemVer } from "semver";
import which from "which";
import { withLock } from "../setup/lock.mjs";
import { cacheFolder } from "../setup/root.ts";
import { say } from "../setup/say.mjs";
import { fromBuild } from "./build.ts";
import { fromCache, readVersion } from "./cache.ts";
import { fromDownload } from "./download.ts";
import { describeEngine, type EngineSearch, engineEnv, MINIMUM_VERSION } from "./engine.ts";

let search: Promise<EngineSearch> | undefined;

/**
 * Finds the engine, once a process: on PATH, in the cache, by download, by a build from its Go
 * module. The last two fill the cache; processes that search at the same time wait for the first.
 */
export function findEngine(): Promise<EngineSearch> {
  search ??= searchEngine();
  return search;
}

/**
 * What a workspace of the Automation API needs to run the engine.
 *
 * @throws Error that says what was tried, when there is no engine
 */
export async function workspaceEngine(): Promise<{
  pulumiCommand: PulumiCommand;
  envVars: Record<string, string>;
}> {
  const engine = await findEngine();
  if (engine.kind === "missing") throw new Error(`no pulumi engine found: ${engine.reason}`);
  // `PulumiCommand.get` would start the engine to ask for its version, which the search knows.
  const known = [engine.pulumi, new SemVer(engine.version)];
  const pulumiCommand = Reflect.construct(PulumiCommand, known) as PulumiCommand;
  return { pulumiCommand, envVars: engineEnv(engine) };
}

async function searchEngine(): Promise<EngineSearch> {
  const ready = await firstOf([fromPath, fromCache]);
  if (ready.kind === "found") return ready;
  const lock = join(cacheFolder, "engine.lock");
  const waiting = (pid: number | "unknown") =>
    say("engine", `waiting for process ${pid}, which is fetching the engine (lock file ${lock})`);
  const fetched = await withLock(lock, waiting, () =>
    firstOf([fromCache, fromDownload, fromBuild]),
  );
  if (fetched.kind === "found") return fetched;
  const fix = `Install pulumi ${MINIMUM_VERSION} or newer, or go, and put it on PATH.`;
  const [path] = ready.reason.split("; ");
  return { kind: "missing", reason: `${path}; ${fetched.reason}. ${fix}` };
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

/** The engine on PATH, if it is new enough. */
export async function fromPath(): Promise<EngineSearch> {
  const pulumi = which.sync("pulumi", { nothrow: true });
  if (pulumi === null) return { kind: "missing", reason: "no `pulumi` on PATH" };
  try {
    const version = await readVersion(pulumi);
    if (gte(version, MINIMUM_VERSION)) return describeEngine(pulumi, version, "PATH");
    return unusable(`${pulumi} is version ${version}, but ${MINIMUM_VERSION} or newer is needed`);
  } catch (error) {
    return unusable(`${pulumi} can't be run: ${(error as Error).message}`);
  }
}

/** Prints at once why an engine is not used: a user who has one expects it to be. */
function unusable(reason: string): EngineSearch {
  say("engine", `${reason}; searching for another engine`);
  return { kind: "missing", reason };
}
