import { counted } from "../numberText.ts";
import type { Problem } from "../problem.ts";

/** What a tenant has bought, as Graph's `subscribedSku` tells it, cut to what decides here. */
export interface SubscribedSku {
  /** A GUID, lower case. */
  readonly skuId: string;
  /** e.g. `O365_BUSINESS_PREMIUM`. */
  readonly skuPartNumber: string;
  /** `Enabled`, `Warning`, `Suspended`, `Deleted` or `LockedOut`. */
  readonly capabilityStatus: string;
  /** Names of the service plans in it, e.g. `EXCHANGE_S_STANDARD`. */
  readonly servicePlans: readonly string[];
  /** Ids of those of them that users get and that provide no mailbox, such as Teams. */
  readonly otherPlans?: readonly string[];
  readonly units: LicenseUnits;
}

/**
 * How many licences of a SKU are in each state (`prepaidUnits`), and how many are assigned (`consumedUnits`).
 *
 * @see https://learn.microsoft.com/graph/api/resources/licenseunitsdetail
 */
export interface LicenseUnits {
  readonly enabled: number;
  /** Expired, and still in use until the grace period ends. */
  readonly warning: number;
  /** Can't be assigned, as the subscription was cancelled, but can be reactivated. */
  readonly suspended: number;
  readonly consumed: number;
}

/**
 * The service plans that provide a mailbox: all of them in Microsoft's list as of October 2025, which has none for China
 * alone. Other plans of Exchange provide none: the foundation (in almost every SKU), archives, analytics and Multi-Geo.
 *
 * @see https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
 */
export const MAILBOX_PLANS: ReadonlySet<string> = new Set([
  "EXCHANGE_B_STANDARD",
  "EXCHANGE_L_STANDARD",
  "EXCHANGE_S_DESKLESS",
  "EXCHANGE_S_DESKLESS_GOV",
  "EXCHANGE_S_ENTERPRISE",
  "EXCHANGE_S_ENTERPRISE_GOV",
  "EXCHANGE_S_ESSENTIALS",
  "EXCHANGE_S_STANDARD",
  "EXCHANGE_S_STANDARD_GOV",
  "EXCHANGE_S_STANDARD_MIDMARKET",
]);

export const providesMailbox = (plan: string): boolean => MAILBOX_PLANS.has(plan);

/** Whether a SKU has a plan that provides a mailbox. */
export const holdsMailboxes = ({ servicePlans }: SubscribedSku): boolean =>
  servicePlans.some(providesMailbox);

/** Whether its licences work, if only for the rest of a grace period. */
export const isActive = ({ capabilityStatus }: SubscribedSku): boolean =>
  ["Enabled", "Warning"].includes(capabilityStatus);

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
  const active = subscriptions.filter((sku) => holdsMailboxes(sku) && isActive(sku));
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

/** A SKU's part number or id as it is compared: in any letter case, with or without spaces around it. */
export const canonicalSku = (sku: string): string => sku.trim().toLowerCase();

/** The subscription of this part number, in any letter case. */
export function findSku<T extends SubscribedSku>(
  subscriptions: readonly T[],
  sku: string,
): T | undefined {
  const wanted = canonicalSku(sku);
  return subscriptions.find(({ skuPartNumber }) => skuPartNumber.toLowerCase() === wanted);
}

/** What the mailboxes of a run need of one SKU. */
export interface LicenseNeed {
  /** How many licences will be assigned anew. */
  readonly count: number;
  /** Senders whose licence of this SKU the same run takes away, which it does last. */
  readonly leaving?: readonly string[];
  /** What those who need one can do instead, as an imperative. */
  readonly instead?: string;
}

/**
 * Says that a tenant can't license mailboxes with a SKU: it has none of that name, one that holds no mailbox, or too few
 * free licences. Whether an expired licence in its grace period can be assigned is not documented, so it counts as free,
 * and Graph decides.
 *
 * @param sku its part number, e.g. `EXCHANGESTANDARD`
 * @see https://learn.microsoft.com/graph/api/resources/subscribedsku
 */
export function licenseProblem(
  key: string,
  sku: string,
  need: LicenseNeed,
  subscriptions: readonly SubscribedSku[],
): Problem | undefined {
  const known = findSku(subscriptions, sku);
  const others = subscriptions
    .filter((one) => one !== known && holdsMailboxes(one))
    .filter((one) => freeUnits(one) >= Math.max(need.count, 1))
    .map((one) => `${one.skuPartNumber} (${freeUnits(one)} free)`)
    .join(", ");
  if (known !== undefined && holdsMailboxes(known)) {
    return tooFewFree(key, known, need, others);
  }
  const meant = subscriptions.find(({ skuId }) => skuId === canonicalSku(sku));
  if (meant && licenseProblem(key, meant.skuPartNumber, need, subscriptions) === undefined) {
    return {
      key,
      value: sku,
      rule: `is the id of SKU ${meant.skuPartNumber}, and a licence is named by the part number`,
      fix: `use "${meant.skuPartNumber}"`,
    };
  }
  return {
    key,
    value: sku,
    rule:
      known === undefined
        ? "is not the part number of a SKU that the tenant has"
        : "is a SKU without Exchange Online, so it provides no mailbox",
    fix:
      others === ""
        ? "buy one with Exchange Online (Exchange Online Plan 1 is enough): the tenant has no free licence of any"
        : `choose one with Exchange Online: the tenant has ${others}`,
  };
}

/** Graph's words where it assigns no licence, as all are taken: what was free a moment ago may be somebody else's. */
export const isNoneLeft = (words: string): boolean =>
  /does not have any available licenses/.test(words);

/**
 * Says that Graph has refused one licence of a SKU, as none is left.
 *
 * @param subscriptions as they are after the refusal
 */
export const noneLeftProblem = (
  key: string,
  sku: string,
  subscriptions: readonly SubscribedSku[],
): Problem =>
  licenseProblem(key, sku, { count: 1 }, subscriptions) ?? {
    key,
    value: sku,
    rule: "has no licence that Graph assigns, though it counts some as free",
    fix: "buy 1 more, or wait some minutes for the counts, if somebody else has just taken the last one; then run pulumi up again",
  };

/** Licences that can be assigned; those that are assigned may be more than those that were bought. */
export const freeUnits = ({ units: { enabled, warning, consumed } }: SubscribedSku): number =>
  Math.max(0, enabled + warning - consumed);

function tooFewFree(
  key: string,
  sku: SubscribedSku,
  { count, leaving = [], instead }: LicenseNeed,
  others: string,
): Problem | undefined {
  const { enabled, warning, suspended, consumed } = sku.units;
  const bought = enabled + warning;
  const free = freeUnits(sku);
  if (count <= free) return undefined;
  const missing = count - (bought - consumed);
  const counts = [
    `${consumed} of ${bought} are assigned`,
    ...(suspended > 0 ? [`${suspended} are suspended`] : []),
  ].join(", ");
  const frees = leaving.length >= missing ? leaving.slice(0, missing).join(", ") : "";
  const late =
    frees === "" ? "" : `, and what this run takes from ${frees} becomes free at its end`;
  const fixes = [
    `buy ${missing} more`,
    ...(suspended >= missing ? ["renew its subscription"] : []),
    ...(bought >= count ? [`unassign ${missing} from other users`] : []),
    ...(frees === "" ? [] : ["run pulumi up without what is new first"]),
    ...(others === "" ? [] : [`choose another SKU: ${others}`]),
    ...(instead === undefined ? [] : [instead]),
  ];
  return {
    key,
    value: sku.skuPartNumber,
    rule: `has ${free === 0 ? "no free licence" : `only ${counted(free, "free licence")}`}, but ${counted(count, "is", "are")} needed (${counts})${late}`,
    fix: [fixes.slice(0, -1).join(", "), fixes.at(-1)].filter(Boolean).join(", or "),
  };
}
