import { defineReply, type Source } from "../../reply.ts";
import type { Failure } from "../cmdletError.ts";

const page = (cmdlet: string, assumed: string): Source => ({
  page: `${cmdlet} (office-docs-powershell)`,
  assumed,
});
const invalid = (text: string): Failure => ({
  status: 400,
  type: "Microsoft.Exchange.Management.Tasks.ValidationException",
  text,
});

export const badLimit = defineReply(
  "exchange.bad-recipient-limit",
  page("New-HostedOutboundSpamFilterPolicy", "the wording; the page has the range"),
  (parameter: string, value: string) =>
    invalid(
      `The value '${value}' of the ${parameter} parameter isn't valid. It must be from 0 to 10000.`,
    ),
);

export const badCharacters = defineReply(
  "exchange.bad-policy-name",
  page("New-HostedOutboundSpamFilterRule", "the wording; the page has the characters"),
  (name: string) =>
    invalid(
      `The name '${name}' has one of the characters \\ % & * + / = ? { } | < > ( ) ; : [ ] , ".`,
    ),
);

export const defaultPolicy = defineReply(
  "exchange.default-outbound-policy",
  page(
    "New-HostedOutboundSpamFilterRule",
    "the wording; that the default policy can't be removed either",
  ),
  (policy: string) =>
    invalid(`'${policy}' is the default policy. It can't have a rule and can't be removed.`),
);

export const policyHasRule = defineReply(
  "exchange.outbound-policy-has-rule",
  page("New-HostedOutboundSpamFilterRule", "the wording"),
  (policy: string, rule: string) =>
    invalid(`The policy '${policy}' is already associated with the rule '${rule}'.`),
);

export const policyInUse = defineReply(
  "exchange.outbound-policy-in-use",
  {
    assumed:
      "that a policy with a rule is not removed: Remove-HostedOutboundSpamFilterPolicy says that rules stay without their policy, which the lab does not show",
  },
  (policy: string, rule: string) =>
    invalid(
      `The policy '${policy}' can't be removed because it's associated with the rule '${rule}'.`,
    ),
);

export const noCondition = defineReply(
  "exchange.rule-without-condition",
  { assumed: "that a rule needs a condition; the wording. The lab knows From alone" },
  () => invalid("The rule has no condition. Specify From."),
);

export const badPriority = defineReply(
  "exchange.bad-priority",
  page("New-HostedOutboundSpamFilterRule", "the wording; the page has the range"),
  (value: string, highest: number) =>
    invalid(`The priority '${value}' isn't valid. It must be from 0 to ${highest}.`),
);
