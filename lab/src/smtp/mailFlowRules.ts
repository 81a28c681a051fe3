// Mail flow rules: which of them match a message to one recipient, and what they make of it.
import { isInRange } from "../exchange/addressRange.ts";
import type { Sourced } from "../reply.ts";
import type { TransportRule } from "../world/mailFlow.ts";
import type { World } from "../world/world.ts";
import { authorsOf, domainOf, fieldName, fieldValue, type Message } from "./message.ts";
import { type SmtpReply, smtpReply } from "./reply.ts";

/** A message on its way to one recipient. */
export interface InFlow {
  message: Message;
  recipient: string;
  /** Public address that it came from; undefined of a mailbox's own. */
  clientAddress?: string;
  /** Whether it counts as sent from inside the organisation. */
  isInternal: boolean;
}

/** What the rules decide. */
export type Decision =
  | { kind: "pass"; message: Message; outboundConnector?: string }
  | { kind: "refuse"; reply: Sourced<SmtpReply> }
  /** Nobody gets it, and nobody is told. */
  | { kind: "drop"; rule: string };

/**
 * Runs the enabled rules in their order ("Mail flow rules in Exchange Online", Learn). A rule that tests (Mode Audit) changes
 * nothing. From is the header's (SenderAddressLocation Header, the default).
 */
export function runRules(inFlow: InFlow, world: World): Decision {
  let { message } = inFlow;
  let outboundConnector: string | undefined;
  const rules = world.mailFlow.transportRules
    .filter(({ enabled, mode }) => enabled && mode === "Enforce")
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

/** Whether every condition of a rule is met, and no exception. */
function matches(
  rule: TransportRule,
  { message, recipient, clientAddress, isInternal }: InFlow,
  { tenant }: World,
): boolean {
  const authors = authorsOf(message).map((author) => author.toLowerCase());
  const domains = authors.map(domainOf);
  const isInside = (address: string) =>
    tenant.acceptedDomains.some(({ name }) => name === domainOf(address));
  const within = (list: string[], ofDomains: string[]) =>
    list.some((one) => ofDomains.some((domain) => `.${domain}`.endsWith(`.${one.toLowerCase()}`)));
  const among = (list: string[], addresses: string[]) =>
    list.some((one) => addresses.includes(one.toLowerCase()));
  const subject = fieldValue(message, "Subject") ?? "";
  const conditions: [list: readonly string[], isMet: () => boolean][] = [
    [rule.from, () => among(rule.from, authors)],
    [of(rule.fromScope), () => (rule.fromScope === "InOrganization") === isInternal],
    [
      rule.fromAddressContainsWords,
      () =>
        rule.fromAddressContainsWords.some((word) =>
          authors.join(" ").includes(word.toLowerCase()),
        ),
    ],
    [rule.senderDomainIs, () => within(rule.senderDomainIs, domains)],
    [
      rule.senderIpRanges,
      () =>
        clientAddress !== undefined &&
        rule.senderIpRanges.some((range) => isInRange(clientAddress, range)),
    ],
    [rule.sentTo, () => among(rule.sentTo, [recipient.toLowerCase()])],
    [
      of(rule.sentToScope),
      () =>
        rule.sentToScope === "InOrganization"
          ? isInternal && isInside(recipient)
          : !isInside(recipient),
    ],
    [rule.recipientDomainIs, () => within(rule.recipientDomainIs, [domainOf(recipient)])],
    [
      rule.subjectContainsWords,
      () =>
        rule.subjectContainsWords.some((word) =>
          subject.toLowerCase().includes(word.toLowerCase()),
        ),
    ],
  ];
  const isExcepted =
    among(rule.exceptIfFrom, authors) ||
    within(rule.exceptIfSenderDomainIs, domains) ||
    within(rule.exceptIfRecipientDomainIs, [domainOf(recipient)]);
  return !isExcepted && conditions.every(([list, isMet]) => list.length === 0 || isMet());
}

const of = (scope: string): string[] => (scope ? [scope] : []);

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
