import type { Problem } from "../problem.ts";

/** What a tenant has bought, as Graph's `subscribedSku` tells it, cut to what decides here. */
export interface SubscribedSku {
  /** e.g. `O365_BUSINESS_PREMIUM`. */
  readonly skuPartNumber: string;
  /** `Enabled`, `Warning`, `Suspended`, `Deleted` or `LockedOut`. */
  readonly capabilityStatus: string;
  /** Names of the service plans in it, e.g. `EXCHANGE_S_STANDARD`. */
  readonly servicePlans: readonly string[];
}

/**
 * Plans of Exchange Online without a mailbox, with their `_GOV` and add-on variants: the foundation comes with almost
 * everything, an archive belongs to a mailbox that another plan provides.
 *
 * @see https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
 */
const WITHOUT_MAILBOX = /^EXCHANGE_S_(FOUNDATION|ARCHIVE)/;

/** Whether a SKU has a plan that provides a mailbox. */
export const holdsMailboxes = ({ servicePlans }: SubscribedSku): boolean =>
  servicePlans.some((plan) => plan.startsWith("EXCHANGE_S_") && !WITHOUT_MAILBOX.test(plan));

/**
 * Says that this tenant can't have an inbound connector that relays: no subscription with Exchange Online, or
 * none but Microsoft 365 E5 Developer, for which Exchange refuses `New-InboundConnector`.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector (Description)
 */
export function mayNotRelay(
  key: string,
  tenantId: string,
  subscriptions: readonly SubscribedSku[],
): Problem | undefined {
  const active = subscriptions.filter(
    (sku) => holdsMailboxes(sku) && ["Enabled", "Warning"].includes(sku.capabilityStatus),
  );
  if (active.length === 0) {
    return {
      key,
      value: tenantId,
      rule: "has no active subscription with Exchange Online, so it can't relay mail",
      fix: "buy one (Exchange Online Plan 1 is enough), or use another tenant",
    };
  }
  if (active.every((sku) => sku.skuPartNumber.startsWith("DEVELOPERPACK"))) {
    return {
      key,
      value: tenantId,
      rule: "has only a Microsoft 365 E5 Developer subscription, for which Exchange creates no inbound connectors",
      fix: "use a tenant with a paid subscription; Microsoft's support does not lift this restriction",
    };
  }
  return undefined;
}

/** A SKU's part number, e.g. `EXCHANGESTANDARD`. */
export const PART_NUMBER = /^[\w()+.-]{1,100}$/;

/** Says that a value cannot be the part number of a SKU. */
export function partNumberProblem(key: string, value: string): Problem | undefined {
  if (PART_NUMBER.test(value)) return undefined;
  const fix = 'use the skuPartNumber that Graph shows, e.g. "EXCHANGESTANDARD"';
  return { key, value, rule: "is not the part number of a SKU", fix };
}

/** The subscription of this part number, in any letter case. */
export function findSku<T extends SubscribedSku>(
  subscriptions: readonly T[],
  sku: string,
): T | undefined {
  const wanted = sku.trim().toLowerCase();
  return subscriptions.find(({ skuPartNumber }) => skuPartNumber.toLowerCase() === wanted);
}

/**
 * Says that a tenant can't license a mailbox with a SKU: it has none of that name, or one that holds no mailbox.
 *
 * @param sku its part number, e.g. `EXCHANGESTANDARD`
 * @see https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
 */
export function licenseProblem(
  key: string,
  sku: string,
  subscriptions: readonly SubscribedSku[],
): Problem | undefined {
  const known = findSku(subscriptions, sku);
  if (known !== undefined && holdsMailboxes(known)) return undefined;
  const names = subscriptions.filter(holdsMailboxes).map(({ skuPartNumber }) => skuPartNumber);
  return {
    key,
    value: sku,
    rule:
      known === undefined
        ? "is not the part number of a SKU that the tenant has"
        : "is a SKU without Exchange Online, so it provides no mailbox",
    fix:
      names.length === 0
        ? "buy one with Exchange Online (Exchange Online Plan 1 is enough): the tenant has none"
        : `choose one with Exchange Online: the tenant has ${names.join(", ")}`,
  };
}
