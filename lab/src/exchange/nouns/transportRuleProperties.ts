import type { TransportRule } from "../../world/mailFlow.ts";
import { refusal } from "../cmdletError.ts";
import { flag, list, type Properties, type Property } from "../properties.ts";

const text = { is: "text", default: "" } as const;
const scope = (type: string, names: readonly string[]) =>
  ({ is: "enum", type, names, orNull: true, default: "" }) as const;
const RULES = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks";
const SCOPES = ["InOrganization", "NotInOrganization"];

export const MODE = {
  is: "enum",
  type: `${RULES}.RuleMode`,
  names: ["Enforce", "Audit", "AuditAndNotify"],
} as const;

/** What a rule asks of a message. */
export const conditions: Properties<TransportRule> = {
  From: { ...list, field: "from" },
  FromScope: { ...scope(`${RULES}.FromUserScope`, SCOPES), field: "fromScope" },
  FromAddressContainsWords: { ...list, field: "fromAddressContainsWords" },
  FromAddressMatchesPatterns: { ...list, field: "fromAddressMatchesPatterns" },
  SenderDomainIs: { ...list, field: "senderDomainIs" },
  SenderIpRanges: { ...list, field: "senderIpRanges" },
  SentTo: { ...list, field: "sentTo" },
  SentToScope: { ...scope(`${RULES}.ToUserScope`, SCOPES), field: "sentToScope" },
  RecipientDomainIs: { ...list, field: "recipientDomainIs" },
  SubjectContainsWords: { ...list, field: "subjectContainsWords" },
};

const capital = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** For every condition there is an exception with the same values (Get-TransportRulePredicate). */
export const exceptions: Properties<TransportRule> = Object.fromEntries(
  Object.entries(conditions).map(([name, property]) => [
    `ExceptIf${name}`,
    { ...property, field: `exceptIf${capital(property.field)}` } as Property<TransportRule>,
  ]),
);

export const actions: Properties<TransportRule> = {
  ApplyHtmlDisclaimerText: { ...text, field: "applyHtmlDisclaimerText" },
  PrependSubject: { ...text, field: "prependSubject" },
  SetHeaderName: { ...text, field: "setHeaderName" },
  SetHeaderValue: { ...text, field: "setHeaderValue" },
  RouteMessageOutboundConnector: { ...text, field: "routeMessageOutboundConnector" },
  RejectMessageReasonText: { ...text, field: "rejectMessageReasonText" },
  RejectMessageEnhancedStatusCode: { ...text, field: "rejectMessageEnhancedStatusCode" },
  DeleteMessage: { ...flag, field: "deleteMessage" },
};

/** A time that the lab's virtual clock can be compared with. */
const time = {
  ...text,
  canonical: (given: string | null, _world: unknown, parameter: string) => {
    if (given === null || given === "") return "";
    if (Number.isNaN(Date.parse(given))) {
      throw refusal("exchange.bad-type", {
        ...{ parameter, given, type: "System.DateTime", hint: "none" },
      });
    }
    return new Date(given).toISOString();
  },
};

/** What New and Set can give. */
export const properties: Properties<TransportRule> = {
  ...conditions,
  ...exceptions,
  ...actions,
  Comments: { is: "text", field: "comments", default: "" },
  Mode: { ...MODE, field: "mode", default: "Enforce" },
  SenderAddressLocation: {
    is: "enum",
    field: "senderAddressLocation",
    type: `${RULES}.SenderAddressLocation`,
    names: ["Header", "Envelope", "HeaderOrEnvelope"],
    default: "Header",
  },
  ActivationDate: { ...time, field: "activationDate" },
  ExpiryDate: { ...time, field: "expiryDate" },
  StopRuleProcessing: { ...flag, field: "stopRuleProcessing" },
  Priority: { is: "int32", field: "priority", default: 0 },
  Enabled: { is: "flag", field: "enabled", default: true, only: "New" },
};

export const isSet = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : Boolean(value);

/** Names of .NET classes of what is set: `….FromScopePredicate`. */
export const classesOf = (
  of: Properties<TransportRule>,
  rule: TransportRule,
  kind: string,
): string[] =>
  Object.entries(of)
    .filter(([, { field }]) => isSet(rule[field]))
    .map(([name]) => `${RULES}.${name.replace(/^ExceptIf/, "")}${kind}`);
