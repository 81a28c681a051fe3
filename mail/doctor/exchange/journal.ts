import { command } from "../../powershell.ts";
import type { Finding } from "../finding.ts";

/** A journal rule. */
export interface JournalRule {
  readonly name: string;
  readonly enabled: boolean;
  /** Whose messages; empty for everybody's. */
  readonly recipient: string;
  readonly journalEmailAddress: string;
}

/**
 * Judges journaling of the senders' mail.
 *
 * @param ndrTo JournalingReportNdrTo of the organisation; undefined where Exchange does not show it
 * @param mailboxes of the senders that sign in
 * @see https://learn.microsoft.com/exchange/security-and-compliance/journaling/journaling
 */
export function judgeJournal(
  rules: readonly JournalRule[],
  ndrTo: string | undefined,
  mailboxes: readonly string[],
): Finding[] {
  const acting = rules.filter(
    ({ enabled, recipient }) =>
      enabled && (recipient === "" || mailboxes.includes(recipient.toLowerCase())),
  );
  const resource = "JournalingReportNdrTo";
  if (ndrTo !== undefined && mailboxes.includes(ndrTo.toLowerCase())) {
    return [
      {
        severity: "warning",
        what: `JournalingReportNdrTo is ${ndrTo}, the mailbox of a sender`,
        why: "Exchange does not journal the messages of this mailbox, and the non-delivery reports of journaling fill it",
        fix: `run ${command("Set-TransportConfig", { JournalingReportNdrTo: "journal-ndr@fabrikam.com" })}, with the address of a mailbox that is used for nothing else`,
        resource,
      },
    ];
  }
  if (acting.length === 0)
    return [{ severity: "ok", what: "no journal rule is about the senders" }];
  const which = acting
    .map(({ name, journalEmailAddress }) => `"${name}" to ${journalEmailAddress}`)
    .join(", ");
  if (ndrTo === undefined || ndrTo === "" || ndrTo === "<>") {
    return [
      {
        severity: ndrTo === undefined ? "unknown" : "warning",
        what: `the senders' mail is journaled (${which}), and JournalingReportNdrTo is ${ndrTo === undefined ? "not shown" : "empty"}`,
        why: "when the journal's mailbox can't be reached, messages may be held back, and nobody is told",
        fix: `run ${command("Set-TransportConfig", { JournalingReportNdrTo: "journal-ndr@fabrikam.com" })}, with the address of a mailbox that somebody reads`,
        resource,
      },
    ];
  }
  return [{ severity: "ok", what: `the senders' mail is journaled: ${which}` }];
}
