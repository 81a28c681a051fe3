import { dirname, relative } from "node:path";
import { projectRoot } from "../setup/root.ts";
import { type Counts, countsLine } from "./counts.ts";
import { type FileResult, runProcess } from "./runProcess.ts";

/** Test files that run one after the other in one process. */
export interface TestProcess {
  files: readonly string[];
  /** Modules that the process loads before them. */
  preload?: readonly string[];
  timeoutMs: number;
}

/** Files of a folder that one process runs, at most: with more of them the last process would run alone at the end. */
const MOST_FILES = 20;

/** A process for the files of each folder: loading the lab and the client libraries costs more than most tests do. */
export function processByFolder(
  files: readonly string[],
  options: Omit<TestProcess, "files">,
): TestProcess[] {
  const folders = Map.groupBy(files, dirname);
  return [...folders.values()]
    .flatMap((inFolder) => {
      const count = Math.ceil(inFolder.length / MOST_FILES);
      return Array.from({ length: count }, (_, part) =>
        inFolder.filter((_, index) => index % count === part),
      );
    })
    .sort((a, b) => b.length - a.length)
    .map((together) => ({ ...options, files: together }));
}

/** One process for each file. */
export function processByFile(
  files: readonly string[],
  options: Omit<TestProcess, "files">,
): TestProcess[] {
  return files.map((file) => ({ ...options, files: [file] }));
}

/**
 * The files that take longest, the longest first, as the end of a whole run lists them. Begun last, one of them would
 * run alone while the other cores have nothing to do.
 */
export const LONGEST = [
  "lab/test/engine/story.test.ts",
  "test/engine/stop.test.ts",
  "test/engine/moves.test.ts",
  "test/engine/mailDns.test.ts",
  "lab/test/engine/reviewExamples.test.ts",
  "test/engine/interruption.test.ts",
  "test/engine/rotate.test.ts",
  "test/engine/teardown/refused.test.ts",
  "test/engine/pullRequestJob.test.ts",
  "test/engine/teardown/left.test.ts",
];

/** The same processes, those of the LONGEST files first. */
export function longestFirst(processes: readonly TestProcess[]): TestProcess[] {
  const rank = ({ files: [first = ""] }: TestProcess) => {
    const index = LONGEST.indexOf(relative(projectRoot, first));
    return index < 0 ? LONGEST.length : index;
  };
  return processes.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Runs test processes, `atOnce` at a time, and prints a line for each file as it ends.
 *
 * @param processes each is asked for when there is room for it
 */
export async function runFiles(
  processes: AsyncGenerator<TestProcess>,
  atOnce: number,
  signal: AbortSignal,
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  const work = async () => {
    for await (const { files, preload = [], timeoutMs } of processes) {
      if (signal.aborted) return;
      for await (const result of runProcess(files, { preload, timeoutMs, signal })) {
        printResult(result);
        results.push(result);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

function printResult(result: FileResult): void {
  console.log(`test: ${result.file} … ${countsLine(result)} (${result.seconds.toFixed(1)} s)`);
  if (result.report !== "") console.log(`\n${result.report.trim()}\n`);
}

/**
 * Prints and counts test files that can't run for want of something. Each counts as one skipped test (what is in it
 * can't be known without running it), or as a failed one where REQUIRE_ENGINE=1 asks for everything.
 *
 * @param wanted what is missing, as in "no engine"
 * @param reason why it can't be had
 */
export function countUnrun(files: readonly string[], wanted: string, reason: string): Counts {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const required = process.env.REQUIRE_ENGINE === "1";
  const verdict = required ? `FAILED, REQUIRE_ENGINE=1 and no ${wanted}` : `skipped, no ${wanted}`;
  for (const file of files) console.log(`test: ${relative(projectRoot, file)} … ${verdict}`);
  console.log(`test: no ${wanted}, each file above counts as one test. ${reason}`);
  const count = files.length;
  return { passed: 0, failed: required ? count : 0, skipped: required ? 0 : count };
}
