// `npm run mutate`: whether the tests of mail's DNS records would notice a mistake in them. See HELP.
import { Stryker } from "@stryker-mutator/core";
import { readOptions } from "../setup/options.ts";
import { projectRoot } from "../setup/root.ts";

type Options = NonNullable<ConstructorParameters<typeof Stryker>[0]>;
type MutantResult = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

/** Percent below which the run fails. */
const LOWEST_SCORE = 85;

const HELP = `npm run mutate -- [--only PATTERN]

Changes mail/dns in a copy, one place at a time, runs its unit tests on each change, and lists the changes that no
test noticed, with a table by file. The last line is "mutation score N %"; below ${LOWEST_SCORE} the exit code is 1.

  --only PATTERN   changes only the files that match, e.g. "mail/dns/spf/*.ts", or lines: "mail/dns/txt.ts:10-20"`;

// Node strips the types of the changed files as it does those of the project, so nothing is compiled. Each test file
// is a process of its own, which the tap runner starts; of a change it runs only the files that reach it.
const OPTIONS: Options = {
  mutate: ["mail/dns/**/*.ts"],
  // The copy has what is changed and run: Stryker copies what is not ignored.
  ignorePatterns: ["**", "!mail/**", "!test/fuzz/*", "!test/unit/mail/dns/*", "!package.json"],
  testRunner: "tap",
  plugins: ["@stryker-mutator/tap-runner"],
  tap: {
    testFiles: ["test/unit/mail/dns/*.test.ts"],
    nodeArgs: ["--test-reporter=tap", "--require", "{{hookFile}}", "{{testFile}}"],
  },
  coverageAnalysis: "perTest",
  concurrency: 2,
  timeoutMS: 10_000,
  tempDirName: ".cache/mutate",
  cleanTempDir: "always",
  reporters: ["clear-text", "progress-append-only"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  allowEmpty: false,
  allowConsoleColors: false,
  logLevel: "warn" as NonNullable<Options["logLevel"]>,
};

/** The share of changes that a test noticed, in percent. Those that could not be run count for neither side. */
function mutationScore(results: readonly MutantResult[]): number {
  const having = (...statuses: readonly MutantResult["status"][]) =>
    results.filter(({ status }) => statuses.includes(status)).length;
  const noticed = having("Killed", "Timeout");
  return (100 * noticed) / (noticed + having("Survived", "NoCoverage"));
}

const { only } = readOptions("mutate", HELP, { only: { type: "string" } });
process.chdir(projectRoot);
try {
  const mutate = only === undefined ? {} : { mutate: [only] };
  const results = await new Stryker({ ...OPTIONS, ...mutate }).runMutationTest();
  const score = mutationScore(results);
  console.log(`mutation score ${score.toFixed(1)} %`);
  process.exitCode = score >= LOWEST_SCORE ? 0 : 1;
} catch (error) {
  process.stderr.write(`mutate: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
