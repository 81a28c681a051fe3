import { relative } from "node:path";
import { findEngine } from "../engine/findEngine.ts";
import { projectRoot } from "../setup/root.ts";
import type { Counts } from "./counts.ts";
import type { RunOptions } from "./runFile.ts";
import { runFiles } from "./runFiles.ts";

/**
 * Runs the tests that need the engine, one file at a time. Without an engine each file counts as
 * one skipped test (what is in it can't be known without running it), or as a failed one where
 * REQUIRE_ENGINE=1 asks for the engine.
 */
export async function runEngineTests(
  files: readonly string[],
  options: RunOptions,
): Promise<Counts> {
  const none = { passed: 0, failed: 0, skipped: 0 };
  if (files.length === 0) return none;
  const engine = await findEngine();
  if (engine.kind === "found") {
    console.log(`engine: pulumi ${engine.version} (${engine.from})`);
    return runFiles(files, 1, options);
  }
  const required = process.env.REQUIRE_ENGINE === "1";
  const verdict = required ? "FAILED, REQUIRE_ENGINE=1 and no engine" : "skipped, no engine";
  for (const file of files) console.log(`test: ${relative(projectRoot, file)} … ${verdict}`);
  console.log(`engine: each file above counts as one test. ${engine.reason}`);
  return required ? { ...none, failed: files.length } : { ...none, skipped: files.length };
}
