import { join } from "node:path";
import { describeEngine } from "./describe.ts";
import { isExecutable } from "./onPath.ts";
import type { EngineSearch } from "./search.ts";
import { engineFolder, moduleVersion, sdkVersion } from "./versions.ts";

/** The engine that an earlier run downloaded or built. Its version was checked then. */
export function fromCache(): EngineSearch {
  for (const version of [sdkVersion(), moduleVersion()]) {
    const pulumi = join(engineFolder(version), "bin", "pulumi");
    if (isExecutable(pulumi)) return describeEngine(pulumi, version, "cache");
  }
  return { kind: "missing", reason: "none in .cache/engine" };
}
