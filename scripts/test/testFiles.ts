import { globSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../setup/root.ts";

/** The folders of tests that need nothing, of fuzz, of those that run independent programs, and that need the engine. */
export const UNIT_FOLDERS = ["unit"];
export const FUZZ_FOLDERS = ["fuzz"];
export const ORACLE_FOLDERS = ["oracles", "clients"];
export const ENGINE_FOLDERS = ["engine"];

/** The test files in folders of test/, in order; of those, the ones whose path has `only` in it. */
export function testFiles(folders: readonly string[], only = ""): string[] {
  const patterns = folders.map((folder) => `test/${folder}/**/*.test.ts`);
  const paths = globSync(patterns, { cwd: projectRoot }).sort();
  return paths.filter((path) => path.includes(only)).map((path) => join(projectRoot, path));
}
