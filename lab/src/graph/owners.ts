import type { World } from "../world/world.ts";
import type { Answer, Call } from "./call.ts";
import { type Entity, many } from "./entities.ts";
import { GraphRefusal } from "./refusal.ts";
import * as replies from "./replies.ts";
import { checkOwnership } from "./roles.ts";

const BIND = "owners@odata.bind";

/** What has owners: an app registration or a service principal. */
interface Owned {
  id: string;
  owners: string[];
}

/** Splits a body into its owners, by object id, and everything else. */
export function readOwners(
  call: Call,
  { [BIND]: links = [], ...rest }: Record<string, unknown>,
  resource: string,
): { owners: string[]; rest: Record<string, unknown> } {
  if (!Array.isArray(links)) {
    throw new GraphRefusal(replies.badValue(call.trace(), "owners", resource));
  }
  const owners = links.map((link: unknown) => {
    const [, id = ""] = /\/directoryObjects\/([0-9a-f-]{36})$/i.exec(String(link)) ?? [];
    const owner = findOwner(id.toLowerCase(), call.context.world);
    if (owner === undefined) throw new GraphRefusal(replies.notFound(call.trace(), id));
    return id.toLowerCase();
  });
  return { owners: [...new Set(owners)], rest };
}

export function listOwners(call: Call, { id, owners }: Owned, set: string): Answer {
  const { world } = call.context;
  const entities = owners
    .map((owner) => findOwner(owner, world))
    .filter((owner) => owner !== undefined);
  return many(call, { segment: `${set}('${id}')/owners`, type: "directoryObject" }, entities);
}

export function removeOwner(call: Call, owned: Owned): Answer {
  const id = call.c.req.param("owner") ?? "";
  checkOwnership(call, owned.owners);
  if (!owned.owners.includes(id)) throw new GraphRefusal(replies.notFound(call.trace(), id));
  owned.owners = owned.owners.filter((owner) => owner !== id);
  call.context.changed();
  return replies.done();
}

/** A service principal or a user, in few words. */
function findOwner(id: string, { directory, deployer }: World): Entity | undefined {
  if (id === deployer.servicePrincipalId) {
    return principal(id, deployer.clientId, deployer.displayName);
  }
  const held = directory.servicePrincipals.find((one) => one.id === id);
  if (held !== undefined) return principal(id, held.appId, held.properties.displayName);
  const user = directory.users.find((one) => one.id === id);
  return (
    user && {
      "@odata.type": "#microsoft.graph.user",
      id,
      displayName: user.properties.displayName,
      userPrincipalName: user.userPrincipalName,
    }
  );
}

function principal(id: string, appId: string, displayName: unknown): Entity {
  return { "@odata.type": "#microsoft.graph.servicePrincipal", id, appId, displayName };
}
