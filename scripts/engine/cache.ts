// The engines in .cache/engine, each in a folder named by its version.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "semver";
import which from "which";
import {
  describeEngine,
  type EngineSearch,
  engineFolder,
  type FoundEngine,
  moduleVersion,
  sdkVersion,
} from "./engine.ts";

const TIMEOUT_MS = 20_000;
const PARTIAL = ".partial-";

/** Asks a `pulumi` executable for its version ("3.276.0"). */
export async function readVersion(pulumi: string): Promise<string> {
  const { stdout } = await promisify(execFile)(pulumi, ["version"], {
    timeout: TIMEOUT_MS,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const version = parse(stdout.trim())?.version;
  if (version === undefined)
    throw new Error(`\`pulumi version\` printed "${stdout.trim()}", which is not a version`);
  return version;
}

/** The engine that an earlier run downloaded or built. Its version was checked then. */
export function fromCache(): EngineSearch {
  for (const version of [sdkVersion(), moduleVersion()]) {
    const pulumi = join(engineFolder(version), "bin", "pulumi");
    if (which.sync(pulumi, { nothrow: true }) !== null) {
      return describeEngine(pulumi, version, "cache");
    }
  }
  return { kind: "missing", reason: "none in .cache/engine" };
}

/**
 * Puts an engine into the cache: `fill` writes `bin/pulumi` into a folder of another name, which is renamed once the
 * engine in it has reported the right version. Call it with the engine's lock held.
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
    const reported = await readVersion(join(partial, "bin", "pulumi"));
    if (reported !== version)
      throw new Error(`expected pulumi ${version}, but it reports version ${reported}`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return describeEngine(join(folder, "bin", "pulumi"), version, from);
}

/** Removes what a run that was killed has left; the lock says that nobody works in it any more. */
function removePartials(parent: string, except: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (name.startsWith(PARTIAL) && path !== except) rmSync(path, { recursive: true, force: true });
  }
}
