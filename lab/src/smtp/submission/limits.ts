import type { Sourced } from "../../reply.ts";
import type { ClientSubmission, SentMessage, SubmissionError } from "../../world/mail.ts";
import type { OutboundPolicy } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { type SmtpReply, smtpReply } from "../reply.ts";

/**
 * Sessions of one mailbox, messages a minute, recipients in 24 hours ("Exchange Online limits", "How to set up a
 * multifunction device or application to send email", Learn).
 */
export const MAX_SESSIONS = 3;
const MAX_PER_MINUTE = 30;
const MAX_PER_DAY = 10_000;
/** Recipients of one message: a mailbox's RecipientLimits as New-Mailbox sets it. */
export const MAX_RECIPIENTS = 500;
/** Assumed: no page has the number of errors, nor the time. */
const MAX_ERRORS = 10;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How a message counts. */
type Counted = Omit<SentMessage, "at">;

interface Dated {
  mailbox: string;
  at: string;
}

/** What one mailbox has in a list, of the last `span` milliseconds. */
function recent<T extends Dated>(list: T[], mailbox: string, span: number, now: Date): T[] {
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
export function countSent(submission: ClientSubmission, message: Counted, now: Date): void {
  submission.sent = submission.sent.filter((one) => isRecent(one, DAY, now));
  submission.sent.push({ ...message, at: now.toISOString() });
}

/**
 * Whether a message that was taken in leaves: a mailbox that is restricted, or that its outbound policy restricts
 * for this message, gets it back ("Outbound spam protection", Learn). A policy that only alerts changes nothing.
 *
 * @returns why it bounces; undefined when it leaves
 */
export function judgeOutbound(
  world: World,
  message: Counted,
  now: Date,
): Sourced<SmtpReply> | undefined {
  const { submission } = world;
  submission.restricted = submission.restricted.filter(
    ({ until }) => until === null || Date.parse(until) > now.getTime(),
  );
  if (submission.restricted.some(({ mailbox }) => mailbox === message.mailbox)) {
    return smtpReply("submission.bad-outbound-sender");
  }
  const policy = policyOf(world, message.mailbox);
  const action = policy?.actionWhenThresholdReached;
  if (policy && action !== "Alert" && exceeds(policy, submission, message, now)) {
    const until = action === "BlockUser" ? null : nextDay(now);
    submission.restricted.push({ mailbox: message.mailbox, until });
    return smtpReply("submission.bad-outbound-sender");
  }
  return total(submission, message, DAY, now, ["internal", "external"]) > MAX_PER_DAY
    ? smtpReply("submission.daily-limit")
    : undefined;
}

/** The policy whose enabled rule names the mailbox, the first by priority, else the default one. */
function policyOf({ outboundPolicies }: World, mailbox: string): OutboundPolicy | undefined {
  const [named] = outboundPolicies
    .flatMap((policy) => (policy.rule?.enabled ? [{ policy, rule: policy.rule }] : []))
    .filter(({ rule }) => rule.from.some((address) => address.toLowerCase() === mailbox))
    .toSorted((a, b) => a.rule.priority - b.rule.priority);
  return named?.policy ?? outboundPolicies.find(({ isDefault }) => isDefault);
}

/** Whether the message crosses one of the policy's limits; 0 is none beyond the service's own. */
function exceeds(
  policy: OutboundPolicy,
  submission: ClientSubmission,
  message: Counted,
  now: Date,
): boolean {
  const limits: [number, number, ("internal" | "external")[]][] = [
    [policy.recipientLimitExternalPerHour, HOUR, ["external"]],
    [policy.recipientLimitInternalPerHour, HOUR, ["internal"]],
    [policy.recipientLimitPerDay, DAY, ["internal", "external"]],
  ];
  return limits.some(
    ([limit, span, sides]) => limit > 0 && total(submission, message, span, now, sides) > limit,
  );
}

/** Recipients of a span of time, this message's among them. */
function total(
  { sent }: ClientSubmission,
  message: Counted,
  span: number,
  now: Date,
  sides: ("internal" | "external")[],
): number {
  const messages = [...recent(sent, message.mailbox, span, now), message];
  return messages.reduce(
    (sum, one) => sum + sides.reduce((count, side) => count + one[side], 0),
    0,
  );
}

/** Midnight, UTC. */
function nextDay(now: Date): string {
  return new Date((Math.floor(now.getTime() / DAY) + 1) * DAY).toISOString();
}
