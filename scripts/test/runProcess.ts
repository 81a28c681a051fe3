import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { projectRoot } from "../setup/root.ts";
import { type Counts, countEvents, type TestEvent } from "./counts.ts";

/** How one test file ended. */
export interface FileResult extends Counts {
  /** Path of the file from the project's folder. */
  file: string;
  seconds: number;
  /** The failed tests and what the file printed; of a file without failures, what it printed on stdout. */
  report: string;
}

export interface RunOptions {
  /** Modules that the process loads before the files. */
  preload: readonly string[];
  timeoutMs: number;
  signal: AbortSignal;
}

const LOADER = join(import.meta.dirname, "loadFiles.ts");
const FAILURES = ["test:fail", "test:stdout", "test:stderr"];
/** How node:test says that a test which passed threw something afterwards. */
const LATE_ERROR = /asynchronous activity after the test ended/;

/**
 * Runs test files one after the other in one process, and yields the result of each as it ends. A file that ends the
 * process fails, and so do the files that had to follow.
 *
 * @param files absolute paths
 */
export async function* runProcess(
  files: readonly string[],
  options: RunOptions,
): AsyncGenerator<FileResult> {
  const stream: AsyncIterable<TestEvent> = run({
    files: [LOADER],
    argv: [...files],
    execArgv: options.preload.flatMap((path) => ["--import", path]),
    timeout: options.timeoutMs,
    signal: options.signal,
  });
  const waiting = [...files];
  let events: TestEvent[] = [];
  let lateError: TestEvent | undefined;
  let ofProcess: TestEvent | undefined;
  for await (const event of stream) {
    const { type, data } = event;
    const isVerdict = (type === "test:pass" || type === "test:fail") && data.nesting === 0;
    if (type === "test:diagnostic" && LATE_ERROR.test(data.message ?? "")) lateError = event;
    if (isVerdict && data.name === LOADER) ofProcess = event;
    else events.push(event);
    if (isVerdict && data.name === waiting[0]) {
      yield await resultOf(waiting.shift() as string, events);
      events = [];
    }
  }
  if (options.signal.aborted) return;
  const failure = lateError?.data.message ?? ofProcess?.data.details?.error?.message;
  for (const file of waiting) {
    const cause = failure === undefined ? "" : `: ${failure}`;
    yield await resultOf(file, events, `the process ended before its tests did${cause}`);
    events = [];
  }
  if (waiting.length === 0 && failure !== undefined) {
    yield await resultOf(files.length === 1 ? (files[0] as string) : LOADER, events, failure);
  }
}

/** @param problem what ended the file, where it did not come to its end. */
async function resultOf(
  file: string,
  events: readonly TestEvent[],
  problem?: string,
): Promise<FileResult> {
  const counted =
    problem === undefined
      ? countEvents(events)
      : { passed: 0, failed: 1, skipped: 0, problems: [problem] };
  const { problems, ...counts } = counted;
  const name = relative(projectRoot, file);
  const shown = events.filter(({ type }) =>
    counts.failed > 0 ? FAILURES.includes(type) : type === "test:stdout",
  );
  const report =
    problems.map((text) => `✖ ${name}: ${text}\n`).join("") +
    skips(events) +
    (await text(Readable.from(shown).compose(new spec())));
  const seconds = (events.at(-1)?.data.details?.duration_ms ?? 0) / 1000;
  return { file: name, ...counts, report, seconds };
}

/** A line for each test that was skipped, with the reason it gave. */
function skips(events: readonly TestEvent[]): string {
  return events
    .filter(({ type, data }) => type === "test:pass" && typeof data.skip === "string")
    .map(({ data }) => `skipped: ${data.name} (${data.skip || "no reason given"})\n`)
    .join("");
}
