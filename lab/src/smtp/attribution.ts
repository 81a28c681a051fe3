import { isInRange, prefixOf } from "../exchange/addressRange.ts";
import type { Connector, World } from "../world/world.ts";
import { domainOf } from "./message.ts";

/** What Exchange knows of a client when a transaction begins. */
export interface Client {
  /** Public IPv4 address. */
  address: string;
  tls: boolean;
  /** Names in the client's certificate; none unless its chain ends at a public CA. */
  certificateNames: string[];
}

/** Who a message is from, and to whom it goes. */
export interface Envelope {
  /** Envelope sender; empty for the null sender. */
  sender: string;
  /** Not known yet at MAIL. */
  recipient?: string;
}

/** The tenant's connector that a transaction came in by, and what it was recognised by. */
export interface Attribution {
  connector: Connector;
  by: "certificate" | "address";
}

/**
 * Finds the OnPremises connector that lets a transaction relay: the rule since 1 November 2023 ("Requirements for
 * SMTP relay through Exchange Online", Learn). Both must be true:
 *
 * 1. the certificate's domain or the domain of MAIL FROM is an accepted domain. A domain below an accepted one is
 *    none itself, but a connector for `*.domain` makes the certificate stand for `domain` (the Exchange team's
 *    answers below "Updated requirements for SMTP relay through Exchange Online");
 * 2. certificate or source address match an enabled OnPremises connector.
 *
 * So foreign and empty senders need a certificate. What AssociatedAcceptedDomains limits, Microsoft's pages do not
 * agree on: "the source domains that use the connector" (New-InboundConnector), or the domains that the connector is
 * tried for, accepted or recipient ones ("Configure mail flow using connectors"). A world has one of the two. Assumed: of several connectors one by certificate goes first
 * (MC1226222), then the narrowest range, then the oldest; RequireTls is judged on that one alone.
 *
 * @returns the attribution; "tls" when the connector demands TLS of a session in clear; undefined without a match
 */
export function attribute(
  client: Client,
  envelope: Envelope,
  world: World,
): Attribution | "tls" | undefined {
  const found = matchesOf(client, world).find((match) => mayRelay(match, client, envelope, world));
  if (!found) return undefined;
  return found.connector.requireTls && !client.tls ? "tls" : found;
}

/** The enabled OnPremises connectors that recognise a client, the one that counts first. */
function matchesOf(client: Client, world: World): Attribution[] {
  const enabled = world.connectors.filter(
    (connector) => connector.enabled && connector.connectorType === "OnPremises",
  );
  const byCertificate = enabled.filter((one) => matchesCertificate(one, client.certificateNames));
  const byAddress = enabled
    .filter((one) => matchingPrefix(one, client.address) >= 0)
    .toSorted((a, b) => matchingPrefix(b, client.address) - matchingPrefix(a, client.address));
  return [
    ...byCertificate.map((connector) => ({ connector, by: "certificate" as const })),
    ...byAddress.map((connector) => ({ connector, by: "address" as const })),
  ];
}

function mayRelay(
  match: Attribution,
  client: Client,
  { sender, recipient }: Envelope,
  world: World,
): boolean {
  const accepted = world.tenant.acceptedDomains.map(({ name }) => name);
  const certificateDomains = domainsOf(client, match).filter((name) => accepted.includes(name));
  const senderDomain = domainOf(sender);
  if (!accepted.includes(senderDomain) && certificateDomains.length === 0) return false;
  const { associatedAcceptedDomains: associated } = match.connector;
  if (associated.length === 0) return true;
  if (world.settings.associatedDomainsLimit === "recipient") {
    return recipient === undefined || associated.includes(domainOf(recipient));
  }
  // Assumed: the empty sender has no domain of its own, so the certificate's counts.
  const sources = sender === "" ? certificateDomains : [senderDomain];
  return sources.some((domain) => associated.includes(domain));
}

/** The domains that a client's certificate stands for at the connector that recognised it. */
function domainsOf({ certificateNames }: Client, { connector, by }: Attribution): string[] {
  const wanted = connector.tlsSenderCertificateName;
  const names =
    by === "certificate" && wanted !== null ? [...certificateNames, wanted] : certificateNames;
  return names.map((name) => name.replace(/^\*\./, ""));
}

/** Whether a connector's addresses or certificate name recognise a client. */
function recognises(connector: Connector, client: Client): boolean {
  return (
    matchesCertificate(connector, client.certificateNames) ||
    matchingPrefix(connector, client.address) >= 0
  );
}

/** Prefix length of the narrowest range of a connector that holds an address; -1 for none. */
function matchingPrefix({ senderIPAddresses }: Connector, address: string): number {
  const holding = senderIPAddresses.filter((range) => isInRange(address, range));
  return Math.max(-1, ...holding.map(prefixOf));
}

/** Whether a certificate has the connector's name; `*.domain` means the domain and all below it. */
function matchesCertificate(
  { tlsSenderCertificateName: wanted }: Pick<Connector, "tlsSenderCertificateName">,
  names: string[],
): boolean {
  if (wanted === null) return false;
  return names.some((name) => {
    if (name === wanted) return true;
    return wanted.startsWith("*.") && `.${name}`.endsWith(wanted.slice(1));
  });
}

/** Why Exchange does not take a message for the organisation itself. */
export type Denial = "partner" | "tls" | "direct send";

/**
 * Judges a sender that no OnPremises connector vouches for and that wants to reach a mailbox of the organisation:
 * Partner connectors limit the domains they are for, and RejectDirectSend refuses strangers with our own address.
 */
export function denyDirectSend(client: Client, sender: string, world: World): Denial | undefined {
  const domain = domainOf(sender);
  const enabled = world.connectors.filter((connector) => connector.enabled);
  for (const connector of enabled.filter((one) => isPartnerOf(one, domain))) {
    if (breaksRestriction(connector, client)) return "partner";
    if (connector.requireTls && !client.tls) return "tls";
  }
  const isOurs = world.tenant.acceptedDomains.some(({ name }) => name === domain);
  const isKnown = enabled.some((connector) => recognises(connector, client));
  return world.settings.rejectDirectSend && isOurs && !isKnown ? "direct send" : undefined;
}

function isPartnerOf({ connectorType, senderDomains }: Connector, domain: string): boolean {
  if (connectorType !== "Partner" || domain === "") return false;
  return senderDomains
    .map((space) => space.split(/[:;]/)[1] ?? "")
    .some(
      (space) =>
        space === "*" ||
        space === domain ||
        (space.startsWith("*.") && `.${domain}`.endsWith(space.slice(1))),
    );
}

function breaksRestriction(connector: Connector, client: Client): boolean {
  if (connector.restrictDomainsToIPAddresses) {
    return !connector.senderIPAddresses.some((range) => isInRange(client.address, range));
  }
  return (
    connector.restrictDomainsToCertificate &&
    !matchesCertificate(connector, client.certificateNames)
  );
}
