import type { DnsRecord } from "../dns/record.ts";
import type { Problem } from "../problem.ts";
import type { ConnectorSurroundings, TenantConnector } from "../senders/connectorProblems.ts";

// What was read of a relay that was made by hand, and what becomes of it. Values are in canonical form.

/** Something that a stack can't adopt, and stays as it is. */
export interface Left {
  /** What it is: `connector "Relay from ERP"`. */
  readonly what: string;
  /** Why it can't be adopted, a clause that follows. */
  readonly reason: string;
  /** What to do, as an imperative. */
  readonly todo: string;
}

/** An inbound connector with everything that decides whether it can be adopted. */
export interface FoundConnector extends TenantConnector {
  readonly requireTls: boolean;
  readonly senderDomains: readonly string[];
  /** Empty for no limit. */
  readonly associatedAcceptedDomains: readonly string[];
  readonly treatMessagesAsInternal: boolean;
  readonly cloudServicesMailEnabled: boolean;
  readonly restrictDomainsToIPAddresses: boolean;
  readonly restrictDomainsToCertificate: boolean;
}

/** A mailbox that an app may submit mail as. */
export interface FoundSubmission {
  /** Client id of the app. */
  readonly appId: string;
  /** Its display name in Exchange; may be empty. */
  readonly displayName: string;
  /** Primary address of the mailbox. */
  readonly mailbox: string;
  /** What lets the app in. */
  readonly by: "role" | "full access";
  /** Further addresses that the mailbox may send as. */
  readonly sendAs: readonly string[];
  /** Why the mailbox can't be adopted; undefined when it can. */
  readonly problem: Problem | undefined;
}

/** A domain that the tenant has verified, and what decides on its DNS. */
export interface FoundDomain {
  readonly name: string;
  /** Its zone at Cloudflare; undefined where no token sees one. */
  readonly zone: { readonly id: string; readonly name: string } | undefined;
  /** The records of that zone; where there is none, the TXT records that DNS returns for SPF and DMARC. */
  readonly records: readonly DnsRecord[];
  /** Its DKIM configuration in Exchange; undefined where it has none. */
  readonly dkim:
    | { readonly enabled: boolean; readonly hasKeys: boolean; readonly missing: string }
    | undefined;
  /** The owners that the marks of its DKIM configuration and its records name. */
  readonly owners: readonly string[];
}

/** A relay that was made by hand. */
export interface FoundRelay
  extends Pick<ConnectorSurroundings, "acceptedDomains" | "subscriptions"> {
  readonly connectors: readonly FoundConnector[];
  readonly submissions: readonly FoundSubmission[];
  readonly domains: readonly FoundDomain[];
  /** What else was found that a stack can't have, or what could not be read. */
  readonly others: readonly Left[];
}
