import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/** The file backend keeps a file's attributes beside it, as JSON. */
const ATTRIBUTES = ".attrs";

/**
 * Takes away what a killed engine was writing when it died: the file backend puts a state in place in one step, but
 * writes its attributes where they stand. Half of them make every command fail with `failed to load checkpoint: EOF`;
 * without any, the state is read as it is.
 *
 * @param stateFolder folder of the file backend, which no live engine works on
 */
export async function removeTornAttributes(stateFolder: string): Promise<void> {
  const folder = join(stateFolder, ".pulumi");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ATTRIBUTES))
    .map(({ parentPath, name }) => join(parentPath, name));
  await Promise.all(paths.map(removeTorn));
}

async function removeTorn(path: string): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  if (!isJson(text)) await rm(path, { force: true });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
