import type { World } from "../../world/world.ts";
import type { Outcome } from "../cmdlet.ts";
import { CmdletError } from "../failure.ts";
import { findMailbox, lookForMailboxes, recipientName } from "../mailbox/directory.ts";
import { giveNothing } from "../outcome.ts";
import { lookForServicePrincipal } from "../servicePrincipal/directory.ts";
import * as failures from "./failures.ts";

/** Who always holds every right on an own mailbox. */
export const SELF = "NT AUTHORITY\\SELF";

/** Somebody who can be given a right. */
export interface Trustee {
  /** As the world keeps it: GUID of a service principal in Exchange, or address of a mailbox. */
  key: string;
  /** As Exchange shows it. Assumed: a service principal by its name, which is its ObjectId. */
  shown: string;
}

/**
 * The mailbox's user or the service principal of this identity.
 *
 * @throws CmdletError when there is none, or several mailboxes
 */
export function findTrustee(identity: string, world: World): Trustee {
  if (lookForMailboxes(identity, world).length > 0) {
    const { address } = findMailbox(identity, world);
    return { key: address, shown: address };
  }
  const principal = lookForServicePrincipal(identity, world);
  if (!principal) throw new CmdletError(failures.noSuchPrincipal(identity));
  return { key: principal.guid, shown: principal.objectId };
}

/** How Exchange shows somebody that the world keeps by this key. */
export function shownAs(key: string, { exchangeServicePrincipals }: World): string {
  return exchangeServicePrincipals.find(({ guid }) => guid === key)?.objectId ?? key;
}

/**
 * What Remove does where there is nothing to remove: sources don't agree.
 *
 * @throws CmdletError in a world where it refuses
 */
export function tellAbsent(mailboxName: string, { shown }: Trustee, world: World): Outcome {
  const object = recipientName(world, mailboxName);
  if (world.settings.absentPermission === "refused") {
    throw new CmdletError(failures.absentRefusal(object, shown));
  }
  return giveNothing(failures.absentWarning(object, shown));
}
