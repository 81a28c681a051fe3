import type { AuthenticationPolicy } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { findNamed } from "../named.ts";

/** Where the directory keeps authentication policies. */
export const CONTAINER = "Auth Policies";

/**
 * The authentication policy of this identity.
 *
 * @throws CmdletError when there is none
 */
export function findAuthenticationPolicy(identity: string, world: World): AuthenticationPolicy {
  return findNamed(world.authenticationPolicies, identity, CONTAINER, world);
}
