import { formatSize, sizeOf } from "../../world/mailboxSize.ts";
import { type Cmdlet, give } from "../cmdlet.ts";
import { findOne } from "../directory.ts";
import { identityType } from "../parameters.ts";
import { mailboxes } from "./mailbox.ts";

/** Get-MailboxStatistics of one mailbox. */
const getMailboxStatistics: Cmdlet = {
  reads: true,
  parameters: { Identity: identityType("GeneralMailboxOrMailUserIdParameter") },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const mailbox = findOne(mailboxes, bound.text("Identity") ?? "", world);
    return give({
      DisplayName: mailbox.displayName,
      MailboxGuid: mailbox.guid,
      ItemCount: mailbox.messages.length + mailbox.sentItems.length,
      TotalItemSize: formatSize(sizeOf(mailbox)),
      DeletedItemCount: 0,
      TotalDeletedItemSize: formatSize(0),
    });
  },
};

export const mailboxStatisticsCmdlets = { "Get-MailboxStatistics": getMailboxStatistics };
