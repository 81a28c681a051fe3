import type { Context } from "../../context.ts";
import { type Deleted, forgetExpired } from "../../world/deletedItems.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { ExchangeObject } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { type Directory, findOne } from "../directory.ts";
import { roundTrip } from "../times.ts";

/**
 * A directory of mailboxes that Exchange has deleted and keeps for 30 days. It finds one by what found the mailbox, and by
 * the identity that Get-Mailbox shows.
 */
export const softDeleted = (mailboxes: Directory<Mailbox>): Directory<Deleted<Mailbox>> => ({
  ...mailboxes,
  all: ({ deletedItems }) => deletedItems.mailboxes,
  identities: (mailbox, world) => [
    ...mailboxes.identities(mailbox, world),
    identityOf(mailbox.name),
  ],
});

/** "Soft Deleted Objects\\Mailbox1" (How to purge a soft deleted mailbox in Office 365, exovoice). */
const identityOf = (name: string): string => `Soft Deleted Objects\\${name}`;

/** The soft-deleted ones, without those whose time is over. */
export function keptMailboxes({ world, clock }: Context): Deleted<Mailbox>[] {
  forgetExpired(world, clock.now());
  return world.deletedItems.mailboxes;
}

/** What Get-Mailbox shows of one in another way. Once its user is deleted for good, it names none. */
export function presentSoftDeleted(
  { name, externalDirectoryObjectId: id, deletedDateTime }: Deleted<Mailbox>,
  { deletedItems }: World,
): ExchangeObject {
  const identity = identityOf(name);
  return {
    ...{ Identity: identity, Id: identity },
    ExternalDirectoryObjectId: deletedItems.users.some((user) => user.id === id) ? id : "",
    IsSoftDeletedByRemove: true,
    WhenSoftDeleted: roundTrip(deletedDateTime),
  };
}

/**
 * The soft-deleted mailbox that is to be deleted for good.
 *
 * @throws CmdletError when there is none, or its user is still among the directory's deleted items
 */
export function findToPurge(
  directory: Directory<Deleted<Mailbox>>,
  identity: string,
  context: Context,
): Deleted<Mailbox> {
  const { world } = context;
  keptMailboxes(context);
  const mailbox = findOne(directory, identity, world);
  const { externalDirectoryObjectId: id } = mailbox;
  if (world.deletedItems.users.some((user) => user.id === id)) {
    throw refusal("exchange.soft-deleted-user");
  }
  return mailbox;
}
