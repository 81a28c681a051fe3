import type { Mailbox, MailboxPermission } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { grantedAt } from "../effective.ts";
import { findMailbox, recipientName } from "../mailbox/directory.ts";
import { mailboxIdentity } from "../mailbox/parameters.ts";
import { ask, give, giveNothing, limit } from "../outcome.ts";
import type { Bound, ParameterType } from "../parameterType.ts";
import { alreadyPresent } from "./failures.ts";
import { findTrustee, SELF, shownAs, tellAbsent } from "./trustee.ts";

const user: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.SecurityPrincipalIdParameter",
};
/** What Add- and Remove-MailboxPermission share. */
const common: Record<string, ParameterType> = {
  Identity: mailboxIdentity,
  User: user,
  AccessRights: {
    is: "enums",
    type: "Microsoft.Exchange.Management.RecipientTasks.MailboxRights",
    names: [
      ...["ChangeOwner", "ChangePermission", "DeleteItem", "ExternalAccount"],
      ...["FullAccess", "ReadPermission"],
    ],
  },
  InheritanceType: {
    is: "enum",
    type: "System.DirectoryServices.ActiveDirectorySecurityInheritance",
    names: ["None", "All", "Descendents", "SelfAndChildren", "Children"],
  },
  Confirm: { is: "flag" },
};

function present(mailbox: Mailbox, shown: string, accessRights: string[]): ExchangeObject {
  return {
    Identity: mailbox.name,
    User: shown,
    AccessRights: accessRights,
    IsInherited: false,
    Deny: false,
    InheritanceType: "All",
    IsValid: true,
  };
}

/** The entries of a mailbox for somebody. */
function entriesOf({ address }: Mailbox, key: string, world: World): MailboxPermission[] {
  return world.mailboxPermissions.filter(
    ({ mailbox, user: holder }) => mailbox === address && holder === key,
  );
}

const rightsOf = (entries: MailboxPermission[]): string[] => [
  ...new Set(entries.flatMap(({ accessRights }) => accessRights)),
];

function wantedRights(bound: Bound): string[] {
  const rights = bound.list("AccessRights");
  return Array.isArray(rights) ? [...new Set(rights)] : [];
}

/** Add-MailboxPermission: answers the entry. A right that is there already is warned of. */
export const addMailboxPermission: Cmdlet = {
  reads: false,
  parameters: { ...common, AutoMapping: { is: "flag" } },
  mandatory: ["Identity", "User", "AccessRights"],
  run(bound, context) {
    const { world } = context;
    const mailbox = findMailbox(bound.text("Identity") ?? "", world);
    const trustee = findTrustee(bound.text("User") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Add-MailboxPermission", mailbox.name);
    const held = rightsOf(entriesOf(mailbox, trustee.key, world));
    const added = wantedRights(bound).filter((right) => !held.includes(right));
    if (added.length === 0) {
      return giveNothing(alreadyPresent(recipientName(world, mailbox.name), trustee.shown));
    }
    world.mailboxPermissions.push({
      mailbox: mailbox.address,
      user: trustee.key,
      accessRights: added,
      effectiveAt: grantedAt(context),
    });
    return give(present(mailbox, trustee.shown, [...held, ...added]));
  },
};

/** Get-MailboxPermission: who may do what with a mailbox, its own user first. */
export const getMailboxPermission: Cmdlet = {
  reads: true,
  parameters: { Identity: mailboxIdentity, User: user, ResultSize: { is: "size" } },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const mailbox = findMailbox(bound.text("Identity") ?? "", world);
    const wanted = bound.text("User") ?? null;
    const isSelf = wanted?.toUpperCase() === SELF;
    const only = wanted === null || isSelf ? null : findTrustee(wanted, world).key;
    const holders = world.mailboxPermissions
      .filter(({ mailbox: address }) => address === mailbox.address)
      .map(({ user: holder }) => holder);
    const shown = [...new Set(holders)].filter((key) => !isSelf && (only === null || key === only));
    const self = present(mailbox, SELF, ["FullAccess", "ReadPermission"]);
    const others = shown.map((key) =>
      present(mailbox, shownAs(key, world), rightsOf(entriesOf(mailbox, key, world))),
    );
    return give(...limit(only === null ? [self, ...others] : others, bound));
  },
};

/** Remove-MailboxPermission: answers nothing; counts at once (assumed). */
export const removeMailboxPermission: Cmdlet = {
  reads: false,
  parameters: common,
  mandatory: ["Identity", "User", "AccessRights"],
  run(bound, { world }) {
    const mailbox = findMailbox(bound.text("Identity") ?? "", world);
    const trustee = findTrustee(bound.text("User") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Remove-MailboxPermission", mailbox.name);
    const entries = entriesOf(mailbox, trustee.key, world);
    const wanted = wantedRights(bound);
    const held = rightsOf(entries);
    if (!wanted.some((right) => held.includes(right))) {
      return tellAbsent(mailbox.name, trustee, world);
    }
    for (const entry of entries) {
      entry.accessRights = entry.accessRights.filter((right) => !wanted.includes(right));
    }
    world.mailboxPermissions = world.mailboxPermissions.filter(
      ({ accessRights }) => accessRights.length > 0,
    );
    return giveNothing();
  },
};
