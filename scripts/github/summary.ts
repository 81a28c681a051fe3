// A job's summary and its log: what everybody sees who opens the run.
import { appendFile, stat } from "node:fs/promises";
import { type Problem, sentence } from "../../mail/problem.ts";
import { type Env, NoAccess } from "./actions.ts";

/** Bytes of the longest summary of a step; GitHub drops a longer one as a whole. */
const LONGEST_SUMMARY = 1024 * 1024;

/**
 * Appends Markdown to the summary of the running step.
 *
 * @throws Error when there is no summary, or no room left
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands (Adding a job summary)
 */
async function writeSummary(markdown: string, env: Env): Promise<void> {
  const path = env.GITHUB_STEP_SUMMARY;
  const refused = (problem: Pick<Problem, "rule" | "fix">): Error =>
    new Error(sentence({ key: "GITHUB_STEP_SUMMARY", value: undefined, ...problem }));
  if (!path) {
    const fix = "run this in GitHub Actions, or write the report to a file";
    throw refused({ rule: "is missing", fix });
  }
  const text = `${markdown}\n`;
  const before = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  if (before + Buffer.byteLength(text) > LONGEST_SUMMARY) {
    const rule = `has no room left: GitHub takes ${LONGEST_SUMMARY} bytes a step`;
    throw refused({ rule, fix: "write it in a step of its own" });
  }
  await appendFile(path, text);
}

/**
 * Does something at GitHub. Where the job may not, the text goes into its summary.
 *
 * @param instead where the text is then, a clause that the reason follows
 * @returns what `act` returns
 * @throws what `act` throws but for NoAccess; Error as writeSummary does
 */
export async function orSummary<T>(
  text: string,
  instead: string,
  env: Env,
  say: (text: string) => void,
  act: () => Promise<T>,
): Promise<T | "summary"> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof NoAccess)) throw error;
    await writeSummary(text, env);
    say(`${instead}: ${error.message}`);
    return "summary";
  }
}

/** What a run says beside its result. */
export const sayToUser = (text: string): void => void process.stderr.write(`github: ${text}\n`);
