import { findOracles } from "../oracles/findOracles.ts";
import { PACKAGES } from "../oracles/wanted.ts";
import type { Counts } from "./counts.ts";
import { countUnrun } from "./countUnrun.ts";
import type { RunOptions } from "./runFile.ts";
import { runFiles } from "./runFiles.ts";

/**
 * Runs the tests that need independent programs (Debian's pyspf, dkimpy, authheaders, BIND and mail clients), one file
 * at a time. Where those can't be had each file counts as one test.
 */
export async function runOracleTests(
  files: readonly string[],
  options: RunOptions,
): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const oracles = await findOracles();
  if (oracles.kind === "found") {
    console.log(`oracles: ${oracles.packages.filter(isAskedFor).join(", ")}`);
    return runFiles(files, 1, options);
  }
  const counts = countUnrun(files, "independent programs");
  console.log(`oracles: each file above counts as one test. ${oracles.reason}`);
  return counts;
}

/** Not one that came along with another. */
function isAskedFor(nameAndVersion: string): boolean {
  return PACKAGES.some((name) => nameAndVersion.startsWith(`${name} `));
}
