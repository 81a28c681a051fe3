// Microsoft's limits on sending, as data: each with the page that says so and the day it was read.

import { NDR } from "../replies/sources.ts";
import type { Method } from "./methods.ts";

/** What a limit counts for. */
export type LimitScope =
  | "message"
  | "mailbox"
  | "app"
  | "recipient"
  | "tenant"
  | "resource"
  | "receiver";

/** Where a fact stands, and how far anybody has read it. */
export interface Sourced {
  /** The page that says so. */
  readonly source: string;
  /** The day that a stored copy of it was read, `2026-11-29`. */
  readonly read: string;
  /** Who quotes the page, where it was not there to be read itself. */
  readonly quotedBy?: string;
  /** What no source settles. */
  readonly unproven?: string;
}

export interface Limit extends Sourced {
  readonly id: string;
  /** What is limited, as a noun that follows a number: `messages a minute`. */
  readonly counts: string;
  readonly scope: LimitScope;
  readonly value: number;
  /** The methods whose mail it holds for. */
  readonly methods: readonly Method[];
  /** What happens above it. */
  readonly above: string;
  readonly note?: string;
}

const EXCHANGE_LIMITS =
  "https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits";
const SUBMISSION =
  "https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements";
const HVE = "https://learn.microsoft.com/exchange/mail-flow-best-practices/high-volume-mails-m365";
const ACS = "https://learn.microsoft.com/azure/communication-services/concepts/service-limits";
const TERRL =
  "https://techcommunity.microsoft.com/blog/exchange/introducing-exchange-online-tenant-outbound-email-limits/4372797";

/** Of a mailbox, however mail gets into its outbox. */
const MAILBOX: readonly Method[] = ["smtpAuth", "graph"];
/** Of mail that servers hand over on port 25. */
const RELAYED: readonly Method[] = ["connector", "onPremisesExchange", "directSend"];
/** Of mail that Exchange Online sends on to others. */
const OUTWARDS: readonly Method[] = ["smtpAuth", "graph", "connector", "onPremisesExchange"];

const limit = <const Id extends string>(
  id: Id,
  rest: Omit<Limit, "id" | "read"> & { readonly read?: string },
): Limit & { readonly id: Id } => ({ read: "2026-11-29", ...rest, id });

/** Copies of Microsoft's page of limits, which quote its tables and footnotes. */
const QUOTED = {
  source: EXCHANGE_LIMITS,
  quotedBy:
    "https://connectioncloudsupport.zendesk.com/hc/en-us/articles/4408038011673-Exchange-Online-Sending-and-Receiving-Limits",
};

export const LIMITS = {
  messagesPerMinute: limit("messagesPerMinute", {
    counts: "messages a minute",
    scope: "mailbox",
    value: 30,
    methods: MAILBOX,
    above:
      "Exchange delays further messages to the following minutes; a client may get 432 4.3.2, and has to try again",
    source: SUBMISSION,
  }),
  connections: limit("connections", {
    counts: "connections at a time",
    scope: "mailbox",
    value: 3,
    methods: ["smtpAuth"],
    above: "Exchange refuses further ones with 432 4.3.2, and a client has to try again",
    source: SUBMISSION,
  }),
  recipientsPerDay: limit("recipientsPerDay", {
    counts: "recipients in 24 hours",
    scope: "mailbox",
    value: 10_000,
    methods: MAILBOX,
    above:
      "Exchange returns further messages with 550 5.1.90, or refuses them with 554 5.2.0 SubmissionQuotaExceededException",
    source: SUBMISSION,
  }),
  recipientsPerMessage: limit("recipientsPerMessage", {
    counts: "recipients a message",
    scope: "message",
    value: 500,
    methods: MAILBOX,
    above: "Exchange refuses further recipients with 452 4.5.3",
    ...QUOTED,
    note: "a group counts as one; an administrator can set 1 to 1,000 for a mailbox",
  }),
  relayedRecipientsPerMessage: limit("relayedRecipientsPerMessage", {
    counts: "recipients a message",
    scope: "message",
    value: 1000,
    methods: RELAYED,
    above: "Exchange refuses further recipients with 452 4.5.3",
    source: "https://learn.microsoft.com/powershell/module/exchangepowershell/set-transportconfig",
    note: "MaxRecipientEnvelopeLimit, which an administrator can lower",
  }),
  relayedRecipientsOfDomain: limit("relayedRecipientsOfDomain", {
    counts: "recipients of one domain a message",
    scope: "message",
    value: 200,
    methods: RELAYED,
    above:
      "Exchange refuses further recipients with 452 4.5.3; a mail server sends them the message again, and an application has to split it",
    source: NDR,
    quotedBy:
      "https://developerpublish.com/microsoft-365-exchange-error-code-4-5-3-too-many-recipients",
  }),
  messageSize: limit("messageSize", {
    counts: "MB a message, attachments encoded",
    scope: "message",
    value: 35,
    methods: MAILBOX,
    above: "Exchange returns the message with 550 5.2.3",
    source: "https://learn.microsoft.com/graph/api/attachment-createuploadsession",
    note: "MaxSendSize, which an administrator can raise to 150 MB; Graph takes attachments of 3 MB and more by an upload session",
    unproven: "which reply client submission gives",
  }),
  relayedMessageSize: limit("relayedMessageSize", {
    counts: "MB a message, attachments encoded, outwards",
    scope: "message",
    value: 150,
    methods: RELAYED,
    above: "Exchange refuses the message with 552 5.3.4",
    source:
      "https://learn.microsoft.com/office365/servicedescriptions/exchange-online-protection-service-description/exchange-online-protection-limits",
    note: "receivers may take less",
    unproven: "the page itself could not be read; Exchange's servers announce SIZE 157286400",
  }),
  receivedMessageSize: limit("receivedMessageSize", {
    counts: "MB a message, attachments encoded, to a mailbox inside",
    scope: "recipient",
    value: 36,
    methods: RELAYED,
    above: "Exchange returns the message with 550 5.2.3",
    ...QUOTED,
    note: "MaxReceiveSize, which an administrator can raise to 150 MB",
  }),
  externalRecipientsPerDay: limit("externalRecipientsPerDay", {
    counts: "external recipients in 24 hours",
    scope: "tenant",
    value: 10_000,
    methods: OUTWARDS,
    above: "Exchange returns further messages with 550 5.7.233",
    source: TERRL,
    note: "for one licence; with L licences that are not trials 500 × L^0.7 + 9,500",
    unproven:
      "what new tenants and tenants for education may send since September 2026 (MC1454397 announces other numbers, and no page that could be read has them)",
  }),
  externalRecipientsPerDayOfTrial: limit("externalRecipientsPerDayOfTrial", {
    counts: "external recipients in 24 hours of a trial tenant",
    scope: "tenant",
    value: 5000,
    methods: OUTWARDS,
    above: "Exchange returns further messages with 550 5.7.232",
    source: TERRL,
    unproven:
      "whether it still is this number: MC1454397 announces another one for September 2026, which no page that could be read has",
  }),
  externalRecipientsPerDayOfOnMicrosoft: limit("externalRecipientsPerDayOfOnMicrosoft", {
    counts: "external recipients in 24 hours from onmicrosoft.com",
    scope: "tenant",
    value: 100,
    methods: OUTWARDS,
    above: "Exchange returns further messages with 550 5.7.236",
    source:
      "https://techcommunity.microsoft.com/blog/exchange/limiting-onmicrosoft-domain-usage-for-sending-emails/4446167",
    quotedBy: "https://dmarcwise.io/blog/onmicrosoft-sending-limits",
  }),
  hveRecipientsPerMessage: limit("hveRecipientsPerMessage", {
    counts: "recipients a message",
    scope: "message",
    value: 50,
    methods: ["highVolumeEmail"],
    above: "the message is refused",
    source: HVE,
    unproven:
      "the page itself could not be read; presets of public programs quote it, with no limit on messages or recipients a day",
  }),
  hveMessageSize: limit("hveMessageSize", {
    counts: "MB a message, attachments encoded",
    scope: "message",
    value: 10,
    methods: ["highVolumeEmail"],
    above: "the message is refused",
    source: HVE,
    unproven: "the page itself could not be read; presets of public programs quote it",
  }),
  acsMessagesPerMinute: limit("acsMessagesPerMinute", {
    counts: "messages a minute",
    scope: "resource",
    value: 30,
    methods: ["azureCommunicationServices"],
    above: "Azure answers 429 Too Many Requests",
    source: ACS,
    note: "the limit of a domain of your own, which Azure raises on request",
  }),
  acsMessagesPerHour: limit("acsMessagesPerHour", {
    counts: "messages an hour",
    scope: "resource",
    value: 100,
    methods: ["azureCommunicationServices"],
    above: "Azure answers 429 Too Many Requests",
    source: ACS,
    note: "the limit of a domain of your own, which Azure raises on request",
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
    note: "Azure raises it to 30 MB on request",
  }),
  messagesPerHourOfPair: limit("messagesPerHourOfPair", {
    counts: "messages an hour from one sender to one mailbox",
    scope: "receiver",
    value: 1188,
    methods: [...RELAYED, "azureCommunicationServices"],
    above: "Exchange returns further messages with 550 5.2.121",
    source: "https://app.cloudscout.one/evergreen-item/MC272450",
    note: "33 % of the 3,600 that a mailbox receives in an hour from all; what mailboxes of the same tenant send is let through above it",
  }),
  bulkMessagesPerDay: limit("bulkMessagesPerDay", {
    counts: "messages a day to mailboxes of one provider",
    scope: "receiver",
    value: 5000,
    methods: [...OUTWARDS, "azureCommunicationServices"],
    above:
      "Gmail and Outlook.com expect SPF, DKIM and aligned DMARC (else Outlook.com refuses with 550 5.7.515), and Gmail one-click unsubscribe in marketing mail; Yahoo expects the same and names no number",
    source: "https://support.google.com/a/answer/81126",
  }),
  federatedIdentities: limit("federatedIdentities", {
    counts: "federated identity credentials an app",
    scope: "app",
    value: 20,
    methods: ["smtpAuth"],
    above: "Entra refuses the credential",
    source:
      "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    note: "each with another pair of issuer and subject",
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
    : Math.round(500 * licenses ** 0.7 + 9500);

/** The paid licences that let a tenant send to so many external recipients in 24 hours: `externalRecipientLimit`, solved. */
export function licensesFor(externalRecipients: number): number {
  const more = Math.max(0, externalRecipients - 9500) / 500;
  const upper = Math.max(1, Math.ceil(more ** (1 / 0.7)));
  // The limit is rounded, so that one licence less can be enough.
  return upper > 1 && externalRecipientLimit(upper - 1) >= externalRecipients ? upper - 1 : upper;
}

/** What Microsoft, or a cloud, says of a method without a number. */
export interface MethodFact extends Sourced {
  /** What the source says, as a sentence without its full stop. */
  readonly says: string;
}

const fact = (rest: Omit<MethodFact, "read">): MethodFact => ({ read: "2026-11-29", ...rest });

/** What a method is refused for without a number, each with its page. */
export const METHOD_FACTS = {
  bulkByConnector: fact({
    says: "Inbound connectors of OnPremises type are not designed to relay bulk mail to the internet, and any such activity is a misuse",
    source:
      "https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/inbound-connector-faq",
  }),
  bulkByMailbox: fact({
    says: "Customers who send bulk mail to other organisations, such as newsletters, should use a service that specialises in it; Exchange Online does not support bulk mail",
    ...QUOTED,
  }),
  sharedAddresses: fact({
    says: "SMTP relay by a connector does not support mail from applications that a third party hosts",
    source:
      "https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365",
  }),
  directSendInside: fact({
    says: "Direct send reaches recipients inside the organisation alone, and Microsoft recommends an SPF record with its address",
    source:
      "https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365",
  }),
  highVolumeInside: fact({
    says: "High Volume Email sends to recipients inside the organisation alone (550 5.5.105)",
    source:
      "https://learn.microsoft.com/exchange/mail-flow-best-practices/troubleshoot-high-volume-email-m365",
    quotedBy: "https://mc.merill.net/message/MC1243552",
  }),
  highVolumeClouds: fact({
    says: "High Volume Email is generally available in the worldwide cloud alone, since 2026-03-31",
    source: "https://mc.merill.net/message/MC1243552",
  }),
  port25OfAzure: fact({
    says: "Azure lets machines of Enterprise Agreement and MCA-E subscriptions connect to port 25 outside, and blocks it for the other types",
    source:
      "https://learn.microsoft.com/azure/virtual-network/troubleshoot-outbound-smtp-connectivity",
  }),
  port25OfAws: fact({
    says: "AWS restricts port 25 outwards from EC2, and lifts that on request",
    source: "https://repost.aws/knowledge-center/ec2-port-25-throttle",
    quotedBy: "https://cli.nylas.com/guides/smtp-ports-blocked-on-cloud-servers",
  }),
  port25OfGoogleCloud: fact({
    says: "Google Cloud blocks port 25 to addresses outside",
    source: "https://cloud.google.com/compute/docs/tutorials/sending-mail",
    quotedBy: "https://cli.nylas.com/guides/smtp-ports-blocked-on-cloud-servers",
  }),
} as const;

export type MethodFactId = keyof typeof METHOD_FACTS;
