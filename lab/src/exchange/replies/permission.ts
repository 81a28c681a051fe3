import { defineReply } from "../../reply.ts";
import type { Failure, Warning } from "../cmdletError.ts";

export const noSuchPrincipal = defineReply(
  "exchange.no-such-principal",
  { assumed: "type and wording, from memory" },
  (identity: string): Failure => ({
    status: 404,
    type: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
    text: `User or group "${identity}" wasn't found. Please make sure you've typed it correctly.`,
  }),
);

export const alreadyPresent = defineReply(
  "exchange.ace-already-present",
  { assumed: "that Add only warns of a right that is there already; the wording, from memory" },
  (object: string, account: string): Warning => ({
    text: `The appropriate access control entry is already present on the object "${object}" for account "${account}".`,
  }),
);

const tellAbsent = (object: string, account: string): string =>
  `Can't remove the access control entry on the object "${object}" for account "${account}" because the ACE doesn't exist on the object.`;

export const absentWarning = defineReply(
  "exchange.ace-absent-warning",
  { page: "Can't remove the access control entry (SupportArticles-docs): a warning" },
  (object: string, account: string): Warning => ({ text: tellAbsent(object, account) }),
);

export const absentRefusal = defineReply(
  "exchange.ace-absent",
  {
    page: "Remove-MailboxPermission (office-docs-powershell), BypassMasterAccountSid: an error",
    assumed: "the type",
  },
  (object: string, account: string): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Management.RecipientTasks.AceDoesNotExistException",
    text: tellAbsent(object, account),
  }),
);
