import { constants } from "node:fs";
import { access, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { toHtml } from "../../mail/verification/html.ts";
import { toJunit } from "../../mail/verification/junit.ts";
import { toMarkdown } from "../../mail/verification/markdown.ts";
import type { VerificationReport } from "../../mail/verification/verification.ts";
import { LONGEST_TEXT } from "../github/text.ts";

/** Options of a script that verifies: the files that its report is written into. */
export const reportOptions = {
  html: { type: "string" },
  markdown: { type: "string" },
  junit: { type: "string" },
} as const;

export type ReportFiles = { readonly [option in keyof typeof reportOptions]?: string | undefined };

/** What is asked for on stdout otherwise. */
interface Asked extends ReportFiles {
  readonly json: boolean;
}

const WRITERS: Readonly<Record<keyof ReportFiles, (report: VerificationReport) => string>> = {
  html: toHtml,
  markdown: (report) => toMarkdown(report, LONGEST_TEXT),
  junit: toJunit,
};

/** The options that were given, with their files. */
const givenFiles = (given: ReportFiles) =>
  (Object.keys(WRITERS) as (keyof ReportFiles)[]).flatMap((option) => {
    const file = given[option];
    return file === undefined ? [] : [{ option, file }];
  });

/** Whether stdout is the report's. */
export const takesStdout = (given: ReportFiles): boolean => given.markdown === "-";

/**
 * What is wrong with the files that a report is to be written into, before anything is sent: a clause for `wrongUsage`.
 *
 * @param given the options; only Markdown goes to stdout (`-`)
 */
export async function reportProblem(given: Asked): Promise<string | undefined> {
  const seen = new Map<string, string>();
  for (const { option, file } of givenFiles(given)) {
    if (file === "-") {
      if (option !== "markdown")
        return `--${option} - : name a file; only --markdown writes to stdout`;
      if (given.json)
        return "--json and --markdown - both write to stdout; name a file for one of them";
      continue;
    }
    const path = resolve(file);
    const other = seen.get(path);
    if (other !== undefined) return `--${other} and --${option} name the same file, ${file}`;
    seen.set(path, option);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) return `--${option} ${file} is a folder; name a file`;
    // To put a file in the place of a device would break it for everybody.
    if (found?.isFile() === false) return `--${option} ${file} is a device; name a file`;
    const folder = dirname(path);
    const why = await access(folder, constants.W_OK).then(
      () => undefined,
      ({ code }: NodeJS.ErrnoException) => code,
    );
    if (why === "ENOENT")
      return `--${option} ${file} can't be written, as there is no folder ${folder}; make it, or name a file in another one`;
    if (why !== undefined)
      return `--${option} ${file} can't be written (${why}); name a file in a folder that you can write to`;
  }
  return undefined;
}

/**
 * Writes a report into the files that the options name, each in one step and in place of what is there; where a link leads
 * to a file, in the place of that one. It has addresses and headers of people, so only its owner may read it.
 *
 * @returns why files could not be written, a clause each
 */
export async function writeReports(
  given: ReportFiles,
  report: VerificationReport,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { option, file } of givenFiles(given)) {
    const text = WRITERS[option](report);
    if (file === "-") process.stdout.write(text);
    else problems.push(...(await replaceFile(file, text)));
  }
  return problems;
}

async function replaceFile(file: string, text: string): Promise<string[]> {
  const target = await realpath(file).catch(() => file);
  const beside = `${target}.${process.pid}.tmp`;
  try {
    await writeFile(beside, text, { flag: "wx", mode: 0o600 });
    await rename(beside, target);
    return [];
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    const { code, message } = error as NodeJS.ErrnoException;
    return [`${file} can't be written (${code ?? message}); name another file`];
  }
}
