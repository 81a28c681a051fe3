import type { Environment } from "../clouds.ts";
import { ownershipMark } from "../ownership.ts";
import type { Problem } from "../problem.ts";
import { canonicalMailbox } from "../senders/mailbox.ts";

// An account of High Volume Email (HVE): a mail user that sends to recipients inside alone, and is paid for by use.

/** @see https://learn.microsoft.com/exchange/mail-flow-best-practices/high-volume-mails-m365 */
export const HIGH_VOLUME_HOST = "smtp.hve.mx.microsoft";

/**
 * When High Volume Email began, by Microsoft's message MC1243552: general availability is worldwide alone, and mail of an
 * account without a billing policy is not taken any more.
 */
const SINCE = { availability: "2026-03-31", billing: "2026-06-01" } as const;

/** What Get-HVEAccountBillingPolicy says of an account that is paid for. */
export const BILLED = "BillingPolicyValid";
/** What state holds where the deployer may not read it. */
export const BILLING_UNREAD = "unread";

/** What a program declares of an account. */
export interface DeclaredHveAccount {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  readonly displayName: string;
}

export interface HveForm {
  /** Its primary address, lower case. */
  readonly address: string;
  readonly displayName: string;
  /** Holds the ownership mark. */
  readonly customAttribute15: string;
  readonly hiddenFromAddressListsEnabled: boolean;
  /** Object ids of the service principals that may send as it; none, as its password does. */
  readonly allowedApps: readonly string[];
  readonly billingPolicyStatus: string;
}

/** The wanted form of an account. */
export const wantedHveAccount = (declared: DeclaredHveAccount): HveForm => ({
  address: canonicalMailbox(declared.address),
  displayName: declared.displayName.trim(),
  customAttribute15: ownershipMark(declared.owner, false),
  hiddenFromAddressListsEnabled: true,
  allowedApps: [],
  billingPolicyStatus: BILLED,
});

/** Parameters of `New-MailUser`; the display name holds the mark, for which it has no parameter. */
export const newHveAccountParameters = (
  name: string,
  { address, customAttribute15 }: HveForm,
  password: string,
) => ({
  HVEAccount: true,
  Name: name,
  Alias: name.replaceAll(/[^A-Za-z0-9_-]+/g, "-"),
  DisplayName: customAttribute15,
  PrimarySmtpAddress: address,
  Password: password,
});

/** A billing policy that High Volume Email may use. */
export interface BillingPolicy {
  readonly id: string;
  readonly name: string;
}

const ASSIGN = (address: string): string =>
  `assign one with Set-HVEAccountBillingPolicy -Identity ${address} -BillingPolicyId ID (Get-BillingPolicy -ResourceType HVE lists them)`;

/** Why an account takes no mail yet; empty when it does. */
export const billingPending = ({ address, billingPolicyStatus: status }: HveForm): string =>
  status === BILLED || status === BILLING_UNREAD
    ? ""
    : `HVE account ${address} has no valid billing policy (${status}), so that High Volume Email takes no mail of it; ${ASSIGN(address)}, and run pulumi up again`;

/** Says that a tenant can't have accounts of High Volume Email: by its cloud, or because nobody would pay. */
export function highVolumeProblem(
  key: string,
  environment: Environment,
  policies: readonly BillingPolicy[],
): Problem | undefined {
  if (environment !== "global") {
    return {
      key,
      value: environment,
      rule: `has no High Volume Email, which is generally available in the worldwide cloud alone, since ${SINCE.availability}`,
      fix: "let this sender use another method",
    };
  }
  return policies.length > 0
    ? undefined
    : {
        key,
        value: undefined,
        rule: `needs a billing policy, without which High Volume Email takes no mail since ${SINCE.billing}, and the tenant has none`,
        fix: "add one in the Microsoft 365 admin center (Billing, Pay-as-you-go), connect it to High Volume Email, and run it again",
      };
}
