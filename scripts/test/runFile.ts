import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { countEvents, type FileCounts, type TestEvent } from "./countEvents.ts";

/** How one test file ended. */
export interface FileResult extends FileCounts {
  seconds: number;
  /** The failed tests and what the file printed; what a file without failures printed on stdout. */
  report: string;
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
  const shown = events.filter(({ type }) =>
    counts.failed > 0 ? SHOWN.includes(type) : type === "test:stdout",
  );
  const problems = counts.problems.map((problem) => `✖ ${file}: ${problem}\n`).join("");
  const report = problems + skips(events) + (await text(Readable.from(shown).compose(new spec())));
  return { ...counts, report, seconds: (performance.now() - start) / 1000 };
}

/** A line for each test that was skipped, with the reason it gave. */
function skips(events: readonly TestEvent[]): string {
  return events
    .filter(({ type, data }) => type === "test:pass" && typeof data.skip === "string")
    .map(({ data }) => `skipped: ${data.name} (${data.skip || "no reason given"})\n`)
    .join("");
}
