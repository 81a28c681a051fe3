import { newGuid } from "../../context.ts";
import type { OutboundPolicy, OutboundRule as Rule } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { demandFreeName, findOne, inConfiguration, validName } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import { type Bound, identityType } from "../parameters.ts";
import { demandCharacters, outboundPolicies } from "./hostedOutboundSpamFilterPolicy.ts";
import { mailboxes } from "./mailbox.ts";

/** The rules by priority. */
const outboundRules = inConfiguration<Rule>("HostedOutboundSpamFilterVersioned", (world) =>
  world.outboundPolicies
    .flatMap(({ rule }) => rule ?? [])
    .toSorted((a, b) => a.priority - b.priority),
);

/** A rule applies one policy to the senders of From. */
export const outboundRuleCmdlets = defineNoun<Rule>({
  name: "HostedOutboundSpamFilterRule",
  identity: "RuleIdParameter",
  directory: outboundRules,
  present: (rule, { world }) => ({
    Name: rule.name,
    Identity: rule.name,
    State: rule.enabled ? "Enabled" : "Disabled",
    Priority: rule.priority,
    HostedOutboundSpamFilterPolicy: policyOf(rule, world)?.name ?? null,
    From: rule.from,
    FromMemberOf: [],
    SenderDomainIs: [],
    ExceptIfFrom: [],
    ExceptIfFromMemberOf: [],
    ExceptIfSenderDomainIs: [],
    Comments: "",
    Guid: rule.guid,
    IsValid: true,
  }),
  new: {
    parameters: {
      Name: { is: "text" },
      HostedOutboundSpamFilterPolicy: identityType("HostedOutboundSpamFilterPolicyIdParameter"),
      From: { is: "list" },
      Priority: { is: "int32" },
      Enabled: { is: "flag" },
    },
    mandatory: ["Name", "HostedOutboundSpamFilterPolicy"],
    draft(bound, { world, clock }) {
      const name = validName(bound.text("Name") ?? "");
      demandCharacters({ name });
      demandFreeName(outboundRules, name, world);
      demandRuleless(chosenPolicy(bound, world));
      const from = sendersOf(bound, [], world);
      if (from.length === 0) throw refusal("exchange.rule-without-condition");
      const last = outboundRules.all(world).length;
      const priority = priorityOf(bound, last, last);
      const enabled = bound.flag("Enabled") ?? true;
      const whenCreated = clock.now().toISOString();
      return { guid: "", name, priority, enabled, from, whenCreated };
    },
    add(rule, bound, { world }) {
      rule.guid = newGuid(world);
      chosenPolicy(bound, world).rule = rule;
      place(rule, rule.priority, world);
      return [];
    },
  },
  get: {},
  set: {
    parameters: { From: { is: "list" }, Priority: { is: "int32" } },
    edit(current, bound, { world }) {
      const from = sendersOf(bound, current.from, world);
      const last = outboundRules.all(world).length - 1;
      return { ...current, from, priority: priorityOf(bound, last, current.priority) };
    },
    beforeChange: (current, { priority }, { world }) => place(current, priority, world),
  },
  remove: {
    beforeRemove(rule, { world }) {
      const policy = policyOf(rule, world);
      if (policy) policy.rule = null;
      for (const [index, other] of outboundRules.all(world).entries()) other.priority = index;
    },
  },
});

function policyOf(rule: Rule, world: World): OutboundPolicy | undefined {
  return world.outboundPolicies.find((policy) => policy.rule === rule);
}

function chosenPolicy(bound: Bound, world: World): OutboundPolicy {
  return findOne(outboundPolicies, bound.text("HostedOutboundSpamFilterPolicy") ?? "", world);
}

/** @throws CmdletError for the default policy, and one that has a rule */
function demandRuleless({ name, isDefault, rule }: OutboundPolicy): void {
  if (isDefault) throw refusal("exchange.default-outbound-policy", { policy: name });
  if (rule) throw refusal("exchange.outbound-policy-has-rule", { policy: name, rule: rule.name });
}

/**
 * The addresses of the mailboxes that From names.
 *
 * @throws CmdletError when an edit leaves none, or one is not there
 */
function sendersOf(bound: Bound, before: string[], world: World): string[] {
  const edit = bound.list("From");
  if (edit === undefined) return before;
  const addressOf = (given: string) => findOne(mailboxes, given, world).address;
  const removed = Array.isArray(edit) ? [] : edit.remove.map(addressOf);
  const next = Array.isArray(edit)
    ? edit.map(addressOf)
    : [...before.filter((address) => !removed.includes(address)), ...edit.add.map(addressOf)];
  if (next.length === 0) throw refusal("exchange.rule-without-condition");
  return [...new Set(next)];
}

/** @throws CmdletError for a place that is not in the list of rules */
function priorityOf(bound: Bound, last: number, before: number): number {
  const given = bound.text("Priority") ?? undefined;
  const priority = given === undefined ? before : Number(given);
  if (priority >= 0 && priority <= last) return priority;
  throw refusal("exchange.bad-priority", { value: String(priority), highest: last });
}

/** Puts a rule in its place; the others move on. */
function place(rule: Rule, priority: number, world: World): void {
  const others = outboundRules.all(world).filter((one) => one !== rule);
  for (const [index, one] of others.toSpliced(priority, 0, rule).entries()) one.priority = index;
}
