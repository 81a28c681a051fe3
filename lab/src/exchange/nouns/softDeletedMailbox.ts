import type { Context } from "../../context.ts";
import { forgetExpired, type SoftDeletedMailbox } from "../../world/deletedItems.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { ExchangeObject } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { type Directory, findOne } from "../directory.ts";
import { roundTrip } from "../times.ts";

/**
 * A directory of mailboxes that Exchange has deleted and keeps for 30 days. It finds one by what found the mailbox, and by
 * the identity that Get-Mailbox shows.
 */
export const softDeleted = (mailboxes: Directory<Mailbox>): Directory<SoftDeletedMailbox> => ({
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
export function keptMailboxes({ world, clock }: Context): SoftDeletedMailbox[] {
  forgetExpired(world, clock.now());
  return world.deletedItems.mailboxes;
}

/** What Get-Mailbox shows of one in another way. Once its user is deleted for good, it names none. */
export function presentSoftDeleted(mailbox: SoftDeletedMailbox, context: Context): ExchangeObject {
  const { name, externalDirectoryObjectId: id, deletedDateTime } = mailbox;
  const identity = identityOf(name);
  return {
    ...{ Identity: identity, Id: identity },
    ExternalDirectoryObjectId: knowsAccount(mailbox, context) ? id : "",
    IsSoftDeletedByRemove: true,
    WhenSoftDeleted: roundTrip(deletedDateTime),
  };
}

/** Whether there is still a deleted user of a mailbox, for all that Exchange knows: Entra tells it later. */
function knowsAccount(
  { externalDirectoryObjectId: id, accountPurged }: SoftDeletedMailbox,
  { world: { deletedItems, settings }, clock }: Context,
): boolean {
  if (deletedItems.users.some((user) => user.id === id)) return true;
  if (accountPurged === undefined) return false;
  return clock.now().getTime() < Date.parse(accountPurged) + settings.userPurgeDelayMs;
}

/**
 * The soft-deleted mailbox that is to be deleted for good.
 *
 * @throws CmdletError when there is none, or Exchange knows its user as a deleted one
 */
export function findToPurge(
  directory: Directory<SoftDeletedMailbox>,
  identity: string,
  context: Context,
): SoftDeletedMailbox {
  keptMailboxes(context);
  const mailbox = findOne(directory, identity, context.world);
  if (knowsAccount(mailbox, context)) throw refusal("exchange.soft-deleted-user");
  return mailbox;
}
