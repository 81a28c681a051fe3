// `npm run check`: types, lint and format, import rules, unused code, generated files.
import { readOptions } from "../setup/options.ts";
import { countsLine } from "../test/counts.ts";
import { runChecks } from "./checks.ts";

readOptions(
  "check",
  `npm run check

Types, lint and format, import rules, unused code, generated files; a line each. The last line is
"N passed, N failed, 0 skipped"; the exit code is 1 when one failed.`,
  {},
);

const { passed, failed } = await runChecks();
console.log(countsLine({ passed, failed, skipped: 0 }));
process.exitCode = failed === 0 ? 0 : 1;
