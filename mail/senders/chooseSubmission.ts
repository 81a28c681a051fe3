import { type AppChoice, chooseApp } from "./chooseApp.ts";
import { type ConnectorChoice, chooseConnector } from "./chooseConnector.ts";
import { chooseMailbox, type MailboxChoice } from "./chooseMailbox.ts";
import type { Sender } from "./sender.ts";

/** What the senders of a relay need in the tenant. */
export interface Submission {
  readonly mailboxes: readonly MailboxChoice[];
  readonly apps: readonly AppChoice[];
  readonly connectors: readonly ConnectorChoice[];
}

/**
 * Chooses the submission method of each sender: client submission as a mailbox of its own where it can do OAuth, as
 * that names the sender and can be taken from it alone; a connector otherwise.
 *
 * @param senders that config has checked: what they say they can do, they have what it takes for
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365
 */
export function chooseSubmission(senders: readonly Sender[]): Submission {
  const submitting = senders.filter(submits);
  return {
    mailboxes: submitting.map(chooseMailbox),
    apps: submitting.map(chooseApp),
    connectors: senders.filter((sender) => !submits(sender)).map(chooseConnector),
  };
}

/** Whether a sender signs in on port 587. */
export const submits = ({ authentication }: Sender): boolean => authentication.includes("oauth");
