import { newGuid } from "../../context.ts";
import { deleteUser } from "../../graph/userMailbox.ts";
import { deleted, type SoftDeletedMailbox } from "../../world/deletedItems.ts";
import { formatSize, QUOTAS } from "../../world/mailboxSize.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { type Directory, demandFreeName, findSome, notFound, validName } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import { type Properties, withValues } from "../properties.ts";
import {
  canonicalAddress,
  demandFreeAddresses,
  editAddresses,
  forgetAddress,
  moveAddress,
} from "./mailboxAddresses.ts";
import { accountDraft, mailboxDraft } from "./mailboxDraft.ts";
import { mailboxFilter } from "./mailboxFilter.ts";
import {
  ATTRIBUTE_PARAMETERS,
  accountOf,
  demandFreeAlias,
  editAttributes,
  isDisabled,
  presentRecipient,
  recipients,
  SHOWN_PROPERTIES,
  userNameOf,
} from "./recipient.ts";
import {
  findToPurge,
  keptMailboxes,
  presentSoftDeleted,
  softDeleted,
} from "./softDeletedMailbox.ts";

/** The retention policies that every tenant has. */
const RETENTION_POLICIES = ["Default MRM Policy", "ArbitrationMailbox"];

export const mailboxes: Directory<Mailbox> = {
  ...recipients,
  all: (world) => world.mailboxes,
};

const properties: Properties<Mailbox> = {
  ...SHOWN_PROPERTIES,
  MessageCopyForSMTPClientSubmissionEnabled: {
    is: "flag",
    field: "messageCopyForSMTPClientSubmissionEnabled",
    only: "Set",
  },
  RetentionPolicy: {
    is: "text",
    field: "retentionPolicy",
    only: "Set",
    canonical: canonicalRetention,
  },
};

/** Those that Get-Mailbox shows with its switch SoftDeletedMailbox, and Remove-Mailbox deletes for good. */
const softDeletedMailboxes = softDeleted(mailboxes);

/** Mailboxes with their accounts in the directory. New makes shared ones; their account appears at once. */
export const mailboxCmdlets = defineNoun<Mailbox>({
  name: "Mailbox",
  identity: "MailboxIdParameter",
  directory: mailboxes,
  properties,
  present: (mailbox, context) => {
    const { world } = context;
    return {
      ...presentRecipient(mailbox, world),
      UserPrincipalName: userNameOf(mailbox, world),
      MicrosoftOnlineServicesID: userNameOf(mailbox, world),
      WindowsEmailAddress: mailbox.address,
      IsShared: mailbox.recipientTypeDetails === "SharedMailbox",
      AccountDisabled: isDisabled(mailbox, world),
      MessageCopyForSMTPClientSubmissionEnabled: mailbox.messageCopyForSMTPClientSubmissionEnabled,
      RetentionPolicy: mailbox.retentionPolicy === "" ? null : mailbox.retentionPolicy,
      IssueWarningQuota: formatSize(QUOTAS.warning),
      ProhibitSendQuota: formatSize(QUOTAS.send),
      ProhibitSendReceiveQuota: formatSize(QUOTAS.receive),
      MaxSendSize: formatSize(35 * 1024 ** 2),
      RecipientLimits: "500",
      LitigationHoldEnabled: false,
      ForwardingSmtpAddress:
        mailbox.forwardingSmtpAddress === undefined
          ? null
          : `smtp:${mailbox.forwardingSmtpAddress}`,
      ...("deletedDateTime" in mailbox &&
        presentSoftDeleted(mailbox as SoftDeletedMailbox, context)),
    };
  },
  new: {
    parameters: {
      Name: { is: "text" },
      Shared: { is: "flag" },
      Alias: { is: "text" },
      DisplayName: { is: "text" },
      PrimarySmtpAddress: { is: "identity", type: "Microsoft.Exchange.Data.SmtpAddress" },
    },
    draft(bound, context) {
      if (bound.flag("Shared") !== true) throw refusal("exchange.not-shared");
      return mailboxDraft(bound, context);
    },
    demandUnique(mailbox, world) {
      demandFreeName(recipients, mailbox.name, world);
      demandFreeAddresses(mailbox.emailAddresses, undefined, world);
      demandFreeAlias(mailbox, world);
    },
    add(mailbox, _bound, { world }) {
      mailbox.externalDirectoryObjectId = newGuid(world);
      mailbox.guid = newGuid(world);
      if (world.settings.mailboxName === "object id") {
        mailbox.name = mailbox.externalDirectoryObjectId;
      }
      world.mailboxes.push(mailbox);
      world.directory.users.push(accountDraft(mailbox, world));
      return [];
    },
  },
  get: {
    parameters: {
      SoftDeletedMailbox: { is: "flag" },
      Filter: { is: "text" },
      RecipientTypeDetails: {
        is: "enums",
        type: "Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails",
        names: [
          ...["DiscoveryMailbox", "EquipmentMailbox", "GroupMailbox", "LegacyMailbox"],
          ...["LinkedMailbox", "LinkedRoomMailbox", "RoomMailbox", "SchedulingMailbox"],
          ...["SharedMailbox", "TeamMailbox", "UserMailbox"],
        ],
      },
    },
    read(identity, bound, world, context) {
      const kinds = bound.list("RecipientTypeDetails");
      const passes = mailboxFilter(bound.text("Filter") ?? null);
      if (bound.flag("SoftDeletedMailbox")) keptMailboxes(context);
      const directory = bound.flag("SoftDeletedMailbox") ? softDeletedMailboxes : mailboxes;
      const found = findSome<Mailbox>(directory, identity, world).filter(
        (mailbox) =>
          passes(mailbox) &&
          (!Array.isArray(kinds) || kinds.includes(mailbox.recipientTypeDetails)),
      );
      if (identity !== null && found.length === 0) throw notFound(identity, world);
      return found;
    },
  },
  set: {
    parameters: {
      Name: { is: "text" },
      EmailAddresses: { is: "list" },
      MicrosoftOnlineServicesID: { is: "identity", type: "Microsoft.Exchange.Data.SmtpAddress" },
      AccountDisabled: { is: "flag" },
      ...ATTRIBUTE_PARAMETERS,
    },
    edit(current, bound, { world }) {
      const userName = bound.text("MicrosoftOnlineServicesID")?.toLowerCase();
      if (userName) demandFreeUser(current, userName, world);
      const edit = bound.list("EmailAddresses");
      const emailAddresses =
        edit === undefined ? current.emailAddresses : editAddresses(current, edit, world);
      return {
        ...withValues(properties, current, bound, world),
        name: validName(bound.text("Name") ?? current.name),
        address: (emailAddresses[0] ?? "").replace(/^SMTP:/, ""),
        emailAddresses,
        accountDisabled: bound.flag("AccountDisabled") ?? isDisabled(current, world),
        customAttributes: editAttributes(current.customAttributes, bound),
        ...(userName && { userPrincipalName: userName }),
      };
    },
    beforeChange(current, next, { world }) {
      if (next.address !== current.address) moveAddress(current.address, next.address, world);
      const account = accountOf(current, world);
      if (!account) return;
      account.accountEnabled = !next.accountDisabled;
      account.userPrincipalName = next.userPrincipalName ?? account.userPrincipalName;
      if (next.address !== current.address) account.properties.mail = next.address;
      if (next.displayName !== current.displayName) {
        account.properties.displayName = next.displayName;
      }
    },
  },
  remove: {
    switches: ["Confirm", "Force"],
    parameters: { PermanentlyDelete: { is: "flag" } },
    find(bound, context) {
      if (bound.flag("PermanentlyDelete") !== true) return undefined;
      return findToPurge(softDeletedMailboxes, bound.text("Identity") ?? "", context);
    },
    /** Assumed: the addresses are free at once. */
    beforeRemove(mailbox, context) {
      const { world, clock } = context;
      const { deletedItems } = world;
      if ("deletedDateTime" in mailbox) {
        deletedItems.mailboxes = deletedItems.mailboxes.filter((one) => one !== mailbox);
        return;
      }
      const account = accountOf(mailbox, world);
      if (account) {
        deleteUser(account, context);
        return;
      }
      deletedItems.mailboxes.push(deleted(mailbox, clock.now()));
      forgetAddress(mailbox.address, world);
    },
  },
});

/** @throws CmdletError when another account has the user name, or its domain is not accepted */
function demandFreeUser(mailbox: Mailbox, userName: string, world: World): void {
  canonicalAddress(userName, world);
  const holder = world.directory.users.find(
    ({ id, userPrincipalName }) =>
      id !== mailbox.externalDirectoryObjectId && userPrincipalName.toLowerCase() === userName,
  );
  if (holder) throw refusal("exchange.user-name-taken", { userName });
}

/** The policy's own name; empty for none. */
function canonicalRetention(given: string | null, world: World): string {
  if (!given) return "";
  const found = RETENTION_POLICIES.find((name) => name.toLowerCase() === given.toLowerCase());
  if (found === undefined) throw notFound(given, world);
  return found;
}
