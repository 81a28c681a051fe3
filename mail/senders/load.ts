import { given } from "../given.ts";
import type { Problem } from "../problem.ts";
import type { Sender } from "./sender.ts";

/** How much mail a sender sends, of what size and to whom, with what follows where the stack file leaves it out. */
export interface Load {
  /** Messages a day; undefined where nobody has said. */
  readonly messagesPerDay?: number;
  /** Recipients a day; undefined where nobody has said. */
  readonly recipientsPerDay?: number;
  /** Recipients outside the organisation a day; undefined where nobody has said. */
  readonly externalRecipientsPerDay?: number;
  /** Messages in the busiest minute; undefined where nobody has said. */
  readonly peakPerMinute?: number;
  /** Recipients of one message, at the most. */
  readonly recipientsPerMessage: number;
  /** Size of the largest message on its way, MB, attachments encoded; undefined where nobody has said. */
  readonly encodedMB?: number;
  /** Share of the recipients outside the organisation, 0 to 1. */
  readonly external: number;
  readonly purpose: NonNullable<Sender["purpose"]>;
  /** Whether a message may wait for minutes or hours. */
  readonly mayWait: boolean;
}

/** The keys of a sender that its load follows from. */
export const LOAD_KEYS: readonly (keyof Sender)[] = [
  "messagesPerDay",
  "peakPerMinute",
  "recipientsPerMessage",
  "recipientsPerDay",
  "largestMessageMB",
  "external",
  "internalRecipients",
  "purpose",
  "urgency",
];

/** Base64 makes 4 characters of 3 octets, and a line of 76 of them ends in CRLF (RFC 2045 section 6.8). */
const BASE64 = 78 / 57;

/** Size of the attachments as files, MB, of a message whose attachments are so large when encoded; rounded down to 0.1. */
export const filesIn = (encodedMB: number): number => Math.floor((encodedMB / BASE64) * 10) / 10;

/** What a sender's mail amounts to. */
export function loadOf(sender: Sender): Load {
  const { messagesPerDay, peakPerMinute, recipientsPerMessage = 1, largestMessageMB } = sender;
  const { external = 1, purpose = "transactional", urgency } = sender;
  const recipientsPerDay =
    sender.recipientsPerDayOfAll ??
    sender.recipientsPerDay ??
    (messagesPerDay && messagesPerDay * recipientsPerMessage);
  return given({
    recipientsPerMessage,
    external,
    purpose,
    mayWait: urgency === "deferrable",
    messagesPerDay,
    peakPerMinute,
    recipientsPerDay,
    encodedMB: largestMessageMB && largestMessageMB * BASE64,
    externalRecipientsPerDay: recipientsPerDay && outsideOf(recipientsPerDay, external),
  });
}

/** Recipients outside, the last one counted whole; binary fractions make 55.00000000000001 of 100 at 0.55. */
const outsideOf = (recipients: number, share: number): number =>
  Math.ceil(Number((recipients * share).toFixed(6)));

/**
 * Says which numbers of a sender can't all be true. Too few recipients a day would be the limit that Exchange stops its mailbox by.
 *
 * @param key where the sender stands, e.g. `senders[0]`
 */
export function loadProblems(key: string, sender: Sender): Problem[] {
  const { messagesPerDay, peakPerMinute, recipientsPerMessage, recipientsPerDay } = sender;
  const atMost = (name: keyof Sender, value = 0, of: keyof Sender, most = value): Problem[] =>
    value <= most
      ? []
      : [
          {
            key: `${key}.${name}`,
            value,
            rule: `is more than ${of} (${most})`,
            fix: `use ${most} or less, or set ${of} to ${value} or more`,
          },
        ];
  return [
    ...atMost("peakPerMinute", peakPerMinute, "messagesPerDay", messagesPerDay),
    ...atMost("recipientsPerMessage", recipientsPerMessage, "recipientsPerDay", recipientsPerDay),
    ...atMost("messagesPerDay", messagesPerDay, "recipientsPerDay", recipientsPerDay),
  ];
}
