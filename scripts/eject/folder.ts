import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** A file to write: its path in the folder, and its text. */
export interface FileText {
  readonly path: string;
  readonly text: string;
}

/**
 * Says that files can't be written into a folder without touching what is there.
 *
 * @throws Error when it is there and not empty, or is no folder, or would stand in none
 */
export async function demandNewFolder(folder: string): Promise<void> {
  const entriesOf = (path: string, absent?: string[]) =>
    readdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" && absent !== undefined) return absent;
      throw unwritable(folder, error);
    });
  const entries = await entriesOf(folder, []);
  await entriesOf(dirname(resolve(folder)));
  if (entries.length === 0) return;
  throw new Error(
    `the folder ${folder} is not empty; name another one with --out; nothing was written`,
  );
}

/**
 * Writes all files of a folder that is not there or empty, in a folder that is there, in one step: a run that is cut off leaves
 * none of them.
 *
 * @throws Error when they can't be written
 */
export async function writeFolder(folder: string, files: readonly FileText[]): Promise<void> {
  const target = resolve(folder);
  const beside = `${target}.${process.pid}.tmp`;
  try {
    // By itself: a recursive one never ends where no folder can be made, as in /proc.
    await mkdir(beside);
    for (const { path, text } of files) {
      await mkdir(dirname(join(beside, path)), { recursive: true });
      await writeFile(join(beside, path), text);
    }
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw unwritable(folder, error as NodeJS.ErrnoException);
  }
}

const unwritable = (folder: string, cause: NodeJS.ErrnoException): Error =>
  new Error(
    `the folder ${folder} can't be written (${cause.code ?? cause.message}); name another one with --out; nothing was written`,
    { cause },
  );
