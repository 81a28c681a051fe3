import type { Application, ServicePrincipal, User } from "./directory.ts";
import type { Mailbox } from "./recipients.ts";

/** What Entra and Exchange keep of what was deleted: the directory's deleted items, and soft-deleted mailboxes. */
export interface DeletedItems {
  applications: Deleted<Application>[];
  servicePrincipals: Deleted<ServicePrincipal>[];
  users: Deleted<User>[];
  mailboxes: SoftDeletedMailbox[];
}

export type SoftDeletedMailbox = Deleted<Mailbox> & {
  /** When its account was deleted for good in Entra, virtual time, ISO 8601. */
  accountPurged?: string;
};

export type Deleted<Item> = Item & {
  /** Virtual time, ISO 8601. */
  deletedDateTime: string;
};

/** How long each is kept, in milliseconds: 30 days (Learn, "directory resource type" and "Undo-SoftDeletedMailbox"). */
const KEPT = 30 * 24 * 3_600_000;

/** An object as it is kept from now on. */
export const deleted = <Item>(item: Item, now: Date): Deleted<Item> => ({
  ...item,
  deletedDateTime: now.toISOString(),
});

/** Forgets what has been kept for its time. */
export function forgetExpired({ deletedItems }: { deletedItems: DeletedItems }, now: Date): void {
  for (const items of Object.values(deletedItems) as Deleted<unknown>[][]) {
    const left = items.filter(
      ({ deletedDateTime }) => Date.parse(deletedDateTime) + KEPT > now.getTime(),
    );
    items.splice(0, items.length, ...left);
  }
}
