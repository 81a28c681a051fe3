import type { Call } from "./call.ts";
import { GraphRefusal } from "./refusal.ts";
import * as replies from "./replies.ts";

const WRITE_ANY_APP = "Application.ReadWrite.All";
const WRITE_OWN_APPS = "Application.ReadWrite.OwnedBy";

/** App roles of which any one opens a route for app registrations and service principals (Graph permissions reference). */
export const WRITE_APPS = [WRITE_ANY_APP, WRITE_OWN_APPS];
export const READ_APPS = [...WRITE_APPS, "Application.Read.All", "Directory.Read.All"];

/** Whether the caller has its right as an owner alone, so that Graph makes it owner of what it creates. */
export function needsOwnership({ claims }: Call): boolean {
  return !claims.roles.includes(WRITE_ANY_APP);
}

/**
 * `Application.ReadWrite.OwnedBy` ends with the ownership: who is removed from the owners may not even undo that.
 *
 * @throws GraphRefusal when the caller may not write what has these owners
 */
export function checkOwnership(call: Call, owners: string[]): void {
  if (needsOwnership(call) && !owners.includes(call.claims.oid)) {
    throw new GraphRefusal(replies.forbidden(call.trace()));
  }
}
