import type { JournalRule } from "../../world/mailFlow.ts";
import { inConfiguration, validName } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import { type Properties, withValues } from "../properties.ts";

const properties: Properties<JournalRule> = {
  JournalEmailAddress: { is: "text", field: "journalEmailAddress", default: "" },
  Recipient: { is: "text", field: "recipient", default: null, canonical: (given) => given },
  Scope: {
    is: "enum",
    field: "scope",
    type: "Microsoft.Exchange.MessagingPolicies.Journaling.JournalRuleScope",
    names: ["Global", "Internal", "External"],
    default: "Global",
  },
  Enabled: { is: "flag", field: "enabled", default: false, only: "New" },
};

export const journalRuleCmdlets = defineNoun<JournalRule>({
  name: "JournalRule",
  identity: "RuleIdParameter",
  directory: inConfiguration<JournalRule>(
    "JournalingVersioned",
    (world) => world.mailFlow.journalRules,
  ),
  properties,
  new: { mandatory: ["Name", "JournalEmailAddress"] },
  get: {},
  set: {
    parameters: { Name: { is: "text" } },
    edit(current, bound, { world }) {
      const next = withValues(properties, current, bound, world);
      return bound.has("Name") ? { ...next, name: validName(bound.text("Name") ?? "") } : next;
    },
  },
  remove: {},
});
