// Whether the tenant's subscriptions let it relay, and how much.

import { isoDay } from "../../days.ts";
import { number } from "../../numberText.ts";
import { shareOf, TELL_FROM, tenantUsage } from "../../senders/headroom.ts";
import { mayNotRelay, type SubscribedSku } from "../../senders/license.ts";
import { mailLicenses, type Subscription } from "../../senders/tenantLicenses.ts";
import { enoughText, usageText } from "../../senders/usageText.ts";
import type { Finding } from "../finding.ts";

/**
 * Whether the tenant can relay at all, as a trial or as one that is paid for, and whether its limit is enough.
 *
 * @param owned undefined where the app may not read it
 * @param needed what the senders send to other organisations, in recipients a day
 */
export function judgeRelaying(
  tenantId: string,
  skus: readonly SubscribedSku[],
  owned: readonly Subscription[] | undefined,
  needed: number,
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
  const { active, isTrial, paid } = mailLicenses(skus, owned);
  const names = active.map(({ skuPartNumber }) => skuPartNumber).join(", ");
  const usage = tenantUsage(needed, paid);
  const { limit, value } = usage;
  if (isTrial) {
    const ends = (owned ?? [])
      .filter(({ isTrial }) => isTrial)
      .flatMap(({ nextLifecycleDateTime }) => nextLifecycleDateTime ?? []);
    const [last] = ends.sort().reverse();
    const until = last === undefined ? "" : `, until ${isoDay(new Date(last))}`;
    return [
      {
        severity: "warning",
        what: `the tenant has only trials of Exchange Online (${names}${until})`,
        why: `it may send to ${number(value)} external recipients a day (above that: 550 5.7.232), and the senders send to ${number(needed)}; mail of a new tenant may come back in a non-delivery report with 550 5.7.708, and no mail is sent after the trial`,
        fix: "buy a subscription (Exchange Online Plan 1 is enough), or use another tenant",
        resource,
      },
    ];
  }
  if (shareOf(usage) >= TELL_FROM) {
    return [
      {
        severity: "warning",
        what: `the senders together use ${usageText(usage)}, of a tenant with ${number(paid)} paid licences for mailboxes`,
        why: `above that ${limit.above}${enoughText(usage)}`,
        fix: "buy more licences, send bulk mail through a service for bulk mail, or give external of senders whose recipients are inside",
        resource,
      },
    ];
  }
  return [
    {
      severity: "ok",
      what: `the tenant has Exchange Online (${names})${owned === undefined ? "" : ` and may send to ${number(value)} external recipients a day`}`,
    },
  ];
}
