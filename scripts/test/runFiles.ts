import { relative } from "node:path";
import { projectRoot } from "../setup/root.ts";
import { type Counts, countsLine, sum } from "./counts.ts";
import { type RunOptions, runFile } from "./runFile.ts";

/** Runs test files, so many at once, and prints a line for each as it ends. */
export async function runFiles(
  files: readonly string[],
  atOnce: number,
  options: RunOptions,
): Promise<Counts> {
  const waiting = [...files];
  const results: Counts[] = [];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      if (options.signal.aborted) return;
      const result = await runFile(file, options);
      const seconds = result.seconds.toFixed(1);
      console.log(`test: ${relative(projectRoot, file)} … ${countsLine(result)} (${seconds} s)`);
      if (result.report !== "") console.log(`\n${result.report.trim()}\n`);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return sum(results);
}
