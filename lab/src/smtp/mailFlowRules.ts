// Mail flow rules: which of them match a message to one recipient, and what they make of it.
import { isInRuleRange } from "../exchange/addressRange.ts";
import { readPattern } from "../exchange/rulePattern.ts";
import type { Sourced } from "../reply.ts";
import type { RuleConditions, TransportRule } from "../world/mailFlow.ts";
import type { World } from "../world/world.ts";
import {
  authorsOf,
  domainOf,
  fieldName,
  fieldValue,
  lacksSender,
  type Message,
} from "./message.ts";
import { type SmtpReply, smtpReply } from "./reply.ts";

/** A message on its way to one recipient. */
export interface InFlow {
  message: Message;
  /** Envelope sender; empty for the null sender. */
  sender: string;
  recipient: string;
  /** Public address that it came from; undefined of a mailbox's own. */
  clientAddress?: string;
  /** Whether it counts as sent from inside the organisation. */
  isInternal: boolean;
  /** Virtual time. */
  at: Date;
}

/** What the rules decide. */
export type Decision =
  | { kind: "pass"; message: Message; outboundConnector?: string }
  | { kind: "refuse"; reply: Sourced<SmtpReply> }
  /** Nobody gets it, and nobody is told. */
  | { kind: "drop"; rule: string };

/**
 * Runs the enabled rules in their order ("Mail flow rules in Exchange Online", Learn). A rule that tests (Mode Audit) changes
 * nothing, and so does one outside its dates.
 */
export function runRules(inFlow: InFlow, world: World): Decision {
  // No rule of the tenant's: Exchange refuses it of everybody, since October 2025 in all clouds (MC886603).
  if (lacksSender(inFlow.message)) {
    return { kind: "refuse", reply: smtpReply("queue.several-authors") };
  }
  let { message } = inFlow;
  let outboundConnector: string | undefined;
  const rules = world.mailFlow.transportRules
    .filter(({ enabled, mode }) => enabled && mode === "Enforce")
    .filter(({ activationDate: from, expiryDate: to }) => isWithin(inFlow.at, from, to))
    .toSorted((a, b) => a.priority - b.priority);
  for (const rule of rules) {
    if (!matches(rule, { ...inFlow, message }, world)) continue;
    const { rejectMessageReasonText: reason, rejectMessageEnhancedStatusCode: status } = rule;
    if (reason || status) {
      return {
        kind: "refuse",
        reply: smtpReply("queue.rejected-by-rule", {
          status: status || "5.7.1",
          reason: reason || "the message was rejected by organization policy",
        }),
      };
    }
    if (rule.deleteMessage) return { kind: "drop", rule: rule.name };
    message = changed(message, rule);
    outboundConnector = rule.routeMessageOutboundConnector || outboundConnector;
    if (rule.stopRuleProcessing) break;
  }
  return { kind: "pass", message, ...(outboundConnector && { outboundConnector }) };
}

const isWithin = (at: Date, from: string, to: string): boolean =>
  !(from && at < new Date(from)) && !(to && at > new Date(to));

type Asked = RuleConditions[keyof RuleConditions];

/** Whether every condition of a rule is met, and no exception. */
function matches(rule: TransportRule, inFlow: InFlow, world: World): boolean {
  const tests = Object.entries(testsOf(rule, inFlow, world)) as [
    keyof RuleConditions,
    (values: readonly string[]) => boolean,
  ][];
  const isMet = (asked: Asked, test: (values: readonly string[]) => boolean) =>
    test(typeof asked === "string" ? [asked] : asked);
  return tests.every(([name, test]) => {
    const exception: Asked = rule[`exceptIf${capital(name)}`];
    return (
      (rule[name].length === 0 || isMet(rule[name], test)) &&
      !(exception.length > 0 && isMet(exception, test))
    );
  });
}

const capital = <Name extends string>(name: Name) =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)}` as Capitalize<Name>;

/** What each condition means for a message, by its values; an exception means the same. */
function testsOf(
  { senderAddressLocation: location }: TransportRule,
  { message, sender, recipient, clientAddress, isInternal }: InFlow,
  { tenant }: World,
): Record<keyof RuleConditions, (values: readonly string[]) => boolean> {
  // Assumed: of several authors the first one counts.
  const author = authorsOf(message)[0] ?? "";
  const senders = (
    location === "Header" ? [author] : location === "Envelope" ? [sender] : [author, sender]
  ).map((address) => address.toLowerCase());
  const isInside = (address: string) =>
    tenant.acceptedDomains.some(({ name }) => name === domainOf(address));
  const within = (list: readonly string[], addresses: readonly string[]) =>
    list.some((one) =>
      addresses.some((address) => `.${domainOf(address)}`.endsWith(`.${one.toLowerCase()}`)),
    );
  const among = (list: readonly string[], addresses: readonly string[]) =>
    list.some((one) => addresses.includes(one.toLowerCase()));
  const contained = (words: readonly string[], text: string) =>
    words.some((word) => text.toLowerCase().includes(word.toLowerCase()));
  return {
    from: (list) => among(list, senders),
    fromScope: ([scope]) => (scope === "InOrganization") === isInternal,
    fromAddressContainsWords: (words) => contained(words, senders.join(" ")),
    fromAddressMatchesPatterns: (patterns) =>
      patterns.some((pattern) => senders.some((address) => readPattern(pattern)?.test(address))),
    senderDomainIs: (list) => within(list, senders),
    senderIpRanges: (ranges) =>
      clientAddress !== undefined && ranges.some((range) => isInRuleRange(clientAddress, range)),
    sentTo: (list) => among(list, [recipient.toLowerCase()]),
    sentToScope: ([scope]) =>
      scope === "InOrganization" ? isInternal && isInside(recipient) : !isInside(recipient),
    recipientDomainIs: (list) => within(list, [recipient]),
    subjectContainsWords: (words) => contained(words, fieldValue(message, "Subject") ?? ""),
  };
}

function changed({ fields, body }: Message, rule: TransportRule): Message {
  const { prependSubject: prefix, setHeaderName: name, applyHtmlDisclaimerText: footer } = rule;
  return {
    fields: [
      ...fields.map((field) =>
        prefix && fieldName(field) === "subject"
          ? field.replace(/^([^:]*:\s*)/, `$1${prefix.replaceAll("$", "$$$$")}`)
          : field,
      ),
      ...(name ? [`${name}: ${rule.setHeaderValue}`] : []),
    ],
    body: footer ? `${body}${footer}\r\n` : body,
  };
}
