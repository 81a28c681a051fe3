import { block } from "../../mail/markdownText.ts";
import type { Env } from "../github/actions.ts";
import { closeIssue, postIssue } from "../github/issue.ts";
import { markerOf } from "../github/text.ts";

/** Characters of drift that an issue repeats; GitHub takes 65,536 in all. */
const LONGEST_DRIFT = 60_000;

/**
 * Tells of a stack's drift in one open issue of the job's repository, and closes it when nothing differs any more.
 *
 * @param drift what differs, as `npm run drift` prints it; undefined when nothing does
 * @throws Error as postIssue does
 */
export async function postDrift(stack: string, drift: string | undefined, env: Env): Promise<void> {
  const marker = markerOf("drift", [stack], env);
  if (drift === undefined) {
    await closeIssue("Nothing differs any more from what the last run left.", marker, env);
    return;
  }
  const title = `Somebody changed what stack ${stack} manages`;
  await postIssue({ title, body: issueBody(stack, drift) }, marker, env);
}

function issueBody(stack: string, drift: string): string {
  const command = `npm run drift -- --stack ${stack}`;
  const shown =
    drift.length <= LONGEST_DRIFT
      ? drift
      : `${drift.slice(0, drift.lastIndexOf("\n", LONGEST_DRIFT))}\n… (cut; ${command} prints all of it)`;
  return [
    block("text", shown.split("\n")),
    "",
    "To undo this, run `npm run pulumi -- up --refresh`. To keep it, change the stack file to match.",
    "",
    `\`${command}\` wrote this issue. It brings it up to date, and closes it when nothing differs any more.`,
  ].join("\n");
}
