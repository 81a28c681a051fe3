import type { ClientSubmission, SentMessage, SubmissionError } from "../../world/submission.ts";

/**
 * Sessions of one mailbox, messages a minute, recipients in 24 hours ("Exchange Online limits", "How to set up a
 * multifunction device or application to send email", Learn).
 */
export const MAX_SESSIONS = 3;
const MAX_PER_MINUTE = 30;
export const MAX_PER_DAY = 10_000;
/** Recipients of one message: a mailbox's RecipientLimits as New-Mailbox sets it. */
export const MAX_RECIPIENTS = 500;
/** Assumed: no page has the number of errors, nor the time. */
const MAX_ERRORS = 10;

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

interface Dated {
  mailbox: string;
  at: string;
}

/** What one mailbox has in a list, of the last `span` milliseconds. */
export function recent<T extends Dated>(list: T[], mailbox: string, span: number, now: Date): T[] {
  return list.filter((one) => one.mailbox === mailbox && isRecent(one, span, now));
}

function isRecent({ at }: Dated, span: number, now: Date): boolean {
  return Date.parse(at) > now.getTime() - span;
}

/** Whether a mailbox has sent as many messages as it may in a minute. */
export function isTooFast({ sent }: ClientSubmission, mailbox: string, now: Date): boolean {
  return recent(sent, mailbox, MINUTE, now).length >= MAX_PER_MINUTE;
}

/** What a mailbox is throttled for; undefined when it is not. */
export function throttledFor(
  { errors }: ClientSubmission,
  mailbox: string,
  now: Date,
): SubmissionError["kind"] | undefined {
  const kinds = recent(errors, mailbox, HOUR, now).map(({ kind }) => kind);
  return kinds.find((kind) => kinds.filter((one) => one === kind).length >= MAX_ERRORS);
}

/** Counts a refusal, and forgets what no limit looks at any more. */
export function countError(
  submission: ClientSubmission,
  mailbox: string,
  kind: SubmissionError["kind"],
  now: Date,
): void {
  submission.errors = submission.errors.filter((one) => isRecent(one, HOUR, now));
  submission.errors.push({ mailbox, at: now.toISOString(), kind });
}

/** Counts a message that was taken in, and forgets what no limit looks at any more. */
export function countSent(
  submission: ClientSubmission,
  message: Omit<SentMessage, "at">,
  now: Date,
): void {
  submission.sent = submission.sent.filter((one) => isRecent(one, DAY, now));
  submission.sent.push({ ...message, at: now.toISOString() });
}
