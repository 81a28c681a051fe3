// Whether the senders' licences are there, good, and assigned.
import {
  findSku,
  holdsMailboxes,
  licenseProblem,
  type SubscribedSku,
} from "../../senders/license.ts";
import type { Finding } from "../finding.ts";

/** A sender whose mailbox is licensed, and the user that has the licence. */
export interface LicensedSender {
  readonly sender: string;
  readonly address: string;
  /** Part number of its SKU. */
  readonly license: string;
  /** Whether `up` has made it. */
  readonly isMade: boolean;
  /** Undefined while there is no user. */
  readonly user:
    | { readonly skuIds: readonly string[]; readonly usageLocation: string | undefined }
    | undefined;
}

/** What becomes of users by the state of their subscription. */
const STATES: Readonly<Record<string, string>> = {
  Warning: "has expired and is in its grace period: its mailboxes work until that ends",
  Suspended: "is suspended: its mailboxes can't send or receive",
  LockedOut: "was cancelled by Microsoft: its mailboxes can't send or receive",
  Deleted: "is deleted: its mailboxes are gone or will go",
};

/**
 * Whether the licences are there.
 *
 * @see https://learn.microsoft.com/graph/api/resources/subscribedsku (capabilityStatus)
 * @see https://learn.microsoft.com/microsoft-365/commerce/subscriptions/what-if-my-subscription-expires
 */
export function judgeLicenses(
  senders: readonly LicensedSender[],
  skus: readonly SubscribedSku[],
): Finding[] {
  const names = [...new Set(senders.map(({ license }) => license.toLowerCase()))];
  return names.flatMap((name) => {
    const own = senders.filter(({ license }) => license.toLowerCase() === name);
    const sku = findSku(skus, name);
    const has = ({ user }: LicensedSender) => sku !== undefined && user?.skuIds.includes(sku.skuId);
    const made = own.filter(({ isMade }) => isMade);
    const heldBy = (one: SubscribedSku) =>
      made.length > 0 && made.every(({ user }) => user?.skuIds.includes(one.skuId));
    const held = sku === undefined ? skus.filter(holdsMailboxes).find(heldBy) : undefined;
    if (held !== undefined) return [renamed(made, held)];
    const findings = [
      ...judgeSku(own, sku, skus, own.filter((one) => !has(one)).length),
      ...made.filter((one) => !has(one)).map(withoutLicense),
    ];
    if (findings.length > 0) return findings;
    const who = own.map(({ sender }) => sender).join(", ");
    const said = own.every(has) ? "have it" : "can get it";
    return [
      {
        severity: "ok",
        what: `the subscription of ${sku?.skuPartNumber} is active, and the users of ${who} ${said}`,
      },
    ];
  });
}

/** The users have a SKU, and the tenant has none of the name in the stack file: Microsoft has given it another one. */
function renamed(own: readonly LicensedSender[], held: SubscribedSku): Finding {
  const who = own.map(({ sender }) => sender).join(", ");
  return {
    severity: "warning",
    what: `the tenant has no SKU ${own[0]?.license}, and the users of ${who} have ${held.skuPartNumber}`,
    why: "the senders send as before; a preview refuses the old name as soon as one of them changes",
    fix: `write license: ${held.skuPartNumber}, which changes nothing of a user that has it`,
    resource: `SKU ${held.skuPartNumber}`,
  };
}

function judgeSku(
  own: readonly LicensedSender[],
  sku: SubscribedSku | undefined,
  skus: readonly SubscribedSku[],
  count: number,
): Finding[] {
  const who = own.map(({ sender }) => sender).join(", ");
  const resource = `SKU ${sku?.skuPartNumber ?? own[0]?.license}`;
  const problem = licenseProblem("license", own[0]?.license ?? "", { count }, skus);
  const state = sku === undefined ? undefined : STATES[sku.capabilityStatus];
  return [
    ...(state === undefined
      ? []
      : [
          {
            severity:
              sku?.capabilityStatus === "Warning" ? ("warning" as const) : ("error" as const),
            what: `the subscription of ${sku?.skuPartNumber} ${state}`,
            why: `the mailboxes of ${who} have this licence, and can't send without it`,
            fix: "renew it in the Microsoft 365 admin centre, Billing > Your products, or set license to another SKU",
            resource,
          },
        ]),
    ...(problem === undefined
      ? []
      : [
          {
            severity: "error" as const,
            what: `license "${problem.value}" of ${who} ${problem.rule}`,
            why: "an up can't assign the licence; without one a user has no mailbox, and a shared mailbox only its free size",
            fix: problem.fix,
            resource,
          },
        ]),
  ];
}

function withoutLicense({ sender, address, license, user }: LicensedSender): Finding {
  const resource = `relay-${sender}-license`;
  if (user === undefined) {
    return {
      severity: "error",
      what: `there is no user ${address}, which ${sender} sends as`,
      why: `${sender} can't sign in`,
      fix: "run npm run pulumi -- up --refresh --stack NAME, which creates it again; if it was deleted by mistake, restore it first in the Microsoft 365 admin centre, Users > Deleted users",
      resource: address,
    };
  }
  const located =
    user.usageLocation === undefined
      ? ", and no usageLocation, without which none can be assigned"
      : "";
  return {
    severity: "error",
    what: `the user ${address} of ${sender} has no licence ${license}${located}`,
    why: "Exchange deletes the mailbox 30 days after its licence is removed, and the sender can't send without it",
    fix: "run npm run pulumi -- up --refresh --stack NAME, which assigns it again",
    resource,
  };
}
