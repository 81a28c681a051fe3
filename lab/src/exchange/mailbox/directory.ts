import type { User } from "../../world/directory.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { CmdletError } from "../failure.ts";
import { notFound } from "../failures.ts";
import { ambiguous } from "./failures.ts";

/** Where the directory keeps a mailbox of this name. */
export function recipientName({ tenant }: World, name: string): string {
  const components = tenant.forest.split(".").map((part) => `DC=${part}`);
  return [
    `CN=${name}`,
    `OU=${tenant.initialDomain}`,
    "OU=Microsoft Exchange Hosted Organizations",
    ...components,
  ].join(",");
}

/** The account of a mailbox. */
export function accountOf(mailbox: Mailbox, { directory }: World): User | undefined {
  return directory.users.find(({ id }) => id === mailbox.externalDirectoryObjectId);
}

/** The mailboxes that an identity may mean. */
export function lookForMailboxes(identity: string, world: World): Mailbox[] {
  const wanted = identity.toLowerCase();
  return world.mailboxes.filter((mailbox) =>
    [
      ...mailbox.emailAddresses.map((proxy) => proxy.replace(/^smtp:/i, "")),
      mailbox.alias,
      mailbox.name,
      mailbox.guid,
      `{${mailbox.guid}}`,
      mailbox.externalDirectoryObjectId,
      accountOf(mailbox, world)?.userPrincipalName ?? mailbox.address,
      recipientName(world, mailbox.name),
    ].some((text) => text.toLowerCase() === wanted),
  );
}

/**
 * The mailbox of this identity: an address, the alias, name, GUID, object id of the account, user principal name or
 * distinguished name, in any letter case.
 *
 * @throws CmdletError when there is none, or more than one
 */
export function findMailbox(identity: string, world: World): Mailbox {
  const [found, another] = lookForMailboxes(identity, world);
  if (!found) throw new CmdletError(notFound(identity, world.tenant.servers.directory));
  if (another) throw new CmdletError(ambiguous(identity));
  return found;
}

/** The mailboxes that a Get cmdlet shows: the one of the identity, all without one. */
export function chooseMailboxes(identity: string | null | undefined, world: World): Mailbox[] {
  return typeof identity === "string" ? [findMailbox(identity, world)] : world.mailboxes;
}
