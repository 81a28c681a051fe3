// `npm run check`: types, lint and format, import rules, unused code, workflows, generated files.
import { readOptions } from "../setup/options.ts";
import { countsLine } from "../test/counts.ts";
import { runChecks } from "./checks.ts";

readOptions(
  "check",
  `npm run check

Checks types, lint and format, import rules, unused code, workflows (actionlint) and generated files, and prints a line for each. The last line
is "N passed, N failed, 0 skipped". The exit code is 1 when a check failed.`,
  {},
);

const { passed, failed } = await runChecks();
console.log(countsLine({ passed, failed, skipped: 0 }));
process.exitCode = failed === 0 ? 0 : 1;
