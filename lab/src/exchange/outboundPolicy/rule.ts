import { newGuid } from "../../context.ts";
import type { World } from "../../world/world.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { CmdletError } from "../failure.ts";
import { nothingModified } from "../failures.ts";
import { findMailbox } from "../mailbox/directory.ts";
import { ask, give, giveNothing } from "../outcome.ts";
import type { Bound, ParameterType } from "../parameterType.ts";
import * as directory from "./directory.ts";
import * as failures from "./failures.ts";

const flag: ParameterType = { is: "flag" };
const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.RuleIdParameter",
};
/** What New- and Set-HostedOutboundSpamFilterRule share. */
const common: Record<string, ParameterType> = {
  From: { is: "list" },
  Priority: { is: "int32" },
  Confirm: flag,
};

function present({ rule, name }: directory.RuledPolicy): ExchangeObject {
  return {
    Name: rule.name,
    Identity: rule.name,
    State: rule.enabled ? "Enabled" : "Disabled",
    Priority: rule.priority,
    HostedOutboundSpamFilterPolicy: name,
    From: rule.from,
    FromMemberOf: [],
    SenderDomainIs: [],
    ExceptIfFrom: [],
    ExceptIfFromMemberOf: [],
    ExceptIfSenderDomainIs: [],
    Comments: "",
    Guid: rule.guid,
    IsValid: true,
  };
}

/**
 * The addresses of the mailboxes that From names.
 *
 * @throws CmdletError when there are none, or one is not there
 */
function sendersOf(bound: Bound, before: string[], world: World): string[] {
  const edit = bound.list("From");
  if (edit === undefined) return before;
  const addressOf = (given: string) => findMailbox(given, world).address;
  const removed = Array.isArray(edit) ? [] : edit.remove.map(addressOf);
  const next = Array.isArray(edit)
    ? edit.map(addressOf)
    : [...before.filter((address) => !removed.includes(address)), ...edit.add.map(addressOf)];
  if (next.length === 0) throw new CmdletError(failures.noCondition());
  return [...new Set(next)];
}

/** @throws CmdletError for a place that is not in the list of rules */
function priorityOf(bound: Bound, highest: number, before: number): number {
  const given = bound.text("Priority") ?? undefined;
  const priority = given === undefined ? before : Number(given);
  if (priority >= 0 && priority <= highest) return priority;
  throw new CmdletError(failures.badPriority(String(priority), highest));
}

/** Puts a rule in its place; the others move on. */
function place(rule: directory.Rule, priority: number, world: World): void {
  const others = directory
    .ruledPolicies(world)
    .map((policy) => policy.rule)
    .filter((one) => one !== rule);
  const ordered = others.toSpliced(priority, 0, rule);
  for (const [index, one] of ordered.entries()) one.priority = index;
}

/** New-HostedOutboundSpamFilterRule: answers the new object. */
export const newOutboundRule: Cmdlet = {
  reads: false,
  parameters: {
    Name: { is: "text" },
    HostedOutboundSpamFilterPolicy: {
      is: "identity",
      type: "Microsoft.Exchange.Configuration.Tasks.HostedOutboundSpamFilterPolicyIdParameter",
    },
    Enabled: flag,
    ...common,
  },
  mandatory: ["Name", "HostedOutboundSpamFilterPolicy"],
  run(bound, { world }) {
    const ruled = directory.ruledPolicies(world);
    const rules = ruled.map(({ rule }) => rule);
    const given = bound.text("Name") ?? "";
    const name = directory.demandPolicyName(rules, given, directory.RULES, world);
    const wanted = bound.text("HostedOutboundSpamFilterPolicy") ?? "";
    const policy = directory.findOutboundPolicy(wanted, world);
    if (policy.isDefault) throw new CmdletError(failures.defaultPolicy(policy.name));
    if (policy.rule) throw new CmdletError(failures.policyHasRule(policy.name, policy.rule.name));
    const from = sendersOf(bound, [], world);
    if (from.length === 0) throw new CmdletError(failures.noCondition());
    const priority = priorityOf(bound, ruled.length, ruled.length);
    if (bound.flag("Confirm") === true) return ask("New-HostedOutboundSpamFilterRule", name);
    const enabled = bound.flag("Enabled") ?? true;
    const rule = { guid: newGuid(world), name, priority, enabled, from };
    policy.rule = rule;
    place(rule, priority, world);
    return give(present({ ...policy, rule }));
  },
};

/** Get-HostedOutboundSpamFilterRule: one by identity, all by priority without one. */
export const getOutboundRule: Cmdlet = {
  reads: true,
  parameters: { Identity: identity },
  mandatory: [],
  run(bound, { world }) {
    const wanted = bound.text("Identity");
    const found =
      typeof wanted === "string"
        ? [directory.findRuledPolicy(wanted, world)]
        : directory.ruledPolicies(world);
    return give(...found.map(present));
  },
};

/** Set-HostedOutboundSpamFilterRule: answers nothing; changes From and Priority. */
export const setOutboundRule: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, ...common },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const { rule } = directory.findRuledPolicy(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Set-HostedOutboundSpamFilterRule", rule.name);
    const from = sendersOf(bound, rule.from, world);
    const highest = directory.ruledPolicies(world).length - 1;
    const priority = priorityOf(bound, highest, rule.priority);
    const isSame = from.join() === rule.from.join() && priority === rule.priority;
    if (isSame) return giveNothing(nothingModified(rule.name));
    rule.from = from;
    place(rule, priority, world);
    return giveNothing();
  },
};

/** Remove-HostedOutboundSpamFilterRule: answers nothing; its policy stays. */
export const removeOutboundRule: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, Confirm: flag },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const { rule, guid } = directory.findRuledPolicy(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) {
      return ask("Remove-HostedOutboundSpamFilterRule", rule.name);
    }
    const policy = world.outboundPolicies.find((one) => one.guid === guid);
    if (policy) policy.rule = null;
    for (const [index, other] of directory.ruledPolicies(world).entries()) {
      other.rule.priority = index;
    }
    return giveNothing();
  },
};
