import { daysUntil, isoDay } from "../../days.ts";
import { command } from "../../powershell.ts";
import type { Finding } from "../finding.ts";
import { REPAIR } from "./fixes.ts";

/** The mailbox of a sender that signs in. */
export interface SenderMailbox {
  readonly sender: string;
  readonly address: string;
  /** Whether it belongs to somebody else. */
  readonly isAdopted: boolean;
  /** Whether its user signs in with a password. */
  readonly hasPassword: boolean;
  /** As Exchange shows it; undefined where it returns none. */
  readonly seen: SeenMailbox | undefined;
}

export interface SeenMailbox {
  /** `1.5 GB (1,610,612,736 bytes)`, of what is in it. */
  readonly size: string;
  /** The same of what it may hold before it sends no more, or `Unlimited`. */
  readonly sendQuota: string;
  /** ISO 8601; empty where Exchange does not say. */
  readonly createdAt: string;
  readonly copiesSent: boolean;
  readonly accountDisabled: boolean;
  /** Empty for none. */
  readonly forwardsTo: string;
  readonly isHeld: boolean;
}

/** Share of what a mailbox may hold from which somebody should look at it. */
const FILLING = 0.8;
/** Days before a mailbox is full, at the rate since it was made, from which the same holds. */
const SOON = 90;
/** A younger mailbox shows no rate. */
const YOUNGEST = 7;

/**
 * Judges a sender's mailbox. A full one sends nothing.
 *
 * @see https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox
 */
export function judgeMailbox(
  { sender, address, isAdopted, hasPassword, seen }: SenderMailbox,
  now: Date,
): Finding[] {
  const resource = `mailbox ${address}`;
  if (seen === undefined) {
    return [
      {
        severity: "error",
        what: `Exchange has no mailbox ${address}`,
        why: "the sender can't sign in, or its mail is refused",
        fix: isAdopted
          ? "create the mailbox again, or put the address of another one first into the sender's from"
          : REPAIR,
        resource,
      },
    ];
  }
  const warning = (what: string, why: string, fix: string): Finding => ({
    ...{ severity: "warning", what, why, fix, resource },
  });
  const { copiesSent, accountDisabled, forwardsTo, isHeld } = seen;
  const ofOurs = isAdopted
    ? []
    : [
        ...(copiesSent
          ? [
              warning(
                `${address} keeps a copy of each message that it sends`,
                "the copies fill it, and a full mailbox sends nothing",
                REPAIR,
              ),
            ]
          : []),
        ...(!(accountDisabled || hasPassword)
          ? [
              warning(
                `the account of ${address} is enabled`,
                "a shared mailbox needs no sign-in of its own, and whoever gets a password for it can use it",
                REPAIR,
              ),
            ]
          : []),
        ...(isHeld
          ? [
              warning(
                `${address} is on litigation hold`,
                "Exchange deletes nothing from it, so it fills",
                `if this is not intended, run ${command("Set-Mailbox", { Identity: address, LitigationHoldEnabled: false })}`,
              ),
            ]
          : []),
      ];
  const disabled: Finding[] =
    hasPassword && accountDisabled
      ? [
          {
            severity: "error",
            what: `the account of ${address} is disabled`,
            why: "Exchange refuses its password with 535 5.7.139",
            fix: `run npm run start -- --stack NAME --sender ${sender} if the sender was stopped; else unblock its sign-in in the Microsoft 365 admin centre, Users > Active users, or ${REPAIR}`,
            resource,
          },
        ]
      : [];
  const forwarding =
    forwardsTo === ""
      ? []
      : [
          warning(
            `${address} forwards its mail to ${forwardsTo}`,
            "non-delivery reports go there, and what is forwarded outside may be refused (5.7.520)",
            `if this is not intended, run ${command("Set-Mailbox", { Identity: address, ForwardingSmtpAddress: null, ForwardingAddress: null })}`,
          ),
        ];
  return [judgeSize(address, seen, isAdopted, now), ...disabled, ...ofOurs, ...forwarding];
}

function judgeSize(
  address: string,
  { size, sendQuota, createdAt }: SeenMailbox,
  isAdopted: boolean,
  now: Date,
): Finding {
  const resource = `mailbox ${address}`;
  const used = bytesIn(size);
  const quota = sendQuota === "Unlimited" ? Number.POSITIVE_INFINITY : bytesIn(sendQuota);
  if (used === undefined || quota === undefined) {
    return {
      severity: "unknown",
      what: `it is not known how full ${address} is: TotalItemSize is "${size}", ProhibitSendQuota is "${sendQuota}"`,
      why: "a full mailbox sends nothing",
      fix: "look at its size in the Exchange admin centre, Recipients > Mailboxes",
      resource,
    };
  }
  const held = `${address} holds ${size.replace(/ \(.*/, "")} of ${sendQuota.replace(/ \(.*/, "")}`;
  const full = fullAt(used, quota, new Date(createdAt), now);
  const isSoon = full !== undefined && daysUntil(full, now) < SOON;
  if (used < FILLING * quota && !isSoon) return { severity: "ok", what: held };
  const empty = "empty it, Sent Items and Inbox first";
  const fix = isAdopted
    ? `${empty}; to keep no more copies of what is sent, run ${command("Set-Mailbox", { Identity: address, MessageCopyForSMTPClientSubmissionEnabled: false })}`
    : `${empty}; nobody reads it, so find out who sends to it`;
  if (used < quota) {
    const why = "when it is full, Exchange refuses its mail with 554 5.2.2 mailbox full";
    const when = isSoon ? `, and is full about ${isoDay(full)} at its present growth` : "";
    return { severity: "warning", what: `${held}${when}`, why, fix, resource };
  }
  return {
    severity: "error",
    what: `${held}: it is full`,
    why: "Exchange refuses its mail with 554 5.2.2 mailbox full, and blocks it for a while after too many such errors (5.2.251)",
    fix,
    resource,
  };
}

/** When a mailbox is full if it grows as it has since it was made; undefined where that does not show. */
function fullAt(used: number, quota: number, created: Date, now: Date): Date | undefined {
  const age = now.getTime() - created.getTime();
  if (!(daysUntil(now, created) >= YOUNGEST) || used === 0 || quota === Number.POSITIVE_INFINITY) {
    return undefined;
  }
  return new Date(now.getTime() + (age * (quota - used)) / used);
}

/** The bytes of a size as Exchange shows it; undefined where it shows none. */
function bytesIn(size: string): number | undefined {
  const [, digits] = /\(([\d,.\s]+) bytes\)/.exec(size) ?? [];
  return digits === undefined ? undefined : Number(digits.replace(/\D/g, ""));
}
