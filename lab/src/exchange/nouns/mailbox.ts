import { newGuid } from "../../context.ts";
import { deleteUser } from "../../graph/userMailbox.ts";
import { deleted, type SoftDeletedMailbox } from "../../world/deletedItems.ts";
import type { User } from "../../world/directory.ts";
import { formatSize, QUOTAS } from "../../world/mailboxSize.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { ExchangeObject } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import {
  type Directory,
  demandFreeName,
  demandLength,
  findSome,
  notFound,
  recipientName,
  validName,
} from "../directory.ts";
import { defineNoun } from "../noun.ts";
import type { Bound } from "../parameters.ts";
import { type Properties, withValues } from "../properties.ts";
import { roundTrip } from "../times.ts";
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
  findToPurge,
  keptMailboxes,
  presentSoftDeleted,
  softDeleted,
} from "./softDeletedMailbox.ts";

/** Names of CustomAttribute1 to 15, by number. */
const CUSTOM_ATTRIBUTES = new Map(
  Array.from({ length: 15 }, (_, index) => [String(index + 1), `CustomAttribute${index + 1}`]),
);
/** The retention policies that every tenant has. */
const RETENTION_POLICIES = ["Default MRM Policy", "ArbitrationMailbox"];

/** Found by any address, alias, name, GUID, object id or user principal name of the account, or distinguished name. */
export const mailboxes: Directory<Mailbox> = {
  all: (world) => world.mailboxes,
  nameOf: ({ name }) => name,
  identities: (mailbox, world) => [
    ...mailbox.emailAddresses.map((proxy) => proxy.replace(/^smtp:/i, "")),
    mailbox.alias,
    mailbox.name,
    mailbox.guid,
    `{${mailbox.guid}}`,
    mailbox.externalDirectoryObjectId,
    accountOf(mailbox, world)?.userPrincipalName ?? mailbox.address,
    recipientName(mailbox.name, world),
  ],
  distinguishedName: recipientName,
};

const properties: Properties<Mailbox> = {
  DisplayName: {
    is: "text",
    field: "displayName",
    only: "Set",
    canonical: (given) => demandLength("DisplayName", given ?? "", 1, 256),
  },
  HiddenFromAddressListsEnabled: {
    is: "flag",
    field: "hiddenFromAddressListsEnabled",
    only: "Set",
  },
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
    const account = accountOf(mailbox, world);
    return {
      ...presentRecipient(mailbox, world),
      UserPrincipalName: account?.userPrincipalName ?? mailbox.address,
      MicrosoftOnlineServicesID: account?.userPrincipalName ?? mailbox.address,
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
      demandFreeName(mailboxes, mailbox.name, world);
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
      ...Object.fromEntries(
        [...CUSTOM_ATTRIBUTES.values()].map((name) => [name, { is: "text" } as const]),
      ),
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

/** Recipients; the lab's are mailboxes. */
export const recipientCmdlets = defineNoun<Mailbox>({
  name: "Recipient",
  identity: "RecipientIdParameter",
  directory: mailboxes,
  present: (mailbox, { world }) => presentRecipient(mailbox, world),
  get: {},
});

/** The account of a mailbox. */
export function accountOf(mailbox: Mailbox, { directory }: World): User | undefined {
  return directory.users.find(({ id }) => id === mailbox.externalDirectoryObjectId);
}

/** Whether the account of a mailbox is off: the directory knows. */
export function isDisabled(mailbox: Mailbox, world: World): boolean {
  const account = accountOf(mailbox, world);
  return account ? !account.accountEnabled : mailbox.accountDisabled;
}

/** What every recipient cmdlet shows of a mailbox to name it. */
export function presentNames(mailbox: Mailbox, world: World): ExchangeObject {
  return {
    Name: mailbox.name,
    Identity: mailbox.name,
    Id: mailbox.name,
    DisplayName: mailbox.displayName,
    RecipientType: "UserMailbox",
    RecipientTypeDetails: mailbox.recipientTypeDetails,
    ExternalDirectoryObjectId: mailbox.externalDirectoryObjectId,
    DistinguishedName: recipientName(mailbox.name, world),
    Guid: mailbox.guid,
    WhenCreatedUTC: roundTrip(mailbox.whenCreated),
    WhenChangedUTC: roundTrip(mailbox.whenChanged),
    IsValid: true,
  };
}

/** A mailbox as Get-Recipient shows it (fields of the Get-Recipient page's examples). */
function presentRecipient(mailbox: Mailbox, world: World): ExchangeObject {
  const attributes = [...CUSTOM_ATTRIBUTES].map(([number, name]) => [
    name,
    mailbox.customAttributes[number] ?? "",
  ]);
  return {
    ...presentNames(mailbox, world),
    Alias: mailbox.alias,
    WindowsLiveID: accountOf(mailbox, world)?.userPrincipalName ?? mailbox.address,
    PrimarySmtpAddress: mailbox.address,
    EmailAddresses: mailbox.emailAddresses,
    HiddenFromAddressListsEnabled: mailbox.hiddenFromAddressListsEnabled,
    ...Object.fromEntries(attributes),
  };
}

/** @throws CmdletError when another account has the user name, or its domain is not accepted */
function demandFreeUser(mailbox: Mailbox, userName: string, world: World): void {
  canonicalAddress(userName, world);
  const holder = world.directory.users.find(
    ({ id, userPrincipalName }) =>
      id !== mailbox.externalDirectoryObjectId && userPrincipalName.toLowerCase() === userName,
  );
  if (holder) throw refusal("exchange.user-name-taken", { userName });
}

/** @throws CmdletError when another mailbox has the alias */
function demandFreeAlias({ alias }: Mailbox, { mailboxes: all, tenant }: World): void {
  const holder = all.find((one) => one.alias.toLowerCase() === alias.toLowerCase());
  if (!holder) return;
  const proxy = `SMTP:${alias}@${tenant.initialDomain}`;
  throw refusal("exchange.proxy-address-taken", { proxy, owner: holder.name });
}

/** The policy's own name; empty for none. */
function canonicalRetention(given: string | null, world: World): string {
  if (!given) return "";
  const found = RETENTION_POLICIES.find((name) => name.toLowerCase() === given.toLowerCase());
  if (found === undefined) throw notFound(given, world);
  return found;
}

function editAttributes(before: Record<string, string>, bound: Bound): Record<string, string> {
  const next = { ...before };
  for (const [number, parameter] of CUSTOM_ATTRIBUTES) {
    if (!bound.has(parameter)) continue;
    const text = demandLength(parameter, bound.text(parameter) ?? "", 0, 1024);
    if (text === "") delete next[number];
    else next[number] = text;
  }
  return next;
}
