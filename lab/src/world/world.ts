import type { Audit } from "./audit.ts";
import type { DeletedItems } from "./deletedItems.ts";
import type { Directory } from "./directory.ts";
import type { Fault } from "./fault.ts";
import type { GitHubRepository } from "./github.ts";
import type { BillingPolicy, HveAccount } from "./highVolume.ts";
import type { ClientSubmission, StoredMessage } from "./mail.ts";
import type { MailFlow } from "./mailFlow.ts";
import type { MessageTrace } from "./messageTrace.ts";
import type { GmailReceiver, OutlookReceiver } from "./outside.ts";
import type { Policies } from "./policies.ts";
import type {
  AuthenticationPolicy,
  ExchangeServicePrincipal,
  Mailbox,
  MailboxPermission,
  ManagementScope,
  Organization,
  OutboundPolicy,
  RecipientPermission,
  RoleAssignment,
} from "./recipients.ts";
import type { ManagementRole, RoleGroup } from "./roleGroups.ts";
import type { Settings } from "./settings.ts";
import type { AppSignIn } from "./signIns.ts";

/** The whole outside world except its secrets, as JSON. Every service reads and writes this. */
export interface World {
  seed: string;
  /** Milliseconds that the lab's clock was ahead of real time when the world was saved. */
  clockOffset: number;
  /** How many GUIDs and ids were drawn since the world began. */
  drawn: number;
  tenant: Tenant;
  deployer: DeployerApp;
  /** People who may sign in, by user principal name. */
  people: People;
  /** Apps that may look and change nothing: one by a directory role, one by a role group of Exchange. */
  readers: ReaderApp[];
  managementRoles: ManagementRole[];
  roleGroups: RoleGroup[];
  settings: Settings;
  addresses: Addresses;
  /** Exchange's addresses for mail that its usual one does not send. */
  pools: Pools;
  connectors: Connector[];
  /** What Exchange holds for signing each domain's mail. */
  dkimConfigs: DkimConfig[];
  /** The customer's account at Cloudflare. */
  cloudflare: CloudflareAccount;
  /** The customer's repository, with the stack files. */
  github: GitHubRepository;
  /** Zones of the lab's DNS that are nobody's at Cloudflare; Microsoft's own are made when asked for. */
  otherZones: Zone[];
  /** Changes of connectors that reads do not show yet (a fault). */
  staleReads: StaleRead[];
  /** What Entra holds beside the deployer's app. */
  directory: Directory;
  /** What Entra and Exchange keep of what was deleted. */
  deletedItems: DeletedItems;
  organization: Organization;
  /** Mailboxes of the tenant. */
  mailboxes: Mailbox[];
  /** Accounts of High Volume Email. */
  hveAccounts: HveAccount[];
  /** Pay-as-you-go billing policies that High Volume Email may use. */
  billingPolicies: BillingPolicy[];
  exchangeServicePrincipals: ExchangeServicePrincipal[];
  managementScopes: ManagementScope[];
  roleAssignments: RoleAssignment[];
  mailboxPermissions: MailboxPermission[];
  recipientPermissions: RecipientPermission[];
  authenticationPolicies: AuthenticationPolicy[];
  /** Entra's policies of credentials and sign-ins. */
  policies: Policies;
  outboundPolicies: OutboundPolicy[];
  mailFlow: MailFlow;
  audit: Audit;
  /** Entra's sign-in log, as far as it has apps that sign in with a secret; oldest first. */
  signIns: AppSignIn[];
  /** What client submission counts. */
  submission: ClientSubmission;
  /** What happened to the messages that Exchange took. */
  messageTrace: MessageTrace;
  /** The first organisation outside, with a mail system of its own. */
  outside: Outside;
  /** Two more, whose mail others host. */
  receivers: (GmailReceiver | OutlookReceiver)[];
  queue: QueueEntry[];
  faults: Fault[];
}

export interface Tenant {
  id: string;
  displayName: string;
  /** `<company>.onmicrosoft.com` */
  initialDomain: string;
  /** The verified custom domain. */
  domain: string;
  domains: GraphDomain[];
  acceptedDomains: AcceptedDomain[];
  skus: Sku[];
  /** Two letters (ISO 3166-1), as the organisation signed up; null for none. @default NL */
  countryLetterCode?: string | null;
  /** The same, for the licences of its users; null for none. @default null */
  defaultUsageLocation?: string | null;
  /** Host of the MX record, as Graph gives it. */
  mxHost: string;
  /** Exchange's own host names. */
  servers: { frontEnd: string; mailbox: string; outbound: string; directory: string };
  /** Forest of the directory, such as `NAMPR04A001.PROD.OUTLOOK.COM`. */
  forest: string;
}

export interface GraphDomain {
  id: string;
  isInitial: boolean;
  isDefault: boolean;
  isVerified: boolean;
}

export interface AcceptedDomain {
  guid: string;
  /** The domain itself: DomainName in Exchange, the id in Graph. */
  name: string;
  /** Name of the object in Exchange, where that is not the domain. */
  objectName?: string;
  isDefault: boolean;
  isInitial: boolean;
  /** @default Authoritative */
  type?: "Authoritative" | "InternalRelay" | "ExternalRelay";
  /** Whether Set-AcceptedDomain has forbidden to send from it. @default false */
  isSendingDisabled?: boolean;
}

export interface Sku {
  skuId: string;
  skuPartNumber: string;
  enabled: number;
  /** Of a subscription that has expired, in its grace period. @default 0 */
  warning?: number;
  /** Of a subscription that was cancelled. @default 0 */
  suspended?: number;
  /** Of a subscription that Microsoft has cancelled. @default 0 */
  lockedOut?: number;
  /** Whether it is tried and not paid for. @default false */
  isTrial?: boolean;
  consumed: number;
  servicePlans: { servicePlanId: string; servicePlanName: string }[];
}

/** The app registration that deploys, with the rights it holds now (tokens keep older ones). */
export interface DeployerApp {
  clientId: string;
  /** Object id of its service principal. */
  servicePrincipalId: string;
  displayName: string;
  /** App roles by resource. */
  appRoles: { exchange: string[]; graph: string[] };
  /** Template ids of the Entra directory roles it holds. */
  directoryRoles: string[];
  /** Registered certificates, PEM. */
  certificates: string[];
  federatedCredentials: FederatedCredential[];
}

/** User principal names of people with different rights. */
export interface People {
  /** Global Administrator. */
  administrator: string;
  /** Exchange Administrator, and nothing else. */
  exchangeAdministrator: string;
  /** Without any role. */
  user: string;
}

/** An app that reads; it signs in with a client secret, or as a workload that it trusts. */
export interface ReaderApp
  extends Pick<
    DeployerApp,
    "clientId" | "servicePrincipalId" | "displayName" | "appRoles" | "directoryRoles"
  > {
  /** What it is known by: `global-reader`. */
  name: string;
  /** Workloads that it trusts, by issuers that the directory knows. @default none */
  federatedCredentials?: Omit<FederatedCredential, "certificate">[];
}

/** An outside issuer whose assertions are taken; `certificate` (PEM) verifies their signatures. */
export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
  certificate: string;
}

/** Public IPv4 addresses. */
export interface Addresses {
  /** The customer's servers. */
  customer: [string, string];
  stranger: string;
  exchangeOutbound: string;
  outsideMx: string;
}

/** Which of Exchange's addresses a message leaves by. */
export type Pool = "normal" | "relay" | "highRisk";

/** Public IPv4 addresses of the pools beside the normal one. */
export type Pools = Record<Exclude<Pool, "normal">, string>;

/** An inbound connector as Exchange keeps it. */
export interface Connector {
  guid: string;
  name: string;
  enabled: boolean;
  connectorType: "Partner" | "OnPremises";
  connectorSource: "Default" | "HybridWizard" | "Migrated" | "AdminUI";
  comment: string;
  senderIPAddresses: string[];
  /** `smtp:<domain>;<cost>` */
  senderDomains: string[];
  trustedOrganizations: string[];
  clientHostNames: string[];
  associatedAcceptedDomains: string[];
  requireTls: boolean;
  restrictDomainsToIPAddresses: boolean;
  restrictDomainsToCertificate: boolean;
  cloudServicesMailEnabled: boolean;
  treatMessagesAsInternal: boolean;
  tlsSenderCertificateName: string | null;
  efTestMode: boolean;
  scanAndDropRecipients: string[];
  efSkipLastIP: boolean;
  efSkipIPs: string[];
  efSkipMailGateway: string[];
  efUsers: string[];
  whenCreated: string;
  whenChanged: string;
  /** Reads that will not see it yet (a fault). */
  hiddenReads: number;
}

/** What reads go on to show of a connector that was changed or removed. */
export interface StaleRead {
  /** The connector as it was. */
  was: Connector;
  /** How many reads still show it. */
  reads: number;
}

/** The other side: one mail server with its own domain. */
export interface Outside {
  domain: string;
  mxHost: string;
  /** Addresses it accepts mail for. */
  mailboxes: string[];
  messages: StoredMessage[];
}

/** A message that Exchange took and has to bring outside. */
export interface QueueEntry {
  id: string;
  state: "queued" | "delivered" | "failed";
  /** Name of the connector it came in by; null for what a mailbox submitted. */
  connector: string | null;
  envelope: { from: string; to: string[] };
  /** The GUID that Exchange gave the message, for its trace. @default an older lab took it */
  networkMessageId?: string;
  /** Name of the outbound connector that a rule sends it by. @default none */
  outboundConnector?: string;
  /** The pool that takes it if Exchange finds no fault with it. @default normal */
  pool?: Pool;
  /** The bytes that leave, before they are signed, one char a byte (latin1). */
  raw: string;
  attempts: number;
  /** The last reply of the other side, or why there is none. */
  lastReply: string;
  /** Virtual time of the next attempt, ISO 8601; null when there is none. */
  nextAttemptAt: string | null;
}

/** An account at Cloudflare with its zones; some may be other people's. */
export interface CloudflareAccount {
  id: string;
  name: string;
  /** What the customer's API token may do, by zone id. */
  token: { id: string; permissions: Record<string, ("zone:read" | "dns:read" | "dns:edit")[]> };
  zones: Zone[];
}

export interface Zone {
  /** 32 hexadecimal digits. */
  id: string;
  name: string;
  status: "active" | "pending" | "moved";
  paused: boolean;
  nameServers: [string, string];
  /** Serial number of its SOA record; grows with each change. */
  serial: number;
  /** Whether every CNAME is answered by what it leads to (the zone's CNAME flattening setting). */
  flattenAll: boolean;
  records: ZoneRecord[];
  /** What the name servers still serve after a change (`dnsDelayMs`), oldest first. */
  past: PastRecords[];
}

/** A zone's records as they were before a change. */
export interface PastRecords {
  /** Virtual time until which the name servers serve them, ISO 8601. */
  until: string;
  serial: number;
  records: ZoneRecord[];
}

/** A DNS record as Cloudflare keeps it. */
export interface ZoneRecord {
  /** 32 hexadecimal digits. */
  id: string;
  type: string;
  /** Full name, lower case, no dot at the end. */
  name: string;
  /** As the API shows it: TXT with its quotes or as it came without, CNAME and MX without the dot at the end. */
  content: string;
  /** Of MX records. */
  priority?: number;
  /** Seconds; 1 is automatic. */
  ttl: number;
  proxied: boolean;
  settings: Record<string, boolean>;
  comment: string | null;
  tags: string[];
  createdOn: string;
  modifiedOn: string;
}

/** A domain's DKIM configuration in Exchange; the private keys are among the secrets. */
export interface DkimConfig {
  guid: string;
  domain: string;
  adminDisplayName: string;
  enabled: boolean;
  headerCanonicalization: "Relaxed" | "Simple";
  bodyCanonicalization: "Relaxed" | "Simple";
  /** Virtual time from which the keys are shown, ISO 8601. */
  keysAt: string;
  selectors: [DkimSelector, DkimSelector];
  /** Which selector signs before a time and which from then on: 0 is selector1, 1 selector2. */
  rotation: { on: string; before: 0 | 1; after: 0 | 1 };
  /** Virtual time at which Exchange first saw both CNAMEs, ISO 8601; null when it did not. */
  cnamesSeenAt: string | null;
  /** Virtual time at which Exchange last looked for them, ISO 8601. */
  lastChecked: string;
  /** Virtual time at which the newest key was ordered, ISO 8601. */
  keyCreationTime: string;
}

/** selector1 or selector2 of a domain. */
export interface DkimSelector {
  /** Where the CNAME has to lead, and where Microsoft publishes the key. */
  cname: string;
  keySize: 1024 | 2048;
  /** Names the private key among the secrets. */
  keyId: string;
  /** base64 of the SPKI; empty until the first key is made, the one before until a new one is. */
  publicKey: string;
}
