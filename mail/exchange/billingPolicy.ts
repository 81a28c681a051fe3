import type { Problem } from "../problem.ts";
import { IN_FORCE } from "../senders/dates.ts";
import { GUID } from "../tenantId.ts";

// Who pays for an account of High Volume Email: a pay-as-you-go billing policy of the tenant, of which an account has one.

/** A billing policy that High Volume Email may use. */
export interface BillingPolicy {
  readonly id: string;
  readonly name: string;
}

/** What Get-HVEAccountBillingPolicy says of an account that is paid for. */
export const BILLED = "BillingPolicyValid";
/** What state holds where the deployer may not read it. */
export const BILLING_UNREAD = "unread";

const CENTER = "in the Microsoft 365 admin centre (Billing, Pay-as-you-go)";
const CHOOSE = `set billingPolicyId of the sender to one that Get-BillingPolicy -ResourceType HVE lists, or where it lists none, add one ${CENTER} and connect it to High Volume Email`;

/**
 * The states of an account that is not paid for, with what mends them.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-hveaccountbillingpolicy
 */
const UNPAID: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  NoProperBillingPolicyStored: ["it has no billing policy", CHOOSE],
  BillingPolicyNotFound: ["its billing policy no longer exists", CHOOSE],
  BillingPolicyMismatched: ["its billing policy is not one of this tenant", CHOOSE],
  NoConnectedBillingPolicyFound: [
    "its billing policy is not connected to High Volume Email",
    `connect it ${CENTER}`,
  ],
  SubscriptionIsNotActive: [
    "the Azure subscription of its billing policy is not active",
    "activate the subscription in the Azure portal, or set billingPolicyId of the sender to another policy",
  ],
  NoSPOLicenseFound: [
    "the tenant has no SharePoint Online licence, which the check of billing policies needs",
    "get a subscription with SharePoint Online",
  ],
};

/** Why nobody pays for an account, as a clause, and what to do; undefined where somebody does, or that can't be read. */
export function unpaid(
  status: string,
): { readonly what: string; readonly fix: string } | undefined {
  if (status === BILLED || status === BILLING_UNREAD) return undefined;
  const [what, fix] = UNPAID[status] ?? ["its billing policy is not valid", CHOOSE];
  return { what: `${what} (${status})`, fix };
}

/** The policy that an account gets: the one of the stack file, else the only one; undefined where a person has to choose. */
export function choosePolicy(
  policies: readonly BillingPolicy[],
  id: string,
): BillingPolicy | undefined {
  if (id !== "") return policies.find((policy) => policy.id === id);
  return policies.length === 1 ? policies[0] : undefined;
}

/** Says that a value is not the id of a billing policy. */
export const billingPolicyIdProblem = (key: string, value: string): Problem | undefined =>
  GUID.test(value)
    ? undefined
    : {
        key,
        value,
        rule: "is not the id of a billing policy (a GUID)",
        fix: "use the BillingPolicyId that Get-BillingPolicy -ResourceType HVE shows",
      };

/**
 * Says that no billing policy of the tenant can be given to a sender's account: there is none, not the one that it names, or
 * more than one, of which a person has to choose.
 *
 * @param id what the stack file has; empty for nothing
 */
export function billingPolicyProblem(
  sender: string,
  policies: readonly BillingPolicy[],
  id: string,
): Problem | undefined {
  const key = `billingPolicyId of ${sender}`;
  const value = id === "" ? undefined : id;
  if (policies.length === 0) {
    return {
      key,
      value,
      rule: `can name no billing policy, as the tenant has none for High Volume Email, which takes no mail without one since ${IN_FORCE.highVolumeBilled.date}`,
      fix: `add one ${CENTER}, connect it to High Volume Email, and run it again`,
    };
  }
  if (choosePolicy(policies, id) !== undefined) return undefined;
  const listed = policies.map((policy) => `${policy.id} (${policy.name})`).join(", ");
  return {
    key,
    value,
    rule:
      id === ""
        ? `is missing, and the tenant has ${policies.length} billing policies for High Volume Email, of which one has to pay`
        : "is no billing policy of the tenant for High Volume Email",
    fix: `set it to one of ${listed}`,
  };
}
