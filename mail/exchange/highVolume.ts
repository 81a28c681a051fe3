import { ownershipMark } from "../ownership.ts";
import { canonicalMailbox } from "../senders/mailbox.ts";
import { BILLED, unpaid } from "./billingPolicy.ts";

// An account of High Volume Email (HVE): a mail user that sends to recipients inside alone, and is paid for by use.

/** @see https://learn.microsoft.com/exchange/mail-flow-best-practices/high-volume-mails-m365 */
export const HIGH_VOLUME_HOST = "smtp.hve.mx.microsoft";

/** What a program declares of an account. */
export interface DeclaredHveAccount {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  readonly displayName: string;
  /** Id of the billing policy that pays for it; left out for the tenant's only one. */
  readonly billingPolicyId?: string;
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
  /** Empty where the tenant's only one is to pay. */
  readonly billingPolicyId: string;
  readonly billingPolicyStatus: string;
}

/** The wanted form of an account. */
export const wantedHveAccount = (declared: DeclaredHveAccount): HveForm => ({
  address: canonicalMailbox(declared.address),
  displayName: declared.displayName.trim(),
  customAttribute15: ownershipMark(declared.owner, false),
  hiddenFromAddressListsEnabled: true,
  allowedApps: [],
  billingPolicyId: declared.billingPolicyId ?? "",
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

/** Why an account takes no mail yet; empty when it does. */
export function billingPending({ address, billingPolicyStatus: status }: HveForm): string {
  const why = unpaid(status);
  return why === undefined
    ? ""
    : `High Volume Email takes no mail of HVE account ${address}: ${why.what}; ${why.fix}, and run pulumi up again`;
}
