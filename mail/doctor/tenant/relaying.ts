// Whether the tenant's subscriptions let it relay, and how much.
import {
  holdsMailboxes,
  isActive,
  mayNotRelay,
  type SubscribedSku,
} from "../../senders/license.ts";
import type { Sender } from "../../senders/sender.ts";
import { isoDay } from "../days.ts";
import type { Finding } from "../finding.ts";

/** A commercial subscription, as Graph's `companySubscription` tells it. */
export interface Subscription {
  readonly skuId: string;
  readonly isTrial: boolean;
  /** When it ends or is renewed, ISO 8601; null where it is not told. */
  readonly nextLifecycleDateTime: string | null;
}

/** External recipients in 24 hours that a trial tenant may send to. */
const TRIAL_LIMIT = 5000;

/**
 * External recipients in 24 hours that a tenant may send to by all its mailboxes and connectors (TERRL).
 *
 * @param licenses for mailboxes, that are paid for
 * @see https://techcommunity.microsoft.com/blog/exchange/introducing-exchange-online-tenant-outbound-email-limits/4372797
 */
export const tenantLimit = (licenses: number): number => Math.round(500 * licenses ** 0.7 + 9500);

/**
 * Whether the tenant can relay at all, as a trial or as one that is paid for, and whether its limit is enough.
 *
 * @param owned undefined where the app may not read it
 */
export function judgeRelaying(
  tenantId: string,
  skus: readonly SubscribedSku[],
  owned: readonly Subscription[] | undefined,
  senders: readonly Pick<Sender, "name" | "recipientsPerDay">[],
): Finding[] {
  const resource = `tenant ${tenantId}`;
  const problem = mayNotRelay("tenantId", tenantId, skus);
  if (problem !== undefined) {
    return [
      {
        severity: "error",
        what: `the tenant ${problem.rule}`,
        why: "no connector can be created, or mail through it is refused",
        fix: problem.fix,
        resource,
      },
    ];
  }
  const active = skus.filter((sku) => holdsMailboxes(sku) && isActive(sku));
  const names = active.map(({ skuPartNumber }) => skuPartNumber).join(", ");
  const trials = active.filter(({ skuId }) => {
    const own = (owned ?? []).filter((one) => one.skuId.toLowerCase() === skuId);
    return own.length > 0 && own.every(({ isTrial }) => isTrial);
  });
  if (trials.length === active.length) {
    const ends = (owned ?? [])
      .filter(({ isTrial }) => isTrial)
      .flatMap(({ nextLifecycleDateTime }) => nextLifecycleDateTime ?? []);
    const [last] = ends.sort().reverse();
    const until = last === undefined ? "" : `, until ${isoDay(new Date(last))}`;
    return [
      {
        severity: "warning",
        what: `the tenant has only trials of Exchange Online (${names}${until})`,
        why: `it may send to ${TRIAL_LIMIT} external recipients a day (above that: 550 5.7.232), mail of a new tenant may come back in a non-delivery report with 550 5.7.708, and no mail is sent after the trial`,
        fix: "buy a subscription (Exchange Online Plan 1 is enough), or use another tenant",
        resource,
      },
    ];
  }
  const paid = active.filter((sku) => !trials.includes(sku));
  const licenses = paid.reduce((sum, { units }) => sum + units.enabled, 0);
  const limit = tenantLimit(licenses);
  const needed = senders.reduce((sum, { recipientsPerDay = 0 }) => sum + recipientsPerDay, 0);
  if (needed > limit) {
    return [
      {
        severity: "warning",
        what: `the senders' recipientsPerDay are ${needed} together, and a tenant with ${licenses} paid licences for mailboxes sends to ${limit} external recipients a day`,
        why: "above that, mail to external recipients comes back in a non-delivery report with 550 5.7.233",
        fix: "buy more licences, send bulk mail through a service for bulk mail, or lower recipientsPerDay of senders that send to fewer external recipients",
        resource,
      },
    ];
  }
  return [
    {
      severity: "ok",
      what: `the tenant has Exchange Online (${names})${owned === undefined ? "" : ` and may send to ${limit} external recipients a day`}`,
    },
  ];
}
