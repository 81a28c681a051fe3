import type { ParameterType } from "../parameterType.ts";

const text: ParameterType = { is: "text" };
const flag: ParameterType = { is: "flag" };

/** Numbers of the custom attributes. */
export const CUSTOM_ATTRIBUTES = Array.from({ length: 15 }, (_, index) => String(index + 1));

/** What names a mailbox to `*-Mailbox`, and to most other cmdlets. */
export const mailboxIdentity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.MailboxIdParameter",
};

/** Parameters of New-Mailbox. */
export const newParameters: Record<string, ParameterType> = {
  Name: text,
  Shared: flag,
  Alias: text,
  DisplayName: text,
  PrimarySmtpAddress: { is: "identity", type: "Microsoft.Exchange.Data.SmtpAddress" },
  Confirm: flag,
};
/** Parameters of Get-Mailbox. */
export const getParameters: Record<string, ParameterType> = {
  Identity: mailboxIdentity,
  ResultSize: { is: "size" },
  RecipientTypeDetails: {
    is: "enums",
    type: "Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails",
    names: [
      ...["DiscoveryMailbox", "EquipmentMailbox", "GroupMailbox", "LegacyMailbox"],
      ...["LinkedMailbox", "LinkedRoomMailbox", "RoomMailbox", "SchedulingMailbox"],
      ...["SharedMailbox", "TeamMailbox", "UserMailbox"],
    ],
  },
};
/** Parameters of Set-Mailbox. */
export const setParameters: Record<string, ParameterType> = {
  Identity: mailboxIdentity,
  EmailAddresses: { is: "list" },
  AccountDisabled: flag,
  HiddenFromAddressListsEnabled: flag,
  MessageCopyForSMTPClientSubmissionEnabled: flag,
  RetentionPolicy: text,
  DisplayName: text,
  ...Object.fromEntries(CUSTOM_ATTRIBUTES.map((number) => [`CustomAttribute${number}`, text])),
  Confirm: flag,
};
/** Parameters of Remove-Mailbox. */
export const removeParameters: Record<string, ParameterType> = {
  Identity: mailboxIdentity,
  Confirm: flag,
};
