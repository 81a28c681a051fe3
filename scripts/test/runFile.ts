import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { countEvents, type FileCounts, type TestEvent } from "./countEvents.ts";

/** How one test file ended. */
export interface FileResult extends FileCounts {
  seconds: number;
  /** The failed tests and what the file printed; empty if nothing failed. */
  failures: string;
}

export interface RunOptions {
  /** Loaded into the file's process before it. */
  preload: readonly string[];
  timeoutMs: number;
  signal: AbortSignal;
}

const SHOWN = ["test:fail", "test:stdout", "test:stderr"];

/** Runs one test file in a process of its own. */
export async function runFile(file: string, options: RunOptions): Promise<FileResult> {
  const start = performance.now();
  const stream = run({
    files: [file],
    execArgv: options.preload.flatMap((path) => ["--import", path]),
    timeout: options.timeoutMs,
    signal: options.signal,
  });
  const events: TestEvent[] = await stream.toArray();
  const counts = countEvents(file, events);
  const shown = counts.failed > 0 ? events.filter(({ type }) => SHOWN.includes(type)) : [];
  const problems = counts.problems.map((problem) => `✖ ${file}: ${problem}\n`).join("");
  const failures = problems + (await text(Readable.from(shown).compose(new spec())));
  return { ...counts, failures, seconds: (performance.now() - start) / 1000 };
}
