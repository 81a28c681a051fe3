import { defineReply, type Source } from "../../reply.ts";
import type { Failure, Warning } from "../cmdletError.ts";

const cmdletPage: Source = {
  page: "New-InboundConnector (office-docs-powershell)",
  assumed: "the wording; the page has the rule alone",
};
/** The server product runs the same cmdlet; whether the cloud has changed it is not known. */
const serverProduct: Source = {
  record: "rules of the same cmdlet in Exchange Server 2013",
  assumed: "that the cloud still has the rule; the wording",
};
const guess = (why: string): Source => ({ assumed: why });

const VALIDATION = "Microsoft.Exchange.Management.Tasks.ValidationException";
const invalid = (text: string): Failure => ({ status: 400, type: VALIDATION, text });

export const domainNotFound = defineReply(
  "exchange.accepted-domain-not-found",
  {
    record: "type of the exception in Exchange Server 2013",
    assumed: "the wording; status 404 as for any object that is not found",
  },
  (domain: string): Failure => ({
    status: 404,
    type: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
    text: `The accepted domain '${domain}' couldn't be found.`,
  }),
);

export const nameTaken = defineReply(
  "exchange.name-taken",
  {
    record: "type of the exception in Exchange Server 2013",
    assumed: "that the cloud still has it; the wording",
  },
  (name: string): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Management.Tasks.ErrorInboundConnectorAlreadyExistsException",
    text: `The inbound connector '${name}' already exists.`,
  }),
);

export const badName = defineReply(
  "exchange.bad-name",
  guess("the limit of 64 and the rule of blanks are from memory"),
  (name: string) =>
    invalid(
      `The property 'Name' must have 1 to 64 characters, no line breaks, and no blank at either end; '${name}' has ${name.length} characters.`,
    ),
);

export const longComment = defineReply(
  "exchange.long-comment",
  serverProduct,
  (length: number): Failure =>
    invalid(`The property 'Comment' must have 0 to 1024 characters; the value has ${length}.`),
);

export const badSenderDomain = defineReply(
  "exchange.bad-sender-domain",
  cmdletPage,
  (domain: string) =>
    invalid(
      `'${domain}' isn't a valid SMTP address space. Use '*', a domain, or a domain with a leading '*.'.`,
    ),
);

export const noSenderDomains = defineReply(
  "exchange.no-sender-domains",
  {
    record: "Set-InboundConnector of Exchange Server 2013 says so to null",
    assumed: "that it says the same to an empty list, and New-InboundConnector too",
  },
  (): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Data.Common.LocalizedException",
    text: "Sender Domain cannot be null.",
  }),
);

export const duplicateValue = defineReply(
  "exchange.duplicate-value",
  guess("rule and wording of Exchange's multivalued properties, from memory"),
  (value: string) => invalid(`The value "${value}" is already present in the collection.`),
);

export const badAddress = defineReply(
  "exchange.bad-sender-address",
  cmdletPage,
  (address: string) =>
    invalid(
      `The IP address '${address}' isn't valid. Use an IPv4 address or a CIDR range from /24 to /32.`,
    ),
);

export const privateAddress = defineReply(
  "exchange.private-sender-address",
  serverProduct,
  (address: string) =>
    invalid(`The IP address '${address}' isn't valid. It belongs to a private or reserved range.`),
);

export const exchangeAddress = defineReply(
  "exchange.own-sender-address",
  serverProduct,
  (address: string) =>
    invalid(`SenderIPAddress '${address}' overlaps with addresses of Exchange Online Protection.`),
);

export const vendorAddress = defineReply(
  "exchange.vendor-sender-address",
  {
    record: "string table of the admin centre",
    assumed: "which vendors' addresses; Microsoft does not publish them",
  },
  (address: string) =>
    invalid(`SenderIPAddress '${address}' contains third-party vendor addresses`),
);

export const badCertificateName = defineReply(
  "exchange.bad-certificate-name",
  cmdletPage,
  (name: string) =>
    invalid(`'${name}' isn't a valid TlsSenderCertificateName. Use a domain or '*.' and a domain.`),
);

export const exchangeCertificate = defineReply(
  "exchange.own-certificate-name",
  serverProduct,
  (name: string) =>
    invalid(`TlsSenderCertificateName '${name}' matches a certificate of Exchange Online.`),
);

export const matchesNothing = defineReply("exchange.matches-nothing", serverProduct, () =>
  invalid(
    "A connector of type OnPremises must have SenderIPAddresses or a TlsSenderCertificateName.",
  ),
);

export const certificateWithoutTls = defineReply(
  "exchange.certificate-without-tls",
  serverProduct,
  () => invalid("RequireTls must be true on a connector that has a TlsSenderCertificateName."),
);

export const partnerOnly = defineReply(
  "exchange.partner-only",
  {
    page: "New-InboundConnector (office-docs-powershell)",
    assumed:
      "the page says 'applies only to Partner type connectors'; the lab refuses it on others",
  },
  (parameter: string) =>
    invalid(`The ${parameter} parameter is valid only when ConnectorType is Partner.`),
);

export const onPremisesOnly = defineReply(
  "exchange.on-premises-only",
  cmdletPage,
  (parameter: string) =>
    invalid(`The ${parameter} parameter is valid only when ConnectorType is OnPremises.`),
);

export const internalAndCloud = defineReply("exchange.internal-and-cloud", cmdletPage, () =>
  invalid(
    "TreatMessagesAsInternal and CloudServicesMailEnabled can't both be set to true on a connector.",
  ),
);

export const bothRestrictions = defineReply("exchange.both-restrictions", serverProduct, () =>
  invalid(
    "RestrictDomainsToIPAddresses and RestrictDomainsToCertificate can't both be set to true.",
  ),
);

export const restrictionWithoutValue = defineReply(
  "exchange.restriction-without-value",
  serverProduct,
  (restriction: string, parameter: string) =>
    invalid(`When ${restriction} is true, ${parameter} must have a value.`),
);

export const offeringRefused = defineReply(
  "exchange.offering-refused",
  { page: "New-InboundConnector (office-docs-powershell)", assumed: "status and wording" },
  () => invalid("For this service offering, you can't create an inbound connector."),
);

export const createdDisabled = defineReply(
  "exchange.created-disabled",
  { page: "Inbound connector FAQ (Learn)" },
  (): Warning => ({
    text: "Inbound connector for this service offering is created in a disabled state. Contact Support to enable it.",
  }),
);

export const cannotEnable = defineReply(
  "exchange.cannot-enable",
  { page: "Inbound connector FAQ (Learn)" },
  (): Warning => ({
    text: "For this service offering, you can't enable an inbound connector. Contact Support to enable it.",
  }),
);

export const addressOverlap = defineReply(
  "exchange.address-overlap",
  { record: "rules of the same cmdlet in Exchange Server 2013", assumed: "the wording" },
  (addresses: string[], connectors: string[]): Warning => ({
    text: `SenderIPAddresses ${addresses.join(", ")} overlap with those of the inbound connectors ${connectors.join(", ")}.`,
  }),
);
