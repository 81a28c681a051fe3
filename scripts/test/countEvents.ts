import type { Counts } from "./counts.ts";

/** What counting needs of an event of node:test. */
export interface TestEvent {
  type: string;
  data: {
    name?: string;
    nesting?: number;
    file?: string | undefined;
    skip?: string | boolean | undefined;
    todo?: string | boolean | undefined;
    details?: { type?: string | undefined; error?: { failureType?: string } };
  };
}

/** The counts of one test file, and what is wrong with it that no failed test shows. */
export interface FileCounts extends Counts {
  problems: string[];
}

/**
 * Counts the leaves: a suite, or a test with subtests, counts only for what is its own (a hook that
 * failed, a skipped suite). A todo is a failure. So is a file that has no tests, or that ended
 * before its tests: node:test lets both pass.
 */
export function countEvents(file: string, events: readonly TestEvent[]): FileCounts {
  const counts: FileCounts = { passed: 0, failed: 0, skipped: 0, problems: [] };
  const fail = (problem?: string) => {
    counts.failed += 1;
    if (problem !== undefined) counts.problems.push(problem);
  };
  // Subtests are reported before the test they belong to: how many came on each level since.
  const reported: number[] = [];
  let summaries = 0;
  let fileFailed = false;
  for (const { type, data } of events) {
    if (type === "test:summary" && data.file !== undefined) summaries += 1;
    if (type !== "test:pass" && type !== "test:fail") continue;
    const level = data.nesting ?? 0;
    const isParent = data.details?.type === "suite" || (reported[level + 1] ?? 0) > 0;
    reported[level + 1] = 0;
    reported[level] = (reported[level] ?? 0) + 1;
    if (level === 0 && data.name === file) {
      // node:test's own verdict on the file: a failed exit; a pass if it reported no test.
      if (type === "test:fail") fail();
      fileFailed ||= type === "test:fail";
    } else if (type === "test:fail") {
      if (!(isParent && data.details?.error?.failureType === "subtestsFailed")) fail();
    } else if (isTrue(data.skip)) counts.skipped += 1;
    else if (isTrue(data.todo)) fail(`"${data.name}" is still to do`);
    else if (!isParent) counts.passed += 1;
  }
  const { passed, failed, skipped } = counts;
  if (fileFailed) return counts;
  if (summaries === 0) fail("it has no tests, or ended before them (process.exit?)");
  else if (passed + failed + skipped === 0) fail("it has no tests");
  return counts;
}

/** A reason may be the empty string. */
function isTrue(mark: string | boolean | undefined): boolean {
  return mark !== undefined && mark !== false;
}
