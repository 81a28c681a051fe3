import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file that clients trust, and how to take it away again. */
export interface CaFile {
  path: string;
  remove(): void;
}

/** Writes the root (PEM) where clients find it: beside the world, or in a folder that close takes away. */
export function placeCaFile(root: string, folder: string | undefined): CaFile {
  const place = folder ?? mkdtempSync(join(tmpdir(), "m365-lab-"));
  mkdirSync(place, { recursive: true });
  const path = join(place, "ca.pem");
  writeFileSync(path, `${root}\n`);
  return {
    path,
    remove: (): void => {
      if (folder === undefined) rmSync(place, { recursive: true });
    },
  };
}
