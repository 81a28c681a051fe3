import type { OutboundPolicy } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { inConfiguration } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { type Properties, presentProperties } from "../properties.ts";
import { demandCustomised } from "./organization.ts";

/** Characters that no name of a policy or rule has (New-HostedOutboundSpamFilterRule). */
export const FORBIDDEN = /[\\%&*+/=?{}|<>();:[\],"]/;

const limit = { is: "uint32", default: 0, canonical: validLimit } as const;

const properties: Properties<OutboundPolicy> = {
  AdminDisplayName: { is: "text", field: "adminDisplayName", default: "" },
  RecipientLimitExternalPerHour: { ...limit, field: "recipientLimitExternalPerHour" },
  RecipientLimitInternalPerHour: { ...limit, field: "recipientLimitInternalPerHour" },
  RecipientLimitPerDay: { ...limit, field: "recipientLimitPerDay" },
  ActionWhenThresholdReached: {
    is: "enum",
    field: "actionWhenThresholdReached",
    type: "Microsoft.Exchange.Data.Directory.SystemConfiguration.OutboundThresholdAction",
    names: ["Alert", "BlockUserForToday", "BlockUser"],
    default: "BlockUserForToday",
  },
  AutoForwardingMode: {
    is: "enum",
    field: "autoForwardingMode",
    type: "Microsoft.Exchange.Data.Directory.SystemConfiguration.AutoForwardingMode",
    names: ["Automatic", "Off", "On"],
    default: "Automatic",
  },
};

export const outboundPolicies = inConfiguration<OutboundPolicy>(
  "Hosted Outbound Spam Filter",
  (world) => world.outboundPolicies,
);

/** A new policy holds for nobody until a rule names it. */
export const outboundPolicyCmdlets = defineNoun<OutboundPolicy>({
  noun: "HostedOutboundSpamFilterPolicy",
  identity: "HostedOutboundSpamFilterPolicyIdParameter",
  directory: outboundPolicies,
  properties,
  present: (policy) =>
    presentNamed(policy, {
      ...presentProperties(properties, policy),
      Enabled: true,
      IsDefault: policy.isDefault,
    }),
  broken: ({ name }) =>
    FORBIDDEN.test(name) ? refusal("exchange.bad-policy-name", { name }) : undefined,
  new: { demand: demandCustomised, fields: () => ({ rule: null, isDefault: false }) },
  get: {},
  set: {},
  remove: {
    // Its page has Force, and no Confirm.
    switches: ["Force"],
    inUse({ name, isDefault, rule }) {
      if (isDefault) return refusal("exchange.default-outbound-policy", { policy: name });
      return rule
        ? refusal("exchange.outbound-policy-in-use", { policy: name, rule: rule.name })
        : undefined;
    },
  },
});

/** @throws CmdletError for a limit above 10,000 */
function validLimit(given: number, _world: World, parameter: string): number {
  if (given > 10_000)
    throw refusal("exchange.bad-recipient-limit", { parameter, value: String(given) });
  return given;
}
