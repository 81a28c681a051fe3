// `npm run review-examples`: what `npm run review` says to each of the examples, by the real engine on the lab.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readOptions } from "../../scripts/setup/options.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { examplesPage, exampleText } from "../review/exampleText.ts";
import { type Made, makeExamples } from "../review/makeExamples.ts";

readOptions(
  "review-examples",
  `npm run review-examples

Writes docs/examples/review/*.md: the comments that npm run review writes for the examples, and the page that lists them.
A test holds them.`,
  {},
);

const folder = join(projectRoot, "docs/examples/review");
await mkdir(folder, { recursive: true });
const all: Made[] = [];
await makeExamples(async (made) => {
  all.push(made);
  const path = join(folder, `${made.example.name}.md`);
  await writeFile(path, exampleText(made));
  console.log(`review-examples: ${path}`);
});
await writeFile(join(folder, "README.md"), examplesPage(all));
