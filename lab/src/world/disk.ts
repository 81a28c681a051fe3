import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { drawOwnJob } from "./github.ts";
import { makeWorld } from "./make.ts";
import {
  drawCloudflareToken,
  drawMailboxPasswords,
  drawReadersSecrets,
  drawUserPasswords,
  type Secrets,
} from "./secrets.ts";
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

/**
 * Writes `secrets.json`, readable by its owner alone, and `world.json` into `folder`.
 *
 * A process that is killed in between leaves a world that is one change older than its secrets: everything that
 * the world speaks of is then still good, as secrets are only ever added to.
 */
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
  const saved: World = JSON.parse(readFileSync(path, "utf8"));
  if (saved.seed !== seed) return undefined;
  const world = complete(saved);
  const secrets: Secrets = JSON.parse(readFileSync(join(folder, "secrets.json"), "utf8"));
  const drawn = {
    ...drawReadersSecrets(seed),
    cloudflareToken: drawCloudflareToken(seed),
    githubJobs: [drawOwnJob(seed)],
    dkimKeys: {},
    appPasswords: {},
    userPasswords: drawUserPasswords(seed),
    mailboxPasswords: drawMailboxPasswords(world),
    issuerKeys: {},
  };
  return { world, secrets: { ...drawn, ...secrets } };
}

/** Takes away what killed processes left half written in `folder`. */
export function sweep(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const [, pid] = /^(?:world|secrets)\.json\.(\d+)\.tmp$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A world that an older lab saved, with what it did not know yet: its administrators among it. */
function complete(world: World): World {
  const drawn = makeWorld(world.seed);
  const users =
    world.people === undefined
      ? drawn.directory.users.filter(
          ({ id }) => !world.directory.users.some((one) => one.id === id),
        )
      : [];
  return {
    ...drawn,
    ...world,
    // An older lab kept the roles of a role group inside it.
    ...(world.managementRoles === undefined && { roleGroups: drawn.roleGroups }),
    directory: {
      ...drawn.directory,
      ...world.directory,
      users: [...world.directory.users, ...users],
    },
    settings: { ...drawn.settings, ...world.settings },
  };
}

/** The whole world as plain JSON with the keys of every object in order. It holds no secret. */
export function dumpWorld(world: World): Record<string, unknown> {
  return JSON.parse(JSON.stringify(world, sortKeys));
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
