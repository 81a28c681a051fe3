import type { Hono } from "hono";
import { isPerson } from "../entra/tokens.ts";
import { holdsDirectoryRole } from "../world/directoryRoles.ts";
import type { World } from "../world/world.ts";
import { answerDone, answerList, type Entity } from "./answers.ts";
import type { MemberRoute } from "./entitySet.ts";
import type { Answer } from "./errors.ts";
import { type Call, holdsAny } from "./guard.ts";

const WRITE_ANY_APP = "Application.ReadWrite.All";
const WRITE_OWN_APPS = "Application.ReadWrite.OwnedBy";
const WRITE_DIRECTORY = "Directory.ReadWrite.All";

/** Directory roles of people who may write apps that they don't own. */
const APP_ADMINISTRATORS = [
  "Application Administrator",
  "Cloud Application Administrator",
] as const;

/** Permissions of which any one opens app registrations and service principals (the routes' pages on Learn). */
export const APP_WRITERS = [WRITE_ANY_APP, WRITE_OWN_APPS];
export const APP_READERS = [
  ...[...APP_WRITERS, "Application.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
];
/** Permissions that open what belongs to service principals, and the secrets of apps. */
export const PRINCIPAL_WRITERS = [...APP_WRITERS, WRITE_DIRECTORY];

const BIND = "owners@odata.bind";

/** What has owners: an app registration or a service principal. */
interface Owned {
  id: string;
  owners: string[];
}

/**
 * Checks a caller's right to write. `Application.ReadWrite.OwnedBy` ends with the ownership: who is removed from the
 * owners can't even undo that.
 *
 * @throws GraphRefusal
 */
export function checkOwnership(call: Call, owners: string[]): void {
  if (!mayWriteAny(call) && !owners.includes(call.claims.oid)) {
    throw call.refusal("graph.forbidden");
  }
}

/**
 * Splits the body of a new object into its owners, by object id, and everything else. A caller that may only write
 * what it owns becomes an owner.
 */
export function readOwners(
  call: Call,
  { [BIND]: links = [], ...rest }: Entity,
  resource: string,
): { owners: string[]; rest: Entity } {
  if (!Array.isArray(links)) {
    throw call.refusal("graph.bad-value", { property: "owners", resource });
  }
  const owners = links.map((link: unknown) => {
    const [, id = ""] = /\/directoryObjects\/([0-9a-f-]{36})$/i.exec(String(link)) ?? [];
    if (ownerEntity(id.toLowerCase(), call.context.world) === undefined) {
      throw call.refusal("graph.not-found", { id });
    }
    return id.toLowerCase();
  });
  const all = mayWriteAny(call) ? owners : [...owners, call.claims.oid];
  return { owners: [...new Set(all)], rest };
}

/** Adds the routes of the owners of a set's objects. */
export function addOwnerRoutes<Item extends Owned>(
  app: Hono,
  set: string,
  member: MemberRoute<Item>,
): void {
  const list = (call: Call, { id, owners }: Owned): Answer => {
    const { world } = call.context;
    const entities = owners.map((owner) => ownerEntity(owner, world)).filter(isKnown);
    const kind = { segment: `${set}('${id}')/owners`, type: "directoryObject" };
    return answerList(call, kind, entities);
  };
  app.get(`/v1.0/${set}/:id/owners`, member(APP_READERS, list));
  app.delete(`/v1.0/${set}/:id/owners/:owner/$ref`, member(APP_WRITERS, removeOwner));
}

function removeOwner(call: Call, owned: Owned): Answer {
  const id = call.c.req.param("owner") ?? "";
  checkOwnership(call, owned.owners);
  if (!owned.owners.includes(id)) throw call.refusal("graph.not-found", { id });
  owned.owners = owned.owners.filter((owner) => owner !== id);
  return answerDone(call);
}

/** Otherwise the caller may write what it owns. */
const mayWriteAny = (call: Call): boolean =>
  isPerson(call.claims)
    ? holdsDirectoryRole(call.claims.wids, APP_ADMINISTRATORS)
    : holdsAny(call, [WRITE_ANY_APP, WRITE_DIRECTORY]);

const isKnown = (entity: Entity | undefined): entity is Entity => entity !== undefined;

/** A service principal or a user, in few words. */
function ownerEntity(id: string, { directory, deployer }: World): Entity | undefined {
  const app = (appId: string, displayName: unknown): Entity => ({
    "@odata.type": "#microsoft.graph.servicePrincipal",
    id,
    appId,
    displayName,
  });
  if (id === deployer.servicePrincipalId) return app(deployer.clientId, deployer.displayName);
  const principal = directory.servicePrincipals.find((one) => one.id === id);
  if (principal !== undefined) return app(principal.appId, principal.properties.displayName);
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
