// `npm run mutate`: whether the tests of mail's DNS records would notice a mistake in them. See HELP.
import { join } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import { readOptions } from "../setup/options.ts";
import { projectRoot } from "../setup/root.ts";
import { mutationScore } from "./score.ts";

/** Percent below which the run fails. */
const LOWEST_SCORE = 85;

const HELP = `npm run mutate -- [--only PATTERN]

Changes mail/dns in a copy, one place at a time, runs its unit tests on each change, and lists the changes that no
test noticed, with a table by file. The last line is "mutation score N %"; below ${LOWEST_SCORE} the exit code is 1.

  --only PATTERN   the files that match, e.g. "mail/dns/spf/*.ts"; a place as well: "mail/dns/txt.ts:10-20"`;

const { only } = readOptions("mutate", HELP, { only: { type: "string" } });
process.chdir(projectRoot);
try {
  const results = await new Stryker({
    configFile: join(import.meta.dirname, "stryker.config.mjs"),
    ...(only === undefined ? {} : { mutate: [only] }),
  }).runMutationTest();
  const score = mutationScore(results);
  console.log(`mutation score ${score.toFixed(1)} %`);
  process.exitCode = score >= LOWEST_SCORE ? 0 : 1;
} catch (error) {
  process.stderr.write(`mutate: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
