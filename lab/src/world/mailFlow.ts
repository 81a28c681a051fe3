// What decides in Exchange about a message that was taken in, beside the connector that it came by.

interface Configured {
  guid: string;
  name: string;
  whenCreated: string;
  whenChanged: string;
}

/** A way out of Exchange that is not that of the recipient's MX, or has conditions of its own. */
export interface OutboundConnector extends Configured {
  enabled: boolean;
  connectorType: "OnPremises" | "Partner";
  connectorSource: "Default" | "HybridWizard" | "Migrated";
  comment: string;
  /** Domains of recipients; `*` for all, `*.domain` for those below. */
  recipientDomains: string[];
  /** Names or addresses of hosts that get the mail. */
  smartHosts: string[];
  /** Whether it goes to the recipient's MX. */
  useMXRecord: boolean;
  /** Whether nothing but a rule that names it uses it. */
  isTransportRuleScoped: boolean;
  /** Whether it takes all mail that goes outside. */
  routeAllMessagesViaOnPremises: boolean;
  cloudServicesMailEnabled: boolean;
  allAcceptedDomains: boolean;
  /** Empty for none. */
  tlsSettings: string;
  /** Empty for none. */
  tlsDomain: string;
  testMode: boolean;
}

/** What a mail flow rule asks of a message. An empty list or text asks nothing. */
export interface RuleConditions {
  from: string[];
  fromScope: string;
  fromAddressContainsWords: string[];
  fromAddressMatchesPatterns: string[];
  senderDomainIs: string[];
  senderIpRanges: string[];
  sentTo: string[];
  sentToScope: string;
  recipientDomainIs: string[];
  subjectContainsWords: string[];
}

/** Each condition is also there as an exception. */
export type RuleExceptions = {
  [Name in keyof RuleConditions as `exceptIf${Capitalize<Name>}`]: RuleConditions[Name];
};

/** A mail flow rule. An empty text is no action. */
export interface TransportRule extends Configured, RuleConditions, RuleExceptions {
  enabled: boolean;
  mode: "Enforce" | "Audit" | "AuditAndNotify";
  priority: number;
  comments: string;
  senderAddressLocation: "Header" | "Envelope" | "HeaderOrEnvelope";
  /** Virtual times, ISO 8601, between which it acts; empty for no limit. */
  activationDate: string;
  expiryDate: string;
  applyHtmlDisclaimerText: string;
  prependSubject: string;
  setHeaderName: string;
  setHeaderValue: string;
  routeMessageOutboundConnector: string;
  rejectMessageReasonText: string;
  rejectMessageEnhancedStatusCode: string;
  deleteMessage: boolean;
  stopRuleProcessing: boolean;
}

/** Which messages are copied to a journal. */
export interface JournalRule extends Configured {
  enabled: boolean;
  /** Whose messages; null for everybody's. */
  recipient: string | null;
  journalEmailAddress: string;
  scope: string;
}

/** Several recipients at one address. */
export interface DistributionGroup {
  address: string;
  /** Addresses of mailboxes of the organisation. */
  members: string[];
  /** RequireSenderAuthenticationEnabled: whether it takes mail from senders of the organisation alone. */
  requireSenderAuthentication: boolean;
}

/** A connector that Defender takes for compromised. */
export interface BlockedConnector {
  /** GUID of the inbound connector. */
  connectorId: string;
  reason: string;
  /** Virtual time, ISO 8601. */
  createdAt: string;
}

/** What an organisation has of all this. */
export interface MailFlow {
  outboundConnectors: OutboundConnector[];
  transportRules: TransportRule[];
  journalRules: JournalRule[];
  blockedConnectors: BlockedConnector[];
  /** Made in the world itself: no cmdlet of theirs is modelled. */
  distributionGroups: DistributionGroup[];
  /** What the organisation's own gateway adds to the text of each message that an outbound connector gives it. */
  gatewayFooter: string;
}

export const noMailFlow = (): MailFlow => ({
  outboundConnectors: [],
  transportRules: [],
  journalRules: [],
  blockedConnectors: [],
  distributionGroups: [],
  gatewayFooter: "",
});

/** The group with this address, in any letter case. */
export const findGroup = (
  { mailFlow }: { mailFlow: MailFlow },
  address: string,
): DistributionGroup | undefined =>
  mailFlow.distributionGroups.find((group) => group.address === address.toLowerCase());
