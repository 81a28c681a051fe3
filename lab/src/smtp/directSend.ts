import { isInRange } from "../exchange/addressRange.ts";
import type { Connector, World } from "../world/world.ts";
import { type Client, matchesCertificate, recognises } from "./attribution.ts";
import { domainOf } from "./message.ts";

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
