import { findEngine } from "../engine/findEngine.ts";
import type { Counts } from "./counts.ts";
import { countUnrun } from "./countUnrun.ts";
import type { RunOptions } from "./runFile.ts";
import { runFiles } from "./runFiles.ts";

/** Runs the tests that need the engine, one file at a time. Without an engine each file counts as one test. */
export async function runEngineTests(
  files: readonly string[],
  options: RunOptions,
): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const engine = await findEngine();
  if (engine.kind === "found") {
    console.log(`engine: pulumi ${engine.version} (${engine.from})`);
    return runFiles(files, 1, options);
  }
  const counts = countUnrun(files, "engine");
  console.log(`engine: each file above counts as one test. ${engine.reason}`);
  return counts;
}
