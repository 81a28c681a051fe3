// `npm run bench`: what the project promises of its speed and size, measured. See HELP.
import { readOptions } from "../../scripts/setup/options.ts";
import { measureManyDomains } from "./manyDomains.ts";
import { measureManySenders } from "./manySenders.ts";
import { measurePreview } from "./preview.ts";
import { measureReview } from "./review.ts";
import { benchTable, type Row } from "./row.ts";
import { measureLab, measureStory, measureUnitTests } from "./whole.ts";

const HELP = `npm run bench -- [--runs N] [--json]

Measures the project's speed and size, and prints measured / budget: below 1 is within the budget. The exit code is 0
when everything could be measured, whatever the results.

  --runs N   number of runs of each preview, of which the median counts (default 7)
  --json     writes the rows as JSON to stdout`;

const { runs: text, json } = readOptions("bench", HELP, {
  runs: { type: "string", default: "7" },
  json: { type: "boolean", default: false },
});
const runs = Number(text);
if (!Number.isInteger(runs) || runs < 1) {
  process.stderr.write(`bench: --runs "${text}" is not a whole number from 1 on; use e.g. 7\n`);
  process.exit(2);
}
const rows: Row[] = [];
try {
  const measures = [
    () => measurePreview(runs),
    () => measureManyDomains(runs),
    () => measureManySenders(runs),
    () => measureReview(runs),
    measureLab,
    measureStory,
    measureUnitTests,
  ];
  for (const measure of measures) {
    for (const row of await measure()) {
      rows.push(row);
      process.stderr.write(`bench: ${row.name}\n`);
    }
  }
  console.log(json ? JSON.stringify(rows, null, 2) : benchTable(rows));
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
