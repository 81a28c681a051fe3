import type { Fault } from "./fault.ts";

/** The whole outside world except its secrets, as JSON. Every service reads and writes this. */
export interface World {
  seed: string;
  /** Milliseconds that the lab's clock was ahead of real time when the world was saved. */
  clockOffset: number;
  /** How many GUIDs and ids were drawn since the world began. */
  drawn: number;
  tenant: Tenant;
  deployer: DeployerApp;
  settings: Settings;
  addresses: Addresses;
  connectors: Connector[];
  /** What Exchange holds for signing each domain's mail. */
  dkimConfigs: DkimConfig[];
  /** The customer's account at Cloudflare. */
  cloudflare: CloudflareAccount;
  /** Changes of connectors that reads do not show yet (a fault). */
  staleReads: StaleRead[];
  /** Mailboxes of the organisation itself. */
  mailboxes: Mailbox[];
  outside: Outside;
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
  name: string;
  isDefault: boolean;
  isInitial: boolean;
}

export interface Sku {
  skuId: string;
  skuPartNumber: string;
  enabled: number;
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

/** An outside issuer whose assertions are taken; `certificate` (PEM) verifies their signatures. */
export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
  certificate: string;
}

/** What is not the same in all tenants, or what sources do not agree on. */
export interface Settings {
  /** What New-InboundConnector does: normal, created disabled, or refused (E5 developer). */
  connectorOffering: "normal" | "disabled" | "refused";
  /** Whether RequireTls holds on OnPremises connectors; its page says Partner only. */
  requireTlsOnPremises: "kept" | "ignored";
  /** Which of the two seen shapes the texts of cmdlet errors have. */
  errorText: "pipes" | "json";
  /**
   * The exception that New-InboundConnector ends with when the name is taken: the directory's, as seen with
   * another cmdlet, or its own, as in the server product.
   */
  nameTaken: "ADObjectAlreadyExistsException" | "ErrorInboundConnectorAlreadyExistsException";
  /** What Set- and Remove- cmdlets that have nothing to say answer. */
  emptyOutcome: "value" | "no body";
  /** Objects in one page of the admin API; null for all. */
  pageSize: number | null;
  /** Whether the NUL bytes of a 403 are labelled gzip. */
  forbiddenLabelledGzip: boolean;
  /** Set-OrganizationConfig's switch of that name. */
  rejectDirectSend: boolean;
}

/** Public IPv4 addresses. */
export interface Addresses {
  /** The customer's servers. */
  customer: [string, string];
  stranger: string;
  exchangeOutbound: string;
  outsideMx: string;
}

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

export interface Mailbox {
  address: string;
  messages: StoredMessage[];
}

/** A message at rest. */
export interface StoredMessage {
  /** Virtual time, ISO 8601. */
  at: string;
  /** Public address of the server that handed it over. */
  clientAddress: string;
  helo: string;
  /** TLS version, or null when it came in clear. */
  tls: string | null;
  envelope: { from: string; to: string[] };
  /** The bytes as received with the trace headers of this server on top, one char a byte (latin1). */
  raw: string;
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
  connector: string;
  envelope: { from: string; to: string[] };
  /** The bytes that leave, one char a byte (latin1). */
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
}

/** A DNS record as Cloudflare keeps it. */
export interface ZoneRecord {
  /** 32 hexadecimal digits. */
  id: string;
  type: string;
  /** Full name, lower case, no dot at the end. */
  name: string;
  /** As the API shows it: TXT with its quotes, CNAME and MX without the dot at the end. */
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
  enabled: boolean;
  keySize: 1024 | 2048;
  headerCanonicalization: "Relaxed" | "Simple";
  bodyCanonicalization: "Relaxed" | "Simple";
  /** Virtual time from which the keys are there, ISO 8601. */
  keysAt: string;
  /** selector1 and selector2: where the CNAME has to lead, and the public key, base64 of the SPKI. */
  selectors: [DkimSelector, DkimSelector];
  whenChanged: string;
}

export interface DkimSelector {
  cname: string;
  publicKey: string;
}
