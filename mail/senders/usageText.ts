// What senders use of Microsoft's limits, in words.

import { counted, number } from "../numberText.ts";
import { shareOf, TELL_FROM, tenantUsage, type Usage, usageOf } from "./headroom.ts";
import { licensesFor } from "./limits.ts";
import type { Sender } from "./sender.ts";

/** Says what takes so much of a limit that its administrator should know, a sentence each. */
export const headroomNotices = (senders: readonly Sender[]): string[] =>
  senders.flatMap((sender) =>
    usageOf(sender)
      .filter((usage) => shareOf(usage) >= TELL_FROM)
      .map(
        (usage) => `sender "${sender.name}" uses ${describeUsage(usage, aboveText(usage.limit))}`,
      ),
  );

/** Says the same of what all senders send to other organisations; see `tenantUsage`. */
export function tenantNotice(externalRecipients: number, licenses: number): string | undefined {
  const usage = tenantUsage(externalRecipients, licenses);
  if (shareOf(usage) < TELL_FROM) return undefined;
  return `all senders together use ${describeUsage(usage, usage.limit.above)}, ${tenantWith(licenses)}${enoughText(usage)}`;
}

/** How many licences would be enough, where what there is is not. */
export function enoughText(usage: Usage): string {
  if (shareOf(usage) <= 1) return "";
  const enough = licensesFor(usage.peak);
  return `; ${counted(enough, "paid licence")} would be enough`;
}

const tenantWith = (licenses: number): string =>
  licenses === 0
    ? "in a tenant with trials alone"
    : `in a tenant with ${counted(licenses, "paid licence")}`;

/** What all senders use of the tenant's limit, which tenant that is, and what happens above it where they come near. */
export function tenantText({
  tenant,
  paidLicenses,
}: {
  readonly tenant: Usage;
  readonly paidLicenses?: number;
}): string {
  const assumed =
    paidLicenses === undefined
      ? " (assumed; --licenses N or --tenant gives the limit of yours)"
      : "";
  const above = shareOf(tenant) < TELL_FROM ? "" : `; above that ${tenant.limit.above}`;
  return `${usageText(tenant)}, ${tenantWith(paidLicenses ?? 1)}${assumed}${above}${enoughText(tenant)}`;
}

/** `27 of 30 messages a minute (90 %); above that … (https://…, read on 2026-11-29)`. */
const describeUsage = (usage: Usage, above: string): string =>
  `${usageText(usage)}; above that ${above} (${usage.limit.source}, read on ${usage.limit.read})`;

/** What happens above a limit, and what raises it. */
export const aboveText = ({ above, note }: Usage["limit"]): string =>
  [above, ...(note === undefined ? [] : [note])].join("; ");

/** `27 of 30 messages a minute (90 %), 2.8 on average`. */
export function usageText(usage: Usage): string {
  const { limit, value, peak, average } = usage;
  const usual =
    average === undefined || average === peak
      ? ""
      : `, ${average < 0.1 ? "less than 0.1" : number(average)} on average`;
  return `${number(peak)} of ${number(value)} ${limit.counts} (${shareText(shareOf(usage))})${usual}`;
}

/** `97 %`; what is not quite all of a limit, or a little more, is not shown as all of it, nor a little as nothing. */
function shareText(share: number): string {
  const percent = Math.round(share * 100);
  if (percent === 0 && share > 0) return "less than 1 %";
  const about = percent !== 100 || share === 1 ? "" : share > 1 ? "over " : "almost ";
  return `${about}${number(percent)} %`;
}

/** From this share of a limit on, a table shows what is used of it. */
const SHOW_FROM = 0.01;

/** What a table shows of a sender's use, the most used limit first. */
export const shownUsage = ({ usage }: { readonly usage: readonly Usage[] }): string[] =>
  usage
    .filter((one) => shareOf(one) >= SHOW_FROM)
    .toSorted((one, other) => shareOf(other) - shareOf(one))
    .map(usageText);
