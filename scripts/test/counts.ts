/** How tests (or checks) ended. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The sum of several counts. */
export function sum(parts: readonly Counts[]): Counts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const part of parts) {
    total.passed += part.passed;
    total.failed += part.failed;
    total.skipped += part.skipped;
  }
  return total;
}

/** The one form in which counts are printed: "3 passed, 0 failed, 1 skipped". */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** What counting needs of an event of node:test. */
export interface TestEvent {
  type: string;
  data: {
    name?: string;
    nesting?: number;
    message?: string;
    skip?: string | boolean | undefined;
    todo?: string | boolean | undefined;
    details?: {
      type?: string | undefined;
      duration_ms?: number;
      error?: { failureType?: string; message?: string };
    };
  };
}

/** The counts of one test file, and what is wrong with it that no failed test shows. */
export interface FileCounts extends Counts {
  problems: string[];
}

/**
 * Counts the leaves among the events of one test file: a suite, or a test with subtests, counts only for what is its
 * own (a hook that failed, a skipped suite). A todo is a failure, and so is a file without tests.
 *
 * @param events in the order of the run, the last one being the suite that stands for the whole file (loadFiles.ts)
 */
export function countEvents(events: readonly TestEvent[]): FileCounts {
  const counts: FileCounts = { passed: 0, failed: 0, skipped: 0, problems: [] };
  // Subtests are reported before the test they belong to: how many came on each level since.
  const reported: number[] = [];
  for (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const level = data.nesting ?? 0;
    const isParent = data.details?.type === "suite" || (reported[level + 1] ?? 0) > 0;
    reported[level + 1] = 0;
    reported[level] = (reported[level] ?? 0) + 1;
    if (type === "test:fail") {
      if (!isParent || data.details?.error?.failureType !== "subtestsFailed") counts.failed += 1;
    } else if (isMarked(data.skip)) counts.skipped += 1;
    else if (isMarked(data.todo)) {
      counts.failed += 1;
      counts.problems.push(`"${data.name}" is still to do`);
    } else if (!isParent) counts.passed += 1;
  }
  const { passed, failed, skipped } = counts;
  if (passed + failed + skipped === 0) {
    counts.failed = 1;
    counts.problems.push("it has no tests");
  }
  return counts;
}

/** A reason may be the empty string. */
function isMarked(mark: string | boolean | undefined): boolean {
  return mark !== undefined && mark !== false;
}
