// A job's summary: what everybody sees who opens the run.
import { appendFile, stat } from "node:fs/promises";
import { type Problem, sentence } from "../../mail/problem.ts";
import type { Env } from "./actions.ts";

/** Bytes of the longest summary of a step; GitHub drops a longer one as a whole. */
const LONGEST_SUMMARY = 1024 * 1024;

/**
 * Appends Markdown to the summary of the running step.
 *
 * @throws Error when there is no summary, or no room left
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands (Adding a job summary)
 */
export async function writeSummary(markdown: string, env: Env): Promise<void> {
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
