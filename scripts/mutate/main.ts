// `npm run mutate`: whether the unit tests of a part of mail/ would notice a mistake in it. See HELP.
import { Stryker } from "@stryker-mutator/core";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { projectRoot } from "../setup/root.ts";

type Options = NonNullable<ConstructorParameters<typeof Stryker>[0]>;
type MutantResult = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

/** A part of mail/, its unit tests, and the score below which a run fails, in percent. */
interface Part {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
  readonly lowest: number;
}

const PARTS = {
  dns: { mutate: ["mail/dns/**/*.ts"], tests: ["test/unit/mail/dns/*.test.ts"], lowest: 85 },
  senders: {
    mutate: ["mail/senders/**/*.ts"],
    tests: ["test/unit/mail/senders/*.test.ts"],
    lowest: 90,
  },
} as const satisfies Record<string, Part>;
type PartName = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as PartName[];

const HELP = `npm run mutate -- [--part ${NAMES.join("|")}] [--only PATTERN]

Changes a part of mail/ in a copy, one place at a time, runs its unit tests on each change, and lists the changes that no
test noticed, with a table by file. The last line is "mutation score N %"; below ${NAMES.map((name) => `${PARTS[name].lowest} (${name})`).join(" or ")} the exit code is 1.

  --part NAME      ${NAMES.map((name) => `${name}: mail/${name}`).join(", ")}. Default: ${NAMES[0]}
  --only PATTERN   changes only the files that match, e.g. "mail/dns/spf/*.ts", or lines: "mail/dns/txt.ts:10-20"`;

// Node strips the types of the changed files as it does those of the project, so nothing is compiled. Each test file
// is a process of its own, which the tap runner starts; of a change it runs only the files that reach it.
const OPTIONS: Options = {
  testRunner: "tap",
  plugins: ["@stryker-mutator/tap-runner"],
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

const { part = "dns", only } = readOptions("mutate", HELP, {
  part: { type: "string" },
  only: { type: "string" },
});
const chosen = NAMES.find((name) => name === part);
if (chosen === undefined) {
  process.exit(wrongUsage("mutate", HELP, `--part "${part}" is not one of ${NAMES.join(", ")}`));
}
const { mutate, tests, lowest } = PARTS[chosen];
process.chdir(projectRoot);
try {
  const results = await new Stryker({
    ...OPTIONS,
    mutate: only === undefined ? [...mutate] : [only],
    // Stryker copies what is not ignored.
    ignorePatterns: [".cache", ".lab", "docs/examples", "docs/pictures"],
    tap: {
      testFiles: [...tests],
      nodeArgs: ["--test-reporter=tap", "--require", "{{hookFile}}", "{{testFile}}"],
    },
  }).runMutationTest();
  const score = mutationScore(results);
  console.log(`mutation score ${score.toFixed(1)} %`);
  process.exitCode = score >= lowest ? 0 : 1;
} catch (error) {
  process.stderr.write(`mutate: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
