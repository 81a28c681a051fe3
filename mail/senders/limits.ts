// Microsoft's limits on sending, as data: each with the page that says so and the day it was read.

import type { Method } from "./methods.ts";

/** What a limit counts for. */
export type LimitScope = "message" | "mailbox" | "tenant" | "resource" | "receiver";

export interface Limit {
  readonly id: string;
  /** What is limited, as a noun that follows a number: `messages a minute`. */
  readonly counts: string;
  readonly scope: LimitScope;
  readonly value: number;
  /** The methods whose mail it holds for. */
  readonly methods: readonly Method[];
  /** What happens above it. */
  readonly above: string;
  readonly source: string;
  /** The day that the source was read, `2026-11-29`. */
  readonly read: string;
  readonly note?: string;
}

const EXCHANGE_LIMITS =
  "https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits";
const HVE = "https://learn.microsoft.com/exchange/mail-flow-best-practices/high-volume-mails-m365";
const ACS = "https://learn.microsoft.com/azure/communication-services/concepts/service-limits";
const GRAPH = "https://learn.microsoft.com/graph/throttling-limits";
const GRAPH_LARGE = "https://learn.microsoft.com/graph/outlook-large-attachments";
const TERRL =
  "https://techcommunity.microsoft.com/blog/exchange/introducing-exchange-online-tenant-outbound-email-limits/4372797";
const MOERA =
  "https://techcommunity.microsoft.com/blog/exchange/limiting-onmicrosoft-domain-usage-for-sending-emails/4446167";

/** Of a mailbox, however mail gets into its outbox. */
const MAILBOX: readonly Method[] = ["smtpAuth", "graph"];
/** Of mail that Exchange Online sends on to others. */
const OUTWARDS: readonly Method[] = ["smtpAuth", "graph", "connector", "onPremisesExchange"];
/** Of mail that Exchange Online takes over SMTP or Graph. */
const EXCHANGE: readonly Method[] = [...OUTWARDS, "directSend"];

const limit = <const Id extends string>(
  id: Id,
  rest: Omit<Limit, "id" | "read"> & { readonly read?: string },
): Limit & { readonly id: Id } => ({ read: "2026-11-29", ...rest, id });

export const LIMITS = {
  messagesPerMinute: limit("messagesPerMinute", {
    counts: "messages a minute",
    scope: "mailbox",
    value: 30,
    methods: MAILBOX,
    above: "Exchange delays the messages above it, and a sender that does not wait gets 432 4.3.2",
    source: EXCHANGE_LIMITS,
  }),
  connections: limit("connections", {
    counts: "connections at the same time",
    scope: "mailbox",
    value: 3,
    methods: ["smtpAuth"],
    above: "the fourth gets 432 4.3.2 Concurrent connections limit exceeded",
    source:
      "https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements",
  }),
  recipientsPerDay: limit("recipientsPerDay", {
    counts: "recipients in 24 hours",
    scope: "mailbox",
    value: 10_000,
    methods: MAILBOX,
    above: "Exchange returns the messages above it with 550 5.1.90",
    source: EXCHANGE_LIMITS,
  }),
  recipientsPerMessage: limit("recipientsPerMessage", {
    counts: "recipients a message",
    scope: "message",
    value: 500,
    methods: EXCHANGE,
    above: "Exchange refuses the recipients above it with 452 4.5.3",
    source: EXCHANGE_LIMITS,
    note: "an administrator can raise it to 1,000",
  }),
  messageSize: limit("messageSize", {
    counts: "MB a message, attachments encoded",
    scope: "message",
    value: 35,
    methods: EXCHANGE.filter((method) => method !== "graph"),
    above: "Exchange refuses the message with 552 5.3.4",
    source: EXCHANGE_LIMITS,
    note: "an administrator can raise it to 150 MB",
  }),
  externalRecipientsPerDay: limit("externalRecipientsPerDay", {
    counts: "external recipients in 24 hours",
    scope: "tenant",
    value: 10_000,
    methods: OUTWARDS,
    above: "Exchange returns the messages above it with 550 5.7.233",
    source: TERRL,
    note: "for one licence; with L licences that are not trials 500 × L^0.7 + 9,500",
  }),
  externalRecipientsPerDayOfTrial: limit("externalRecipientsPerDayOfTrial", {
    counts: "external recipients in 24 hours of a trial tenant",
    scope: "tenant",
    value: 5000,
    methods: OUTWARDS,
    above: "Exchange returns the messages above it with 550 5.7.232",
    source: TERRL,
  }),
  externalRecipientsPerDayOfOnMicrosoft: limit("externalRecipientsPerDayOfOnMicrosoft", {
    counts: "external recipients in 24 hours from onmicrosoft.com",
    scope: "tenant",
    value: 100,
    methods: OUTWARDS,
    above: "Exchange returns the messages above it with 550 5.7.236",
    source: MOERA,
  }),
  hveRecipientsPerMessage: limit("hveRecipientsPerMessage", {
    counts: "recipients a message",
    scope: "message",
    value: 50,
    methods: ["highVolumeEmail"],
    above: "the message is refused",
    source: HVE,
  }),
  hveMessageSize: limit("hveMessageSize", {
    counts: "MB a message, attachments encoded",
    scope: "message",
    value: 10,
    methods: ["highVolumeEmail"],
    above: "the message is refused",
    source: HVE,
  }),
  acsMessagesPerMinute: limit("acsMessagesPerMinute", {
    counts: "messages a minute",
    scope: "resource",
    value: 30,
    methods: ["azureCommunicationServices"],
    above: "Azure answers 429 Too Many Requests",
    source: ACS,
    note: "of a domain of one's own; Azure raises it on request",
  }),
  acsMessagesPerHour: limit("acsMessagesPerHour", {
    counts: "messages an hour",
    scope: "resource",
    value: 100,
    methods: ["azureCommunicationServices"],
    above: "Azure answers 429 Too Many Requests",
    source: ACS,
    note: "of a domain of one's own; Azure raises it on request",
  }),
  acsRecipientsPerMessage: limit("acsRecipientsPerMessage", {
    counts: "recipients a message",
    scope: "message",
    value: 50,
    methods: ["azureCommunicationServices"],
    above: "Azure refuses the message",
    source: ACS,
  }),
  acsMessageSize: limit("acsMessageSize", {
    counts: "MB a message, attachments encoded",
    scope: "message",
    value: 10,
    methods: ["azureCommunicationServices"],
    above: "Azure refuses the message",
    source: ACS,
  }),
  graphMessageSize: limit("graphMessageSize", {
    counts: "MB a message, attachments encoded",
    scope: "message",
    value: 150,
    methods: ["graph"],
    above: "Graph refuses the attachment",
    source: GRAPH_LARGE,
    note: "one request takes 4 MB; attachments above 3 MB need an upload session",
  }),
  graphRequests: limit("graphRequests", {
    counts: "requests in 10 minutes",
    scope: "mailbox",
    value: 10_000,
    methods: ["graph"],
    above: "Graph answers 429 with Retry-After",
    source: GRAPH,
  }),
  messagesPerHourOfReceiver: limit("messagesPerHourOfReceiver", {
    counts: "messages an hour to one mailbox",
    scope: "receiver",
    value: 3600,
    methods: EXCHANGE,
    above: "Exchange refuses those above it with 451 4.2.121 or 550 5.2.121",
    source: EXCHANGE_LIMITS,
    note: "a third of them from one sender",
  }),
  bulkMessagesPerDay: limit("bulkMessagesPerDay", {
    counts: "messages a day to mailboxes of one provider",
    scope: "receiver",
    value: 5000,
    methods: [...OUTWARDS, "azureCommunicationServices"],
    above:
      "Gmail, Yahoo and Outlook.com expect SPF, DKIM and an aligned DMARC record, and of marketing mail one-click unsubscribe",
    source: "https://support.google.com/a/answer/81126",
  }),
} as const;

export type LimitId = keyof typeof LIMITS;

/**
 * External recipients that a tenant may send to in 24 hours.
 *
 * @param licenses those with Exchange Online that are not trials; 0 for a tenant of trials alone
 * @see https://techcommunity.microsoft.com/blog/exchange/introducing-exchange-online-tenant-outbound-email-limits/4372797
 */
export const externalRecipientLimit = (licenses: number): number =>
  licenses === 0
    ? LIMITS.externalRecipientsPerDayOfTrial.value
    : Math.floor(500 * licenses ** 0.7 + 9500);
