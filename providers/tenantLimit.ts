import { mailLicenses } from "../mail/senders/tenantLicenses.ts";
import { tenantNotice } from "../mail/senders/usageText.ts";
import { readSubscriptions } from "../tenant/subscriptions.ts";
import type { Tenants } from "./host/tenants.ts";
import type { Surveyed } from "./surveyInputs.ts";

/**
 * Says in a preview that all senders together come near the number of external recipients that the tenant's licences allow in a
 * day. It refuses nothing: the numbers of a stack file are estimates, and others of the tenant send too.
 *
 * An app that may not see which subscriptions are trials takes all of them for paid ones; doctor says so.
 */
export async function tellTenantLimit(tenants: Tenants, stack: Surveyed): Promise<void> {
  const { externalRecipientsPerDay } = stack;
  if (externalRecipientsPerDay === undefined) return;
  const { skus, owned } = await readSubscriptions(await tenants.graph(stack));
  const { active, paid } = mailLicenses(skus, owned);
  const notice = active.length === 0 ? undefined : tenantNotice(externalRecipientsPerDay, paid);
  if (notice !== undefined) console.log(notice);
}
