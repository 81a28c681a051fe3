import { newGuid } from "../../context.ts";
import type { TransportRule } from "../../world/mailFlow.ts";
import type { World } from "../../world/world.ts";
import { ask, type Cmdlet, giveNothing } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { findOne, inConfiguration, validName } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { type Bound, identityType } from "../parameters.ts";
import { presentProperties, withValues } from "../properties.ts";
import { demandCustomised } from "./organization.ts";
import {
  actions,
  classesOf,
  conditions,
  exceptions,
  isSet,
  MODE,
  properties,
} from "./transportRuleProperties.ts";
import { demandValidRule, MOST_RULES } from "./transportRuleRules.ts";

/** The rules by priority. */
const transportRules = inConfiguration<TransportRule>(
  "TransportVersioned",
  (world) => world.mailFlow.transportRules,
);

/** A rule with a lower number comes first; a new one comes last unless its call says otherwise. */
const noun = defineNoun<TransportRule>({
  name: "TransportRule",
  identity: "RuleIdParameter",
  directory: transportRules,
  properties,
  present: (rule) => {
    const { Enabled: _, ...shown } = presentProperties(properties, rule);
    return presentNamed(rule, {
      State: rule.enabled ? "Enabled" : "Disabled",
      Conditions: classesOf(conditions, rule, "Predicate"),
      Exceptions: classesOf(exceptions, rule, "Predicate"),
      Actions: classesOf(actions, rule, "Action"),
      ...Object.fromEntries(
        Object.entries(shown).map(([name, value]) => [name, isSet(value) ? value : null]),
      ),
      ...rejection(rule),
      DeleteMessage: rule.deleteMessage,
      StopRuleProcessing: rule.stopRuleProcessing,
      Mode: rule.mode,
      Priority: rule.priority,
    });
  },
  validate: demandValidRule,
  new: {
    demand(context) {
      demandCustomised(context);
      const { world } = context;
      if (transportRules.all(world).length >= MOST_RULES) throw refusal("exchange.too-many-rules");
    },
    fields(bound, { world }) {
      const last = transportRules.all(world).length;
      return { priority: priorityOf(bound, last, last) };
    },
    add(rule, _bound, { world }) {
      rule.guid = newGuid(world);
      place(rule, rule.priority, world);
      return [];
    },
  },
  get: {},
  set: {
    parameters: { Name: { is: "text" } },
    edit(current, bound, { world }) {
      const next = withValues(properties, current, bound, world);
      const last = transportRules.all(world).length - 1;
      next.priority = priorityOf(bound, last, current.priority);
      return bound.has("Name") ? { ...next, name: validName(bound.text("Name") ?? "") } : next;
    },
    beforeChange: (current, { priority }, { world }) => place(current, priority, world),
  },
  remove: {
    beforeRemove(rule, { world }) {
      const rules = world.mailFlow.transportRules;
      rules.splice(rules.indexOf(rule), 1);
      for (const [index, other] of rules.entries()) other.priority = index;
    },
  },
});

/** A rule that rejects shows both words and code: what its call left out has a default ("Mail flow rule actions", Learn). */
function rejection({
  rejectMessageReasonText: text,
  rejectMessageEnhancedStatusCode: code,
}: TransportRule) {
  if (text === "" && code === "") return {};
  return {
    RejectMessageReasonText: text || "Delivery not authorized, message refused",
    RejectMessageEnhancedStatusCode: code || "5.7.1",
  };
}

/** @throws CmdletError for a place that is not in the list of rules */
function priorityOf(bound: Bound, last: number, before: number): number {
  const given = bound.text("Priority") ?? undefined;
  const priority = given === undefined ? before : Number(given);
  if (priority >= 0 && priority <= last) return priority;
  throw refusal("exchange.bad-priority", { value: String(priority), highest: last });
}

/** Puts a rule in its place; the others move on. */
function place(rule: TransportRule, priority: number, world: World): void {
  const others = world.mailFlow.transportRules.filter((one) => one !== rule);
  world.mailFlow.transportRules = others.toSpliced(priority, 0, rule);
  for (const [index, one] of world.mailFlow.transportRules.entries()) one.priority = index;
}

/** `Enable-` and `Disable-TransportRule`, which answer nothing. */
const toggle = (name: string, enabled: boolean): Cmdlet => ({
  reads: false,
  parameters: {
    Identity: identityType("RuleIdParameter"),
    Confirm: { is: "flag" },
    ...(enabled && { Mode: MODE }),
  },
  mandatory: ["Identity"],
  run(bound, { world, clock }) {
    const rule = findOne(transportRules, bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask(name, rule.name);
    const mode = (bound.text("Mode") ?? rule.mode) as TransportRule["mode"];
    Object.assign(rule, { enabled, mode, whenChanged: clock.now().toISOString() });
    return { ...giveNothing(), changed: rule.name };
  },
});

export const transportRuleCmdlets: Record<string, Cmdlet> = {
  ...noun,
  "Enable-TransportRule": toggle("Enable-TransportRule", true),
  "Disable-TransportRule": toggle("Disable-TransportRule", false),
};
