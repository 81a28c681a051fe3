import { relative } from "node:path";
import { projectRoot } from "../setup/root.ts";
import type { Counts } from "./counts.ts";

/**
 * Prints and counts test files that can't run for want of something. Each counts as one skipped test (what is in it
 * can't be known without running it), or as a failed one where REQUIRE_ENGINE=1 asks for everything.
 *
 * @param wanted what is missing, as in "no engine"
 */
export function countUnrun(files: readonly string[], wanted: string): Counts {
  const required = process.env.REQUIRE_ENGINE === "1";
  const verdict = required ? `FAILED, REQUIRE_ENGINE=1 and no ${wanted}` : `skipped, no ${wanted}`;
  for (const file of files) console.log(`test: ${relative(projectRoot, file)} … ${verdict}`);
  const count = files.length;
  return { passed: 0, failed: required ? count : 0, skipped: required ? 0 : count };
}
