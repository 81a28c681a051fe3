import { isInRange } from "../exchange/connector/addresses.ts";
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

/** The tenant's connector that a transaction came in by, and what it was recognised by. */
export interface Attribution {
  connector: Connector;
  by: "certificate" | "address";
}

/**
 * Finds the OnPremises connector that lets a transaction relay: the rule since 1 November 2023
 * ("Configure a connector to relay email through Microsoft 365", Learn). The certificate's domain or
 * the domain of MAIL FROM is an accepted domain, **and** certificate or source address match an
 * enabled OnPremises connector. A certificate goes before an address (MC1226222). Foreign and empty
 * senders pass by the certificate alone.
 *
 * @returns the attribution; "tls" when a connector matches but demands TLS; undefined without a match
 */
export function attribute(
  client: Client,
  sender: string,
  world: World,
): Attribution | "tls" | undefined {
  const accepted = world.tenant.acceptedDomains.map(({ name }) => name);
  const senderIsOurs = accepted.includes(domainOf(sender));
  const certificateIsOurs = client.certificateNames.some((name) => isUnderAny(name, accepted));
  const candidates = world.connectors.filter(
    (connector) =>
      connector.enabled &&
      connector.connectorType === "OnPremises" &&
      allowsSender(connector, sender),
  );
  const matches: Attribution[] = [
    ...candidates
      .filter(() => senderIsOurs || certificateIsOurs)
      .filter((connector) => matchesCertificate(connector, client.certificateNames))
      .map((connector) => ({ connector, by: "certificate" as const })),
    ...candidates
      .filter(() => senderIsOurs)
      .filter(({ senderIPAddresses }) =>
        senderIPAddresses.some((range) => isInRange(client.address, range)),
      )
      .map((connector) => ({ connector, by: "address" as const })),
  ];
  const usable = matches.find(({ connector }) => client.tls || !connector.requireTls);
  return usable ?? (matches.length > 0 ? "tls" : undefined);
}

/** AssociatedAcceptedDomains limits who may send by a connector; the empty sender may. */
function allowsSender({ associatedAcceptedDomains }: Connector, sender: string): boolean {
  if (associatedAcceptedDomains.length === 0 || sender === "") return true;
  return associatedAcceptedDomains.includes(domainOf(sender));
}

/** Whether a certificate has the connector's name, or one under it when that is `*.domain`. */
export function matchesCertificate(
  { tlsSenderCertificateName: wanted }: Pick<Connector, "tlsSenderCertificateName">,
  names: string[],
): boolean {
  if (wanted === null) return false;
  return names.some((name) => {
    if (name === wanted) return true;
    return wanted.startsWith("*.") && name.endsWith(wanted.slice(1));
  });
}

/** Whether a certificate's name is one of the domains or lies under one. */
function isUnderAny(name: string, domains: string[]): boolean {
  const plain = name.replace(/^\*\./, "");
  return domains.some((domain) => plain === domain || plain.endsWith(`.${domain}`));
}
