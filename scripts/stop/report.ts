import { listed } from "../../mail/naming.ts";
import type { SenderOutcome } from "./senders.ts";

/** What is said of a sender that is as asked for: because of what was done now, or before. */
const DONE = {
  stop: ["is stopped", "is stopped already"],
  start: ["is started", "is not stopped: it bears no note of npm run stop"],
} as const;

/**
 * Prints what became of each sender.
 *
 * @returns the exit code
 */
export function report(
  script: "stop" | "start",
  outcomes: readonly SenderOutcome[],
  json: boolean,
): number {
  const isDeclined = outcomes.some(({ steps }) => steps.some((one) => one.outcome === "declined"));
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  if (json) console.log(JSON.stringify({ senders: outcomes }, null, 2));
  else for (const outcome of outcomes) console.log(lineOf(outcome, DONE[script]));
  for (const failure of failures) process.stderr.write(`${script}: not done: ${failure}\n`);
  return isDeclined || failures.length > 0 ? 1 : 0;
}

function lineOf(
  { sender, members = [], steps, failures }: SenderOutcome,
  [now, already]: readonly [string, string],
): string {
  const made = steps.filter(({ outcome }) => outcome === "done").length;
  const who = `sender "${sender}"`;
  if (steps.some(({ outcome }) => outcome === "declined")) {
    return made === 0
      ? `${who}: nothing was changed`
      : `${who}: ${made} of ${steps.length} steps were taken; run it again for the rest`;
  }
  if (failures.length > 0) return `${who}: not everything was done, see below; run it again`;
  const through = members.length === 0 ? "" : `, and what sends through it: ${listed(members)}`;
  return `${who} ${made === 0 ? already : now}${through}`;
}
