import { join } from "node:path";
import { cacheFolder } from "../setup/root.ts";
import { staleFiles } from "./stale.ts";
import { runTool } from "./tool.ts";

/** One thing that must hold before anything is run. */
export interface Check {
  name: string;
  /** What is wrong, or undefined. */
  run(): Promise<string | undefined>;
}

export const checks: readonly Check[] = [
  {
    name: "types",
    run: () => {
      const memory = ["--incremental", "--tsBuildInfoFile", join(cacheFolder, "check.tsbuildinfo")];
      return runTool("tsc", ["--noEmit", "--project", ".", "--pretty", "false", ...memory]);
    },
  },
  {
    name: "lint and format",
    run: () =>
      runTool("biome", [
        "ci",
        "--colors=off",
        "--error-on-warnings",
        "--diagnostic-level=warn",
        ".",
      ]),
  },
  {
    name: "import rules",
    run: () => runTool("depcruise", ["--config", ".dependency-cruiser.mjs", "."]),
  },
  {
    name: "generated files",
    run: async () => {
      // Loaded here: a generator that can't be loaded fails this check, not the others.
      const { generatedFiles } = await import("./generated.ts");
      return (await staleFiles(generatedFiles)).join("\n") || undefined;
    },
  },
];
