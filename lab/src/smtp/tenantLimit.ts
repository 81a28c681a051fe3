import { hasExchange } from "../graph/userMailbox.ts";
import type { Sourced } from "../reply.ts";
import type { World } from "../world/world.ts";
import { type SmtpReply, smtpReply } from "./reply.ts";

const DAY = 24 * 60 * 60_000;

/** "Introducing Exchange Online Tenant Outbound Email Limits" (Exchange Team blog): of a tenant that has trials alone. */
const OF_TRIALS = 5000;

/**
 * Counts what a message sends outside, unless it is more than the tenant may send in 24 hours: 500 x L^0.7 + 9,500 with L
 * licences with Exchange Online that are not trials (the same page). Expired licences are not counted (assumed).
 *
 * @returns why none of these recipients gets it (assumed: a message is not split); undefined when they do
 */
export function countOutside(
  world: World,
  recipients: number,
  now: Date,
): Sourced<SmtpReply> | undefined {
  const { submission, tenant } = world;
  if (recipients === 0) return undefined;
  const { outside = [] } = submission;
  const recent = outside.filter(({ at }) => Date.parse(at) > now.getTime() - DAY);
  const licenses = tenant.skus
    .filter(({ skuId, isTrial }) => !isTrial && hasExchange(skuId, world))
    .reduce((sum, { enabled }) => sum + enabled, 0);
  const limit = licenses === 0 ? OF_TRIALS : Math.round(500 * licenses ** 0.7 + 9500);
  const before = recent.reduce((sum, one) => sum + one.recipients, 0);
  if (before + recipients > limit) {
    return smtpReply(
      licenses === 0 ? "queue.trial-recipient-limit" : "queue.tenant-recipient-limit",
    );
  }
  submission.outside = [...recent, { at: now.toISOString(), recipients }];
  return undefined;
}
