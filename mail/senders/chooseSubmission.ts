import { type ConnectorChoice, chooseConnector } from "./chooseConnector.ts";
import { type CredentialChoice, chooseCredential } from "./chooseCredential.ts";
import { chooseMailbox, type MailboxChoice } from "./chooseMailbox.ts";
import type { Sender } from "./sender.ts";

/** What the senders of a relay need in the tenant. */
export interface Submission {
  readonly submitters: readonly SubmitterChoice[];
  readonly connectors: readonly ConnectorChoice[];
}

/** A sender that signs in: the mailbox that it submits mail as, and what it proves itself with. */
export interface SubmitterChoice extends CredentialChoice {
  readonly sender: string;
  readonly mailbox: MailboxChoice;
}

/**
 * Chooses the submission method of each sender: client submission as a mailbox of its own where it can do OAuth, as
 * that names the sender and can be taken from it alone; a connector otherwise; a password where it can do nothing else.
 *
 * @param senders that config has checked: what they say they can do, they have what it takes for
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365
 */
export function chooseSubmission(senders: readonly Sender[]): Submission {
  return {
    submitters: senders.filter(submits).map((sender) => ({
      sender: sender.name,
      mailbox: chooseMailbox(sender),
      ...chooseCredential(sender),
    })),
    connectors: senders.filter((sender) => !submits(sender)).map(chooseConnector),
  };
}

/** Whether a sender signs in on port 587. */
export const submits = ({ authentication: can }: Sender): boolean =>
  can.includes("oauth") || !(can.includes("certificate") || can.includes("staticIp"));
