import type { OutboundPolicy } from "../../world/recipients.ts";
import type { ClientSubmission, SentMessage } from "../../world/submission.ts";
import type { World } from "../../world/world.ts";
import { DAY, HOUR, MAX_PER_DAY, recent } from "./limits.ts";
import { type BounceReason, badOutboundSender, dailyLimit } from "./replies.ts";

type Message = Omit<SentMessage, "at">;

/**
 * Whether a message that was taken in leaves: a mailbox that is restricted, or that its outbound policy restricts
 * for this message, gets it back ("Outbound spam protection", Learn). A policy that only alerts changes nothing.
 *
 * @returns why it bounces; undefined when it leaves
 */
export function judgeOutbound(world: World, message: Message, now: Date): BounceReason | undefined {
  const { submission } = world;
  submission.restricted = submission.restricted.filter(
    ({ until }) => until === null || Date.parse(until) > now.getTime(),
  );
  if (submission.restricted.some(({ mailbox }) => mailbox === message.mailbox)) {
    return badOutboundSender();
  }
  const policy = policyOf(world, message.mailbox);
  const action = policy?.actionWhenThresholdReached;
  if (policy && action !== "Alert" && exceeds(policy, submission, message, now)) {
    const until = action === "BlockUser" ? null : nextDay(now);
    submission.restricted.push({ mailbox: message.mailbox, until });
    return badOutboundSender();
  }
  return total(submission, message, DAY, now, ["internal", "external"]) > MAX_PER_DAY
    ? dailyLimit()
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
  message: Message,
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
  message: Message,
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
