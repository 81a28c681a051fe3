import type { Connector, World } from "../../world/world.ts";
import { overlaps } from "../addressRange.ts";
import { refusal } from "../cmdletError.ts";

/** Addresses that Exchange Online itself sends from ("Microsoft 365 URLs and IP address ranges", ids 9 and 10). */
const EXCHANGE_ADDRESSES = ["40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17"];
/** Stands for the mail vendors whose addresses Exchange refuses: a range of SendGrid's SPF record. */
const VENDOR_ADDRESSES = ["167.89.0.0/17"];
const EXCHANGE_NAME = /(^|\.)(outlook\.com|office365\.com|mx\.microsoft)$/;

/**
 * Checks the rules for a connector as a whole.
 *
 * @throws CmdletError for the first rule that is broken
 */
export function demandValid(connector: Connector, world: World): void {
  const { comment, senderDomains, associatedAcceptedDomains } = connector;
  if (comment.length > 1024) throw refusal("exchange.long-comment", { length: comment.length });
  if (senderDomains.length === 0) throw refusal("exchange.no-sender-domains");
  const accepted = world.tenant.acceptedDomains.map(({ name }) => name);
  const unknown = associatedAcceptedDomains.find((domain) => !accepted.includes(domain));
  if (unknown !== undefined) {
    throw refusal("exchange.accepted-domain-not-found", { domain: unknown });
  }
  demandTls(connector, world);
  if (connector.connectorType === "Partner") demandPartner(connector);
  else demandOnPremises(connector);
  demandRestrictions(connector);
  if (connector.connectorType === "OnPremises") demandOwnServers(connector);
}

function demandTls(connector: Connector, { settings }: World): void {
  const { connectorType: type, tlsSenderCertificateName: certificate, requireTls } = connector;
  const isKept = type === "Partner" || settings.requireTlsOnPremises === "kept";
  if (isKept && certificate !== null && !requireTls) {
    throw refusal("exchange.certificate-without-tls");
  }
}

function demandPartner({ treatMessagesAsInternal, cloudServicesMailEnabled }: Connector): void {
  const parameter =
    (treatMessagesAsInternal && "TreatMessagesAsInternal") ||
    (cloudServicesMailEnabled && "CloudServicesMailEnabled");
  if (parameter) throw refusal("exchange.on-premises-only", { parameter });
}

function demandOnPremises(connector: Connector): void {
  if (connector.tlsSenderCertificateName === null && connector.senderIPAddresses.length === 0) {
    throw refusal("exchange.matches-nothing");
  }
  if (connector.treatMessagesAsInternal && connector.cloudServicesMailEnabled) {
    throw refusal("exchange.internal-and-cloud");
  }
}

function demandRestrictions(connector: Connector): void {
  const toAddresses = connector.restrictDomainsToIPAddresses;
  const toCertificate = connector.restrictDomainsToCertificate;
  if (toAddresses && toCertificate) throw refusal("exchange.both-restrictions");
  if (!toAddresses && !toCertificate) return;
  const [restriction, parameter, isEmpty] = toAddresses
    ? ([
        "RestrictDomainsToIPAddresses",
        "SenderIPAddresses",
        connector.senderIPAddresses.length === 0,
      ] as const)
    : ([
        "RestrictDomainsToCertificate",
        "TlsSenderCertificateName",
        connector.tlsSenderCertificateName === null,
      ] as const);
  if (connector.connectorType === "OnPremises") {
    throw refusal("exchange.partner-only", { parameter: restriction });
  }
  if (isEmpty) throw refusal("exchange.restriction-without-value", { restriction, parameter });
}

/** An address or name of Exchange or a mail vendor identifies no server of the organisation. */
function demandOwnServers({ senderIPAddresses, tlsSenderCertificateName: name }: Connector): void {
  for (const address of senderIPAddresses) {
    if (EXCHANGE_ADDRESSES.some((range) => overlaps(address, range))) {
      throw refusal("exchange.own-sender-address", { address });
    }
    if (VENDOR_ADDRESSES.some((range) => overlaps(address, range))) {
      throw refusal("exchange.vendor-sender-address", { address });
    }
  }
  if (name !== null && EXCHANGE_NAME.test(name)) {
    throw refusal("exchange.own-certificate-name", { name });
  }
}
