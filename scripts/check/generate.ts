// `npm run generate`: writes every generated file.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readOptions } from "../setup/options.ts";
import { projectRoot } from "../setup/root.ts";
import { generatedFiles, readText } from "./generated.ts";

readOptions(
  "generate",
  `npm run generate

Writes the generated files that are missing or stale: ${generatedFiles.map(({ file }) => file).join(", ")}.`,
  {},
);

let written = 0;
for (const { file, generate } of generatedFiles) {
  const path = join(projectRoot, file);
  const text = await generate();
  if ((await readText(path)) === text) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  written += 1;
  console.log(`generate: ${file}`);
}
console.log(`generate: ${written} of ${generatedFiles.length} files changed`);
