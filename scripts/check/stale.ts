import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../setup/root.ts";
import type { GeneratedFile } from "./generated.ts";

/** Says which generated files are not what their generator would write now. */
export async function staleFiles(files: readonly GeneratedFile[]): Promise<string[]> {
  const verdicts = await Promise.all(files.map(verdict));
  return verdicts.filter((text) => text !== undefined);
}

async function verdict({ file, generate }: GeneratedFile): Promise<string | undefined> {
  try {
    const [there, wanted] = await Promise.all([readText(join(projectRoot, file)), generate()]);
    if (there === wanted) return undefined;
    return `${file} is ${there === undefined ? "missing" : "stale"}: run \`npm run generate\``;
  } catch (error) {
    return `${file} can't be generated: ${(error as Error).stack}`;
  }
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
