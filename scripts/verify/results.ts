import Table from "cli-table3";
import { visible } from "../../mail/message/visible.ts";
import { untriedLines } from "../../mail/verification/outcome.ts";
import type { Judged, Verification } from "../../mail/verification/verification.ts";
import { type ReportFiles, takesStdout, writeReports } from "./report.ts";

/** As `npm run drift` ends when something differs. */
const NOT_PROVED = 7;

/** What is written of the verifications of a run, and where to. */
export interface Wanted extends ReportFiles {
  readonly json: boolean;
}

/**
 * Writes what was found, for people or for a program, and the reports.
 *
 * @returns the exit code
 * @throws Error when a report can't be written
 */
export async function writeResults(
  stack: string,
  verifications: readonly Verification[],
  { json, ...files }: Wanted,
): Promise<number> {
  await writeReports(files, { stack, at: new Date().toISOString(), verifications });
  const shown = verifications.map((one) => ({ ...one, judged: one.judged.map(readable) }));
  if (json) console.log(JSON.stringify({ stack, verifications: shown }, null, 2));
  else if (!takesStdout(files)) console.log(shown.map(printed).join("\n\n"));
  const judged = verifications.flatMap((one) => one.judged);
  return judged.every(({ outcome }) => outcome === "pass") ? 0 : NOT_PROVED;
}

/** What others wrote may hold escape sequences. */
function readable(judged: Judged): Judged {
  const entries = Object.entries(judged).map(([key, value]) => [
    key,
    typeof value === "string" ? visible(value) : value,
  ]);
  return Object.fromEntries(entries) as Judged;
}

function printed({ sender, message, judged }: Verification): string {
  const table = new Table({
    head: ["check", "verdict", "what was read"],
    style: { head: [], border: [] },
  });
  for (const { check, outcome, read } of judged) table.push([check, outcome, read]);
  const head =
    message === undefined
      ? []
      : [`  ${message.id} to ${message.to}`, ...untriedLines(message).map((line) => `  ${line}`)];
  return [`sender ${sender}`, ...head, table.toString(), ...explained(judged)].join("\n");
}

/** What did not pass; checks that are unknown for the same reason are told together. */
function explained(judged: readonly Judged[]): string[] {
  const open = judged.filter((one) => one.outcome !== "pass");
  const kinds = Map.groupBy(open, (one) =>
    one.outcome === "unknown" ? `${one.reason}\n${one.fix}` : one,
  );
  return [...kinds.values()].flatMap((same) => {
    const [{ outcome, reason, fix, ...rest }] = same as [(typeof same)[number]];
    const of = "resource" in rest && rest.resource ? ` (${rest.resource})` : "";
    const checks = same.map(({ check }) => check).join(", ");
    const is = same.length > 1 ? "are" : "is";
    const head = outcome === "fail" ? `${checks} failed${of}` : `${checks} ${is} unknown`;
    return ["", head, `  ${reason}`, `  -> ${fix}`];
  });
}
