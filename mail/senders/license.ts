import type { Problem } from "../problem.ts";
import { holdsMailboxes, type Subscription } from "./mayRelay.ts";

/** The subscription of this part number, in any letter case. */
export function findSku<T extends Subscription>(
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
  subscriptions: readonly Subscription[],
): Problem | undefined {
  const there = findSku(subscriptions, sku);
  if (there !== undefined && holdsMailboxes(there)) return undefined;
  const names = subscriptions.filter(holdsMailboxes).map(({ skuPartNumber }) => skuPartNumber);
  return {
    key,
    value: sku,
    rule:
      there === undefined
        ? "is not the part number of a SKU that the tenant has"
        : "is a SKU without Exchange Online, which gives no mailbox",
    fix:
      names.length === 0
        ? "buy one with Exchange Online (Exchange Online Plan 1 is enough): the tenant has none"
        : `choose one with Exchange Online: the tenant has ${names.join(", ")}`,
  };
}
