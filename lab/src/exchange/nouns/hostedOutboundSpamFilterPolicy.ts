import type { OutboundPolicy } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { inConfiguration } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { type Properties, presentProperties } from "../properties.ts";
import { demandCustomised } from "./organization.ts";

/** Characters that no name of a policy or rule has (New-HostedOutboundSpamFilterRule). */
const FORBIDDEN = /[\\%&*+/=?{}|<>();:[\],"]/;

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
  name: "HostedOutboundSpamFilterPolicy",
  identity: "HostedOutboundSpamFilterPolicyIdParameter",
  directory: outboundPolicies,
  properties,
  present: (policy) =>
    presentNamed(policy, {
      ...presentProperties(properties, policy),
      Enabled: true,
      IsDefault: policy.isDefault,
    }),
  validate: demandCharacters,
  new: { demand: demandCustomised, fields: () => ({ rule: null, isDefault: false }) },
  get: {},
  set: {},
  remove: {
    // Its page has Force, and no Confirm.
    switches: ["Force"],
    demandUnused({ name, isDefault, rule }) {
      if (isDefault) throw refusal("exchange.default-outbound-policy", { policy: name });
      if (!rule) return;
      throw refusal("exchange.outbound-policy-in-use", { policy: name, rule: rule.name });
    },
  },
});

/** @throws CmdletError for a limit above 10,000 */
function validLimit(given: number, _world: World, parameter: string): number {
  if (given > 10_000) {
    throw refusal("exchange.bad-recipient-limit", { parameter, value: String(given) });
  }
  return given;
}

/** @throws CmdletError for a name of a policy or rule with a forbidden character */
export function demandCharacters({ name }: { name: string }): void {
  if (FORBIDDEN.test(name)) throw refusal("exchange.bad-policy-name", { name });
}
