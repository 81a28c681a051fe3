import { relative } from "node:path";
import { findOracles } from "../oracles/findOracles.ts";
import { PACKAGES } from "../oracles/wanted.ts";
import { projectRoot } from "../setup/root.ts";
import type { Counts } from "./counts.ts";
import type { RunOptions } from "./runFile.ts";
import { runFiles } from "./runFiles.ts";

/**
 * Runs the tests that ask independent programs (Debian's pyspf, dkimpy, authheaders, BIND) whether they judge the same.
 * Where those can't be had each file counts as one skipped test.
 */
export async function runOracleTests(
  files: readonly string[],
  options: RunOptions,
): Promise<Counts> {
  const none = { passed: 0, failed: 0, skipped: 0 };
  if (files.length === 0) return none;
  const oracles = await findOracles();
  if (oracles.kind === "found") {
    console.log(`oracles: ${oracles.packages.filter(isAskedFor).join(", ")}`);
    return runFiles(files, 1, options);
  }
  for (const file of files) {
    console.log(`test: ${relative(projectRoot, file)} … skipped, no independent programs`);
  }
  console.log(`oracles: each file above counts as one test. ${oracles.reason}`);
  return { ...none, skipped: files.length };
}

/** Not one that came along with another. */
function isAskedFor(nameAndVersion: string): boolean {
  return PACKAGES.some((name) => nameAndVersion.startsWith(`${name} `));
}
