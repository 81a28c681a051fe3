import { newGuid } from "../../context.ts";
import type { OutboundPolicy } from "../../world/recipients.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { CmdletError } from "../failure.ts";
import { nothingModified } from "../failures.ts";
import { chooseNamed } from "../named.ts";
import { demandCustomised } from "../organization/cmdlets.ts";
import { ask, give, giveNothing } from "../outcome.ts";
import type { Bound, ParameterType } from "../parameterType.ts";
import { roundTrip } from "../roundTrip.ts";
import { demandPolicyName, findOutboundPolicy, POLICIES } from "./directory.ts";
import * as failures from "./failures.ts";

const ACTIONS = ["Alert", "BlockUserForToday", "BlockUser"] as const;
const FORWARDING = ["Automatic", "Off", "On"] as const;
const flag: ParameterType = { is: "flag" };
const text: ParameterType = { is: "text" };
const count: ParameterType = { is: "uint32" };
const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.HostedOutboundSpamFilterPolicyIdParameter",
};
/** What New- and Set-HostedOutboundSpamFilterPolicy share. */
const common: Record<string, ParameterType> = {
  AdminDisplayName: text,
  RecipientLimitExternalPerHour: count,
  RecipientLimitInternalPerHour: count,
  RecipientLimitPerDay: count,
  ActionWhenThresholdReached: {
    is: "enum",
    type: "Microsoft.Exchange.Data.Directory.SystemConfiguration.OutboundThresholdAction",
    names: ACTIONS,
  },
  AutoForwardingMode: {
    is: "enum",
    type: "Microsoft.Exchange.Data.Directory.SystemConfiguration.AutoForwardingMode",
    names: FORWARDING,
  },
  Confirm: flag,
};

function present(policy: OutboundPolicy): ExchangeObject {
  return {
    Name: policy.name,
    Identity: policy.name,
    AdminDisplayName: policy.adminDisplayName,
    RecipientLimitExternalPerHour: policy.recipientLimitExternalPerHour,
    RecipientLimitInternalPerHour: policy.recipientLimitInternalPerHour,
    RecipientLimitPerDay: policy.recipientLimitPerDay,
    ActionWhenThresholdReached: policy.actionWhenThresholdReached,
    AutoForwardingMode: policy.autoForwardingMode,
    Enabled: true,
    IsDefault: policy.isDefault,
    WhenCreatedUTC: roundTrip(policy.whenCreated),
    WhenChangedUTC: roundTrip(policy.whenChanged),
    Guid: policy.guid,
    IsValid: true,
  };
}

/** @throws CmdletError for a limit above 10,000 */
function limitOf(bound: Bound, parameter: string, before: number): number {
  const given = bound.text(parameter) ?? undefined;
  if (given === undefined) return before;
  if (Number(given) > 10_000) throw new CmdletError(failures.badLimit(parameter, given));
  return Number(given);
}

/** The policy that `current` becomes with the bound parameters. */
function applyParameters(current: OutboundPolicy, bound: Bound): OutboundPolicy {
  const chosen = <T extends string>(parameter: string, names: readonly T[], before: T): T =>
    names.find((name) => name === bound.text(parameter)) ?? before;
  const limit = (parameter: string, before: number) => limitOf(bound, parameter, before);
  return {
    ...current,
    adminDisplayName: bound.has("AdminDisplayName")
      ? (bound.text("AdminDisplayName") ?? "")
      : current.adminDisplayName,
    recipientLimitExternalPerHour: limit(
      "RecipientLimitExternalPerHour",
      current.recipientLimitExternalPerHour,
    ),
    recipientLimitInternalPerHour: limit(
      "RecipientLimitInternalPerHour",
      current.recipientLimitInternalPerHour,
    ),
    recipientLimitPerDay: limit("RecipientLimitPerDay", current.recipientLimitPerDay),
    actionWhenThresholdReached: chosen(
      "ActionWhenThresholdReached",
      ACTIONS,
      current.actionWhenThresholdReached,
    ),
    autoForwardingMode: chosen("AutoForwardingMode", FORWARDING, current.autoForwardingMode),
  };
}

/** New-HostedOutboundSpamFilterPolicy: answers the new object, which holds for nobody until a rule names it. */
export const newOutboundPolicy: Cmdlet = {
  reads: false,
  parameters: { Name: text, ...common },
  mandatory: ["Name"],
  run(bound, context) {
    const { world, clock } = context;
    demandCustomised(context);
    const policies = world.outboundPolicies;
    const name = demandPolicyName(policies, bound.text("Name") ?? "", POLICIES, world);
    const now = clock.now().toISOString();
    const blank: OutboundPolicy = {
      guid: "",
      name,
      adminDisplayName: "",
      recipientLimitExternalPerHour: 0,
      recipientLimitInternalPerHour: 0,
      recipientLimitPerDay: 0,
      actionWhenThresholdReached: "BlockUserForToday",
      autoForwardingMode: "Automatic",
      rule: null,
      isDefault: false,
      whenCreated: now,
      whenChanged: now,
    };
    const policy = applyParameters(blank, bound);
    if (bound.flag("Confirm") === true) return ask("New-HostedOutboundSpamFilterPolicy", name);
    policy.guid = newGuid(world);
    policies.push(policy);
    return give(present(policy));
  },
};

/** Get-HostedOutboundSpamFilterPolicy: one by identity, all without one. */
export const getOutboundPolicy: Cmdlet = {
  reads: true,
  parameters: { Identity: identity },
  mandatory: [],
  run(bound, { world }) {
    const policies = world.outboundPolicies;
    return give(...chooseNamed(policies, bound.text("Identity"), POLICIES, world).map(present));
  },
};

/** Set-HostedOutboundSpamFilterPolicy: answers nothing. */
export const setOutboundPolicy: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, ...common },
  mandatory: ["Identity"],
  run(bound, { world, clock }) {
    const current = findOutboundPolicy(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) {
      return ask("Set-HostedOutboundSpamFilterPolicy", current.name);
    }
    const next = applyParameters(current, bound);
    if (JSON.stringify(next) === JSON.stringify(current)) {
      return giveNothing(nothingModified(current.name));
    }
    Object.assign(current, next, { whenChanged: clock.now().toISOString() });
    return giveNothing();
  },
};

/** Remove-HostedOutboundSpamFilterPolicy: answers nothing. Its page has Force, and no Confirm. */
export const removeOutboundPolicy: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, Force: flag },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const { name, guid, isDefault, rule } = findOutboundPolicy(bound.text("Identity") ?? "", world);
    if (isDefault) throw new CmdletError(failures.defaultPolicy(name));
    if (rule) throw new CmdletError(failures.policyInUse(name, rule.name));
    if (bound.flag("Force") !== true) return ask("Remove-HostedOutboundSpamFilterPolicy", name);
    world.outboundPolicies = world.outboundPolicies.filter((one) => one.guid !== guid);
    return giveNothing();
  },
};
