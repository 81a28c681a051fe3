import { cp, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { projectRoot } from "../../scripts/setup/root.ts";

/** What is installed or written beside the project's own files. */
const INSTALLED = ["node_modules", ".cache"];
const LEFT_OUT = new Set([...INSTALLED, ".git", ".lab", "docs", "test"]);

/**
 * Copies the project as a pipeline checks it out, so that a test may give it other stack files. What is installed is
 * shared.
 *
 * @param folder that does not exist yet
 */
export async function checkOut(folder: string): Promise<void> {
  await cp(projectRoot, folder, {
    recursive: true,
    filter: (source) => source === projectRoot || !LEFT_OUT.has(basename(source)),
  });
  await Promise.all(INSTALLED.map((name) => symlink(join(projectRoot, name), join(folder, name))));
}
