// `npm run generate`: writes every generated file.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readOptions } from "../setup/options.ts";
import { projectRoot } from "../setup/root.ts";
import { generatedFiles } from "./generated.ts";

readOptions(
  "generate",
  `npm run generate

Writes every generated file: ${generatedFiles.map(({ file }) => file).join(", ")}.`,
  {},
);

for (const { file, generate } of generatedFiles) {
  const path = join(projectRoot, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await generate());
  console.log(`generate: ${file}`);
}
console.log(`generate: ${generatedFiles.length} files written`);
