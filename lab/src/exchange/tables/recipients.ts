import * as casMailbox from "../casMailbox/cmdlets.ts";
import type { Cmdlet } from "../cmdlet.ts";
import * as mailbox from "../mailbox/cmdlets.ts";
import * as user from "../mailbox/user.ts";

/** The cmdlets of mailboxes and their users. */
export const recipientCmdlets: Record<string, Cmdlet> = {
  "New-Mailbox": mailbox.newMailbox,
  "Get-Mailbox": mailbox.getMailbox,
  "Set-Mailbox": mailbox.setMailbox,
  "Remove-Mailbox": mailbox.removeMailbox,
  "Get-Recipient": mailbox.getRecipient,
  "Get-User": user.getUser,
  "Set-User": user.setUser,
  "Get-CASMailbox": casMailbox.getCasMailbox,
  "Set-CASMailbox": casMailbox.setCasMailbox,
};
