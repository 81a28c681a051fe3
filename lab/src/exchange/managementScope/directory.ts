import type { ManagementScope } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { findNamed } from "../named.ts";

/** Where the directory keeps management scopes. */
export const CONTAINER = "Scopes";

/**
 * The management scope of this identity.
 *
 * @throws CmdletError when there is none
 */
export function findScope(identity: string, world: World): ManagementScope {
  return findNamed(world.managementScopes, identity, CONTAINER, world);
}
