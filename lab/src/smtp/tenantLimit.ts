import { hasExchange } from "../graph/userMailbox.ts";
import type { Sourced } from "../reply.ts";
import type { SentOutside } from "../world/mail.ts";
import type { World } from "../world/world.ts";
import { domainOf } from "./message.ts";
import { type SmtpReply, smtpReply } from "./reply.ts";

const DAY = 24 * 60 * 60_000;

/** "Introducing Exchange Online Tenant Outbound Email Limits" (Exchange Team blog): of a tenant that has trials alone. */
const OF_TRIALS = 5000;

/** "Limiting Onmicrosoft Domain Usage for Sending Emails" (Exchange Team blog): of what leaves from its domain of onmicrosoft.com. */
const OF_ONMICROSOFT = 100;

/**
 * Counts what a message sends outside, unless it is more than the tenant may send in 24 hours: 500 x L^0.7 + 9,500 with L
 * licences with Exchange Online that are not trials (the same page). Expired licences are not counted (assumed).
 *
 * @param recipients those outside that no mail flow rule keeps it from (assumed: what a rule refuses is not counted)
 * @returns why none of these recipients gets it (assumed: a message is not split); undefined when they do
 */
export function countOutside(
  world: World,
  { sender, recipients }: { sender: string; recipients: number },
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
  const total = (list: SentOutside[]) =>
    list.reduce((sum, one) => sum + one.recipients, recipients);
  const fromOnMicrosoft = domainOf(sender).endsWith("onmicrosoft.com");
  if (fromOnMicrosoft && total(recent.filter((one) => one.fromOnMicrosoft)) > OF_ONMICROSOFT) {
    return smtpReply("queue.onmicrosoft-limit");
  }
  if (total(recent) > limit) {
    return smtpReply(
      licenses === 0 ? "queue.trial-recipient-limit" : "queue.tenant-recipient-limit",
    );
  }
  const counted = {
    at: now.toISOString(),
    recipients,
    ...(fromOnMicrosoft && { fromOnMicrosoft }),
  };
  submission.outside = [...recent, counted];
  return undefined;
}
