import { visible } from "../../mail/message/visible.ts";
import {
  countedOutcomes,
  isSettled,
  notApplyingLines,
  type Open,
  openOf,
  outcomeOf,
  untriedLines,
} from "../../mail/verification/outcome.ts";
import type { Judged, Verification } from "../../mail/verification/verification.ts";
import { type ReportFiles, takesStdout, writeReports } from "./report.ts";
import { say } from "./say.ts";

/** As `npm run drift` ends when something differs. */
const NOT_PROVED = 7;
const FAILED = 1;

/** What is written of the verifications of a run, and where to. */
export interface Wanted extends ReportFiles {
  readonly json: boolean;
}

/**
 * Writes what was found, for people or for a program, and then the reports: no file that can't be written loses the result.
 *
 * @returns the exit code
 */
export async function writeResults(
  stack: string,
  verifications: readonly Verification[],
  { json, ...files }: Wanted,
): Promise<number> {
  const shown = verifications.map((one) => ({ ...one, judged: one.judged.map(readable) }));
  if (json) console.log(JSON.stringify({ stack, verifications: shown }, null, 2));
  else if (!takesStdout(files)) {
    const outcomes = shown.map(({ judged }) => outcomeOf(judged));
    console.log([...shown.map(printed), countedOutcomes(outcomes)].join("\n\n"));
  }
  const report = { stack, at: new Date().toISOString(), verifications };
  const problems = await writeReports(files, report);
  for (const problem of problems) say(problem);
  if (problems.length > 0) return FAILED;
  return verifications.flatMap((one) => one.judged).every(isSettled) ? 0 : NOT_PROVED;
}

/** Characters of the longest text that is shown whole: a reply of Exchange with its causes and fixes. */
const LONGEST = 4_000;

/** What others wrote may hold escape sequences. */
function readable(judged: Judged): Judged {
  const entries = Object.entries(judged).map(([key, value]) => [
    key,
    typeof value === "string" ? visible(value, LONGEST) : value,
  ]);
  return Object.fromEntries(entries) as Judged;
}

function printed({ sender, message, judged }: Verification): string {
  const groups = new Map(openOf(judged).map((group) => [group[0], group]));
  const lines = judged.flatMap((one) => {
    if (one.outcome === "pass") return [`pass     ${one.check}: ${one.read}`];
    const group = groups.get(one);
    return group === undefined ? [] : explained(group);
  });
  const head =
    message === undefined
      ? []
      : [`  ${message.id} to ${message.to}`, ...untriedLines(message).map((line) => `  ${line}`)];
  return [`sender ${sender}`, ...head, ...lines, ...notApplyingLines(judged)].join("\n");
}

/** A check that did not pass, or several that are unknown for the same reason, as doctor tells what it found. */
function explained(group: readonly [Open, ...Open[]]): string[] {
  const [{ outcome, reason, fix, ...rest }] = group;
  const checks = group.map(({ check }) => check).join(", ");
  const read = [...new Set(group.map((one) => one.read))].filter((one) => one !== "").join("; ");
  const resource = "resource" in rest ? rest.resource : undefined;
  return [
    `${outcome.padEnd(8)} ${checks}${read && `: ${read}`}`,
    ...(resource === undefined ? [] : [`  of:  ${resource}`]),
    `  why: ${reason}`,
    `  -> ${fix}`,
  ];
}
