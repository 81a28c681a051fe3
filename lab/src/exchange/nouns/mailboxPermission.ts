import type { Mailbox, MailboxPermission } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { grantedAt } from "../times.ts";
import { definePermission } from "./permission.ts";

/** What may be done with a mailbox. Each Add keeps an entry of its own, as it counts from its own time on. */
export const mailboxPermissionCmdlets = definePermission({
  name: "MailboxPermission",
  identity: "MailboxIdParameter",
  trustee: "User",
  rights: {
    is: "enums",
    type: "Microsoft.Exchange.Management.RecipientTasks.MailboxRights",
    names: [
      ...["ChangeOwner", "ChangePermission", "DeleteItem", "ExternalAccount"],
      ...["FullAccess", "ReadPermission"],
    ],
  },
  ownRights: ["FullAccess", "ReadPermission"],
  commonParameters: {
    InheritanceType: {
      is: "enum",
      type: "System.DirectoryServices.ActiveDirectorySecurityInheritance",
      names: ["None", "All", "Descendents", "SelfAndChildren", "Children"],
    },
  },
  addParameters: { AutoMapping: { is: "flag" } },
  mandatory: ["Identity"],
  present: ({ name }, trustee, rights) => ({
    Identity: name,
    User: trustee,
    AccessRights: rights,
    IsInherited: false,
    Deny: false,
    InheritanceType: "All",
    IsValid: true,
  }),
  holders: ({ address }, { mailboxPermissions }) => [
    ...new Set(
      mailboxPermissions.filter(({ mailbox }) => mailbox === address).map(({ user }) => user),
    ),
  ],
  held: (mailbox, key, world) => [
    ...new Set(entriesOf(mailbox, key, world).flatMap(({ accessRights }) => accessRights)),
  ],
  grant({ address }, key, rights, context) {
    context.world.mailboxPermissions.push({
      mailbox: address,
      user: key,
      accessRights: rights,
      effectiveAt: grantedAt(context),
    });
  },
  revoke(mailbox, key, rights, world) {
    for (const entry of entriesOf(mailbox, key, world)) {
      entry.accessRights = entry.accessRights.filter((right) => !rights.includes(right));
    }
    world.mailboxPermissions = world.mailboxPermissions.filter(
      ({ accessRights }) => accessRights.length > 0,
    );
  },
});

function entriesOf({ address }: Mailbox, key: string, world: World): MailboxPermission[] {
  return world.mailboxPermissions.filter(
    ({ mailbox, user }) => mailbox === address && user === key,
  );
}
