import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Secrets } from "./secrets.ts";
import type { World } from "./world.ts";

/** A world with its secrets, as it is kept on disk. */
export interface Saved {
  world: World;
  secrets: Secrets;
}

/** Replaces a file in one step: a reader sees the old text or the new one. Mode is octal. */
function replaceFile(path: string, text: string, mode: number): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}

/** Writes `world.json` and, readable by its owner alone, `secrets.json` into `folder`. */
export function save(folder: string, { world, secrets }: Saved): void {
  mkdirSync(folder, { recursive: true });
  replaceFile(join(folder, "secrets.json"), `${JSON.stringify(secrets, null, 2)}\n`, 0o600);
  replaceFile(join(folder, "world.json"), `${JSON.stringify(world, null, 2)}\n`, 0o644);
}

/**
 * Reads what `save` wrote.
 *
 * @returns undefined when the folder holds no world, or one of another seed
 * @throws Error when a file is there and can't be read
 */
export function load(folder: string, seed: string): Saved | undefined {
  const path = join(folder, "world.json");
  if (!existsSync(path)) return undefined;
  const world: World = JSON.parse(readFileSync(path, "utf8"));
  if (world.seed !== seed) return undefined;
  return { world, secrets: JSON.parse(readFileSync(join(folder, "secrets.json"), "utf8")) };
}
