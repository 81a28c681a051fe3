// Whether a tenant has the licences that senders need, before an up asks for them.

import { findSku, freeUnits, licenseProblem, type SubscribedSku } from "./license.ts";

/** A sender with a licence, and the SKUs that the user of its mailbox has; undefined while there is no user. */
export interface LicenseUser {
  readonly sender: string;
  /** Part number of the SKU that its stack file names. */
  readonly license: string;
  readonly user: { readonly skuIds: readonly string[] } | undefined;
}

/** What the senders need of a SKU, and what the tenant has of it. */
export interface HeldLicense {
  readonly sku: string;
  /** Senders that need one each. */
  readonly senders: readonly string[];
  /** How many of them have it already. */
  readonly assigned: number;
  /** How many the tenant can still assign. */
  readonly free: number;
  /** Why the next up can't assign what is missing, and what to do. */
  readonly problem?: { readonly rule: string; readonly fix: string };
}

/** What the senders need of each SKU, by what the tenant has. */
export function heldLicenses(
  senders: readonly LicenseUser[],
  skus: readonly SubscribedSku[],
): HeldLicense[] {
  const bySku = Map.groupBy(senders, ({ license }) => license.toUpperCase());
  return [...bySku].map(([name, own]) => {
    const sku = findSku(skus, name);
    const has = own.filter(({ user }) => sku !== undefined && user?.skuIds.includes(sku.skuId));
    const count = own.length - has.length;
    const problem = count === 0 ? undefined : licenseProblem("license", name, { count }, skus);
    return {
      sku: name,
      senders: own.map(({ sender }) => sender),
      assigned: has.length,
      free: sku === undefined ? 0 : freeUnits(sku),
      ...(problem && { problem: { rule: problem.rule, fix: problem.fix } }),
    };
  });
}

/** `EXCHANGESTANDARD: 2 needed (plant, legacy), of which 1 is assigned; 3 free`, and what to do if these are too few. */
export function heldLicenseText({ sku, senders, assigned, free, problem }: HeldLicense): string {
  const counts = `${sku}: ${senders.length} needed (${senders.join(", ")}), ${assigned} of them assigned; ${free} free`;
  return problem === undefined ? counts : `${counts}. It ${problem.rule}: ${problem.fix}`;
}
