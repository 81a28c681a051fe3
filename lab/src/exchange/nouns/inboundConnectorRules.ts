import type { Connector, World } from "../../world/world.ts";
import { overlaps } from "../addressRange.ts";
import { type CmdletError, refusal } from "../cmdletError.ts";

/** Addresses that Exchange Online itself sends from ("Microsoft 365 URLs and IP address ranges", ids 9 and 10). */
const EXCHANGE_ADDRESSES = ["40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17"];
/** Stands for the mail vendors whose addresses Exchange refuses: a range of SendGrid's SPF record. */
const VENDOR_ADDRESSES = ["167.89.0.0/17"];
const EXCHANGE_NAME = /(^|\.)(outlook\.com|office365\.com|mx\.microsoft)$/;

/** The first rule that a connector as a whole breaks. */
export function brokenRule(connector: Connector, world: World): Broken {
  return (
    refuseComment(connector) ??
    refuseDomains(connector, world) ??
    refuseType(connector, world) ??
    refuseRestrictions(connector) ??
    refuseForeignMatch(connector)
  );
}

type Broken = CmdletError | undefined;

function refuseComment({ comment }: Connector): Broken {
  return comment.length > 1024
    ? refusal("exchange.long-comment", { length: comment.length })
    : undefined;
}

function refuseDomains(connector: Connector, world: World): Broken {
  if (connector.senderDomains.length === 0) return refusal("exchange.no-sender-domains");
  const accepted = world.tenant.acceptedDomains.map(({ name }) => name);
  const unknown = connector.associatedAcceptedDomains.find((domain) => !accepted.includes(domain));
  return unknown === undefined
    ? undefined
    : refusal("exchange.accepted-domain-not-found", { domain: unknown });
}

function refuseType(connector: Connector, { settings }: World): Broken {
  const { treatMessagesAsInternal: internal, cloudServicesMailEnabled: cloud } = connector;
  const byCertificate = connector.tlsSenderCertificateName !== null;
  const keepsTls =
    connector.connectorType === "Partner" || settings.requireTlsOnPremises === "kept";
  if (keepsTls && byCertificate && !connector.requireTls)
    return refusal("exchange.certificate-without-tls");
  if (connector.connectorType === "Partner") {
    if (internal)
      return refusal("exchange.on-premises-only", { parameter: "TreatMessagesAsInternal" });
    return cloud
      ? refusal("exchange.on-premises-only", { parameter: "CloudServicesMailEnabled" })
      : undefined;
  }
  if (!byCertificate && connector.senderIPAddresses.length === 0)
    return refusal("exchange.matches-nothing");
  return internal && cloud ? refusal("exchange.internal-and-cloud") : undefined;
}

function refuseRestrictions(connector: Connector): Broken {
  const toAddresses = connector.restrictDomainsToIPAddresses;
  const toCertificate = connector.restrictDomainsToCertificate;
  if (toAddresses && toCertificate) return refusal("exchange.both-restrictions");
  if (!toAddresses && !toCertificate) return undefined;
  const restriction = toAddresses ? "RestrictDomainsToIPAddresses" : "RestrictDomainsToCertificate";
  if (connector.connectorType === "OnPremises")
    return refusal("exchange.partner-only", { parameter: restriction });
  if (toAddresses && connector.senderIPAddresses.length === 0) {
    return refusal("exchange.restriction-without-value", {
      restriction,
      parameter: "SenderIPAddresses",
    });
  }
  if (toCertificate && connector.tlsSenderCertificateName === null) {
    return refusal("exchange.restriction-without-value", {
      restriction,
      parameter: "TlsSenderCertificateName",
    });
  }
  return undefined;
}

/** An address or name of Exchange or a mail vendor identifies no server of the organisation. */
function refuseForeignMatch(connector: Connector): Broken {
  if (connector.connectorType !== "OnPremises") return undefined;
  for (const address of connector.senderIPAddresses) {
    if (EXCHANGE_ADDRESSES.some((range) => overlaps(address, range))) {
      return refusal("exchange.own-sender-address", { address });
    }
    if (VENDOR_ADDRESSES.some((range) => overlaps(address, range))) {
      return refusal("exchange.vendor-sender-address", { address });
    }
  }
  const certificate = connector.tlsSenderCertificateName ?? "";
  return EXCHANGE_NAME.test(certificate)
    ? refusal("exchange.own-certificate-name", { name: certificate })
    : undefined;
}
