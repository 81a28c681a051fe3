import { dirname, join } from "node:path";
import { isExecutable, onPath } from "./onPath.ts";
import type { FoundEngine } from "./search.ts";

/** Describes an executable that is known to be an engine of that version. */
export function describeEngine(
  pulumi: string,
  version: string,
  from: FoundEngine["from"],
): FoundEngine {
  const binFolder = dirname(pulumi);
  const host = "pulumi-language-nodejs";
  const languageHost = isExecutable(join(binFolder, host)) || onPath(host) !== undefined;
  return { kind: "found", pulumi, binFolder, version, from, languageHost };
}
