import { makeRandom } from "../random.ts";
import type { Recipient } from "./recipients.ts";

// What a tenant has of High Volume Email (HVE).

/** An account that sends to recipients inside alone: a mail user without a mailbox. */
export interface HveAccount extends Recipient {
  recipientTypeDetails: "MailUser";
  /** What Set-HVEAccountSettings puts into Reply-To; empty for nothing. */
  replyTo: string;
  /** Object ids of the service principals that may send as it. */
  allowedApps: string[];
  /** Id of the billing policy that pays for it; null for none. */
  billingPolicyId: string | null;
}

/** A pay-as-you-go billing policy of Microsoft 365. */
export interface BillingPolicy {
  id: string;
  name: string;
  /** Whether the Azure subscription that pays is active. */
  isSubscriptionActive: boolean;
  /** Whether the policy is connected to HVE. */
  isConnected: boolean;
}

/** What the world begins with: a policy that pays. */
export const drawBillingPolicies = (seed: string): BillingPolicy[] => [
  {
    id: makeRandom(`${seed}/billing policy`).guid(),
    name: "High Volume Email",
    isSubscriptionActive: true,
    isConnected: true,
  },
];

/**
 * What Get-HVEAccountBillingPolicy says of an account, by the words of its page. Those of a mismatch and of a tenant without
 * SharePoint Online are left out: the lab has neither.
 */
export function billingStatus(
  { billingPolicyId }: HveAccount,
  { billingPolicies }: { billingPolicies: BillingPolicy[] },
): string {
  if (billingPolicyId === null) return "NoProperBillingPolicyStored";
  const policy = billingPolicies.find(({ id }) => id === billingPolicyId);
  if (policy === undefined) return "BillingPolicyNotFound";
  if (!policy.isConnected) return "NoConnectedBillingPolicyFound";
  return policy.isSubscriptionActive ? BILLED : "SubscriptionIsNotActive";
}

/** The status of an account whose mail is paid for. */
export const BILLED = "BillingPolicyValid";

/** The account with this address among its own, in any letter case. */
export function findHveAccount(
  { hveAccounts }: { hveAccounts: HveAccount[] },
  address: string,
): HveAccount | undefined {
  const proxy = `smtp:${address.toLowerCase()}`;
  return hveAccounts.find(({ emailAddresses }) =>
    emailAddresses.some((one) => one.toLowerCase() === proxy),
  );
}
