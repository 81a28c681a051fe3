import { globSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../setup/root.ts";

/** The folders of tests that need nothing, of fuzz, of those that run independent programs, and that need the engine. */
export const UNIT_FOLDERS = ["test/unit", "lab/test/unit"];
export const FUZZ_FOLDERS = ["test/fuzz"];
export const ORACLE_FOLDERS = ["test/oracles", "lab/test/clients"];
export const ENGINE_FOLDERS = ["test/engine", "lab/test/engine"];

/** The test files in these folders, in order; of those, the ones whose path has `only` in it. */
export function testFiles(folders: readonly string[], only = ""): string[] {
  const patterns = folders.map((folder) => `${folder}/**/*.test.ts`);
  const paths = globSync(patterns, { cwd: projectRoot }).sort();
  return paths.filter((path) => path.includes(only)).map((path) => join(projectRoot, path));
}
