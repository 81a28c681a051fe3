import type { Context } from "../../context.ts";
import type { RoleGroupMember } from "../../world/roleGroups.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { matching } from "../directory.ts";
import { isReplicated } from "../replication.ts";
import { mailboxes } from "./mailbox.ts";
import { servicePrincipals } from "./servicePrincipal.ts";

/** Somebody who can be in a role group: a service principal of Exchange, a mailbox, or a user without one. */
interface Member {
  /** In Entra. */
  objectId: string;
  /** As the world keeps it there. */
  kind: "ServicePrincipal" | "UserMailbox" | "User";
  /** Service principals are named by their object id. */
  name: string;
  displayName: string;
}

export function membersOf({
  exchangeServicePrincipals,
  mailboxes: all,
  directory,
}: World): Member[] {
  return [
    ...exchangeServicePrincipals.map(({ objectId, displayName }) => ({
      ...{ objectId, kind: "ServicePrincipal" as const, name: objectId, displayName },
    })),
    ...all.map(({ externalDirectoryObjectId, name, displayName }) => ({
      ...{ objectId: externalDirectoryObjectId, kind: "UserMailbox" as const, name, displayName },
    })),
    ...directory.users.map(({ id, userPrincipalName, properties }) => ({
      ...{ objectId: id, kind: "User" as const, name: userPrincipalName },
      displayName: String(properties.displayName),
    })),
  ];
}

/** The name of a member; of one that Exchange does not know, its object id. */
export const memberName = (objectId: string, world: World): string =>
  membersOf(world).find((one) => one.objectId === objectId)?.name ?? objectId;

/**
 * The one whom an identity names. An app is one once New-ServicePrincipal has told Exchange of it
 * ("App-only authentication in Exchange Online PowerShell", Learn).
 *
 * @throws CmdletError when there is none
 */
export function findMember(identity: string, context: Context): Member {
  const { world } = context;
  const isKnown = (object: object) => isReplicated("RoleGroupMember", object, context);
  const [principal] = matching(servicePrincipals, identity, world).filter(isKnown);
  const [mailbox] = matching(mailboxes, identity, world).filter(isKnown);
  const user = world.directory.users.find(({ id, userPrincipalName }) =>
    [id, userPrincipalName.toLowerCase()].includes(identity.toLowerCase()),
  );
  const objectId = principal?.objectId ?? mailbox?.externalDirectoryObjectId ?? user?.id;
  const member = membersOf(world).find((one) => one.objectId === objectId);
  if (member === undefined) throw refusal("exchange.no-such-principal", { identity });
  return member;
}

/** A member from now on, once the change has spread. @throws CmdletError when there is nobody of this identity */
export function newMember(identity: string, context: Context): RoleGroupMember {
  const { world, clock } = context;
  const effectiveAt = new Date(clock.now().getTime() + world.settings.roleGroupDelayMs);
  const { objectId } = findMember(identity, context);
  return { objectId, effectiveAt: effectiveAt.toISOString() };
}
