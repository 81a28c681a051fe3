import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { ExchangeObject } from "../cmdlet.ts";
import { roundTrip } from "../roundTrip.ts";
import { accountOf, recipientName } from "./directory.ts";
import { CUSTOM_ATTRIBUTES } from "./parameters.ts";

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
    DistinguishedName: recipientName(world, mailbox.name),
    Guid: mailbox.guid,
    WhenCreatedUTC: roundTrip(mailbox.whenCreated),
    WhenChangedUTC: roundTrip(mailbox.whenChanged),
    IsValid: true,
  };
}

/** A mailbox as Get-Recipient shows it (fields of the Get-Recipient page's examples). */
export function presentRecipient(mailbox: Mailbox, world: World): ExchangeObject {
  return {
    ...presentNames(mailbox, world),
    Alias: mailbox.alias,
    PrimarySmtpAddress: mailbox.address,
    EmailAddresses: mailbox.emailAddresses,
    HiddenFromAddressListsEnabled: mailbox.hiddenFromAddressListsEnabled,
    ...Object.fromEntries(
      CUSTOM_ATTRIBUTES.map((number) => [
        `CustomAttribute${number}`,
        mailbox.customAttributes[number] ?? "",
      ]),
    ),
  };
}

/** A mailbox as Get-Mailbox shows it: the part that the lab knows. Whether the account is off is the directory's to say. */
export function presentMailbox(mailbox: Mailbox, world: World): ExchangeObject {
  const account = accountOf(mailbox, world);
  return {
    ...presentRecipient(mailbox, world),
    UserPrincipalName: account?.userPrincipalName ?? mailbox.address,
    WindowsEmailAddress: mailbox.address,
    IsShared: mailbox.recipientTypeDetails === "SharedMailbox",
    AccountDisabled: account ? !account.accountEnabled : mailbox.accountDisabled,
    MessageCopyForSMTPClientSubmissionEnabled: mailbox.messageCopyForSMTPClientSubmissionEnabled,
    RetentionPolicy: mailbox.retentionPolicy === "" ? null : mailbox.retentionPolicy,
  };
}
