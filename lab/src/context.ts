import type { Clock } from "./clock.ts";
import type { DkimKeys } from "./exchange/dkimKeys.ts";
import type { Faults } from "./faults.ts";
import type { Log } from "./log.ts";
import { makeRandom } from "./random.ts";
import type { Actor } from "./world/audit.ts";
import type { Secrets } from "./world/secrets.ts";
import type { World } from "./world/world.ts";

/** What every part of the lab works on. */
export interface Context {
  world: World;
  clock: Clock;
  faults: Faults;
  log: Log;
  dkimKeys: DkimKeys;
  /** Passwords of users, by object id; secrets of the lab. */
  userPasswords: Secrets["userPasswords"];
  /** Whether an administrator acts at the keyboard. @default a request came over the wire */
  isByHand?: boolean;
  /** Who runs a cmdlet, for the audit log. @default nobody, and nothing is recorded */
  actor?: Actor;
  /** Whose token it is: the object id, and the template ids of the directory roles. @default nobody calls over the wire */
  caller?: { oid: string; wids: readonly string[] };
  /** Called after each change of the world. */
  changed(): void;
}

/** A new GUID of this world: the same one for the same seed and the same history. */
export function newGuid(world: World): string {
  world.drawn += 1;
  return makeRandom(`${world.seed}/${world.drawn}`).guid();
}

/** A new id of 32 hexadecimal digits, as Cloudflare has them. */
export function newHexId(world: World): string {
  world.drawn += 1;
  return makeRandom(`${world.seed}/${world.drawn}`).hex(32);
}
