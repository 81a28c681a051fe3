import { say } from "../setup/say.mjs";
import { describeEngine } from "./describe.ts";
import { onPath } from "./onPath.ts";
import { readVersion } from "./readVersion.ts";
import type { EngineSearch } from "./search.ts";
import { isAtLeast, MINIMUM_VERSION } from "./versions.ts";

/** The engine on PATH, if it is new enough. */
export async function fromPath(): Promise<EngineSearch> {
  const pulumi = onPath("pulumi");
  if (pulumi === undefined) return { kind: "missing", reason: "no `pulumi` on PATH" };
  try {
    const version = await readVersion(pulumi);
    if (isAtLeast(version, MINIMUM_VERSION)) return describeEngine(pulumi, version, "PATH");
    return unusable(`${pulumi} is ${version}, and ${MINIMUM_VERSION} or newer is needed`);
  } catch (error) {
    return unusable(`${pulumi} can't be run: ${(error as Error).message}`);
  }
}

/** Said at once: who has an engine expects it to be used. */
function unusable(reason: string): EngineSearch {
  say("engine", `${reason}; looking for another`);
  return { kind: "missing", reason };
}
