import { ownershipMark } from "../ownership.ts";
import { canonicalMailbox } from "../senders/mailbox.ts";

/** What a program declares of how much a mailbox may send. */
export interface DeclaredLimit {
  /** `project/stack/sender` */
  readonly owner: string;
  /** Name of the policy and of its rule. */
  readonly name: string;
  /** Address of the mailbox. */
  readonly mailbox: string;
  /** 1 to 10,000 */
  readonly recipientsPerDay: number;
  /** Inside and outside the organisation, each. */
  readonly recipientsPerHour: number;
}

/** The limits of a mailbox that may send to so many recipients a day: an hour may take all of them. */
export const limitsOf = (recipientsPerDay: number) => ({
  recipientsPerDay,
  recipientsPerHour: recipientsPerDay,
});

/** An outbound spam policy and its rule, in canonical form. */
export interface LimitForm {
  readonly name: string;
  /** The senders that the rule applies to; empty when no rule is enabled. */
  readonly from: readonly string[];
  readonly recipientLimitPerDay: number;
  readonly recipientLimitExternalPerHour: number;
  readonly recipientLimitInternalPerHour: number;
  readonly actionWhenThresholdReached: string;
  /** Holds the ownership mark. */
  readonly adminDisplayName: string;
}

/** The wanted form of a limit. */
export const wantedLimit = (declared: DeclaredLimit): LimitForm => ({
  name: declared.name.trim(),
  from: [canonicalMailbox(declared.mailbox)],
  recipientLimitPerDay: declared.recipientsPerDay,
  recipientLimitExternalPerHour: declared.recipientsPerHour,
  recipientLimitInternalPerHour: declared.recipientsPerHour,
  actionWhenThresholdReached: "BlockUserForToday",
  adminDisplayName: ownershipMark(declared.owner, false),
});

/** What of it is in parameters of the policy's cmdlets, beside its name. */
export const policyParameters = (form: LimitForm) => ({
  RecipientLimitPerDay: form.recipientLimitPerDay,
  RecipientLimitExternalPerHour: form.recipientLimitExternalPerHour,
  RecipientLimitInternalPerHour: form.recipientLimitInternalPerHour,
  ActionWhenThresholdReached: form.actionWhenThresholdReached,
  AdminDisplayName: form.adminDisplayName,
});

/** Parameters of `New-HostedOutboundSpamFilterPolicy`. */
export const newPolicyParameters = (form: LimitForm) => ({
  Name: form.name,
  ...policyParameters(form),
});

/**
 * Parameters of `New-HostedOutboundSpamFilterRule`. Of several rules that a message meets, the first alone applies: ours
 * names one mailbox, others may name a domain.
 */
export const newRuleParameters = ({ name, from }: LimitForm) => ({
  Name: name,
  HostedOutboundSpamFilterPolicy: name,
  From: from,
  Priority: 0,
});
