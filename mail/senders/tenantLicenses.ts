import { holdsMailboxes, isActive, type SubscribedSku } from "./license.ts";

/** A commercial subscription, as Graph's `companySubscription` tells it. */
export interface Subscription {
  readonly skuId: string;
  readonly isTrial: boolean;
  /** When it ends or is renewed, ISO 8601; null where it is not told. */
  readonly nextLifecycleDateTime: string | null;
}

/** What a tenant has for mailboxes, of which the number of its external recipients a day follows. */
export interface MailLicenses {
  /** What has Exchange Online and works. */
  readonly active: readonly SubscribedSku[];
  /** Whether there is nothing else than trials. */
  readonly isTrial: boolean;
  /** Licences that are paid for; 0 for a trial tenant. */
  readonly paid: number;
}

/**
 * Counts a tenant's licences for mailboxes.
 *
 * @param owned what it has bought or tries; undefined where the app may not read it, and then nothing is a trial
 */
export function mailLicenses(
  skus: readonly SubscribedSku[],
  owned: readonly Pick<Subscription, "isTrial" | "skuId">[] = [],
): MailLicenses {
  const active = skus.filter((sku) => holdsMailboxes(sku) && isActive(sku));
  const paid = active.filter(({ skuId }) => {
    const own = owned.filter((one) => one.skuId.toLowerCase() === skuId);
    return own.length === 0 || own.some(({ isTrial }) => !isTrial);
  });
  return {
    active,
    isTrial: active.length > 0 && paid.length === 0,
    paid: paid.reduce((sum, { units }) => sum + units.enabled, 0),
  };
}
