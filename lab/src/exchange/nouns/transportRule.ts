import type { TransportRule } from "../../world/mailFlow.ts";
import { refusal } from "../cmdletError.ts";
import { inConfiguration, validName } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { type Properties, presentProperties, withValues } from "../properties.ts";

const list = { is: "list", default: [] as string[] } as const;
const text = { is: "text", default: "" } as const;
const flag = { is: "flag", default: false } as const;
const scope = (type: string, names: readonly string[]) =>
  ({ is: "enum", type, names, default: "" }) as const;
const RULES = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks";

const conditions: Properties<TransportRule> = {
  From: { ...list, field: "from" },
  FromScope: {
    ...scope(`${RULES}.FromUserScope`, ["InOrganization", "NotInOrganization"]),
    field: "fromScope",
  },
  FromAddressContainsWords: { ...list, field: "fromAddressContainsWords" },
  SenderDomainIs: { ...list, field: "senderDomainIs" },
  SenderIpRanges: { ...list, field: "senderIpRanges" },
  SentTo: { ...list, field: "sentTo" },
  SentToScope: {
    ...scope(`${RULES}.ToUserScope`, ["InOrganization", "NotInOrganization"]),
    field: "sentToScope",
  },
  RecipientDomainIs: { ...list, field: "recipientDomainIs" },
  SubjectContainsWords: { ...list, field: "subjectContainsWords" },
};

const exceptions: Properties<TransportRule> = {
  ExceptIfFrom: { ...list, field: "exceptIfFrom" },
  ExceptIfSenderDomainIs: { ...list, field: "exceptIfSenderDomainIs" },
  ExceptIfRecipientDomainIs: { ...list, field: "exceptIfRecipientDomainIs" },
};

const actions: Properties<TransportRule> = {
  ApplyHtmlDisclaimerText: { ...text, field: "applyHtmlDisclaimerText" },
  PrependSubject: { ...text, field: "prependSubject" },
  SetHeaderName: { ...text, field: "setHeaderName" },
  SetHeaderValue: { ...text, field: "setHeaderValue" },
  RouteMessageOutboundConnector: { ...text, field: "routeMessageOutboundConnector" },
  RejectMessageReasonText: { ...text, field: "rejectMessageReasonText" },
  RejectMessageEnhancedStatusCode: { ...text, field: "rejectMessageEnhancedStatusCode" },
  DeleteMessage: { ...flag, field: "deleteMessage" },
};

const properties: Properties<TransportRule> = {
  ...conditions,
  ...exceptions,
  ...actions,
  Comments: { is: "text", field: "comments", default: "" },
  Mode: {
    is: "enum",
    field: "mode",
    type: `${RULES}.RuleMode`,
    names: ["Enforce", "Audit", "AuditAndNotify"],
    default: "Enforce",
  },
  StopRuleProcessing: { ...flag, field: "stopRuleProcessing" },
  Priority: { is: "int32", field: "priority", default: 0 },
  Enabled: { is: "flag", field: "enabled", default: true, only: "New" },
};

const transportRules = inConfiguration<TransportRule>(
  "TransportVersioned",
  (world) => world.mailFlow.transportRules,
);

const isSet = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : Boolean(value);

/** Names of .NET classes of what is set: `….FromScopePredicate`. */
const classes = (of: Properties<TransportRule>, rule: TransportRule, kind: string): string[] =>
  Object.entries(of)
    .filter(([, { field }]) => isSet(rule[field]))
    .map(([name]) => `${RULES}.${name.replace(/^ExceptIf/, "")}${kind}`);

/** A rule with a lower number comes first; a new one comes last unless its call says otherwise. */
export const transportRuleCmdlets = defineNoun<TransportRule>({
  name: "TransportRule",
  identity: "RuleIdParameter",
  directory: transportRules,
  properties,
  present: (rule) => {
    const { Enabled: _, ...shown } = presentProperties(properties, rule);
    return presentNamed(rule, {
      State: rule.enabled ? "Enabled" : "Disabled",
      Conditions: classes(conditions, rule, "Predicate"),
      Exceptions: classes(exceptions, rule, "Predicate"),
      Actions: classes(actions, rule, "Action"),
      ...Object.fromEntries(
        Object.entries(shown).map(([name, value]) => [name, isSet(value) ? value : null]),
      ),
      Mode: rule.mode,
      Priority: rule.priority,
    });
  },
  validate(rule, world) {
    if (classes(actions, rule, "Action").length === 0)
      throw refusal("exchange.rule-without-action");
    const connector = rule.routeMessageOutboundConnector;
    if (connector === "") return;
    const isKnown = world.mailFlow.outboundConnectors.some(
      ({ name }) => name.toLowerCase() === connector.toLowerCase(),
    );
    if (!isKnown) throw refusal("exchange.rule-without-connector", { connector });
  },
  new: {
    fields: (bound, { world }) =>
      bound.has("Priority") ? {} : { priority: world.mailFlow.transportRules.length },
  },
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
