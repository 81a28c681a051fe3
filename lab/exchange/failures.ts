import { defineReply, type Source } from "../reply.ts";
import type { Failure, Warning } from "./cmdlet.ts";

const live: Source = { record: "graph2otel, live records of 2026-07" };
const cmdletPage: Source = { page: "New-InboundConnector (office-docs-powershell)" };
const guess = (why: string): Source => ({ assumed: why });

const VALIDATION = "Microsoft.Exchange.Management.Tasks.ValidationException";
const COMMAND = "Microsoft.Exchange.AdminApi.CommandInvocation";

const invalid = (text: string): Failure => ({ status: 400, type: VALIDATION, text });

export const notFound = defineReply(
  "exchange.not-found",
  live,
  (identity: string, server: string): Failure => ({
    status: 404,
    type: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
    text: `The operation couldn't be performed because object '${identity}' couldn't be found on '${server}'.`,
  }),
);

export const alreadyExists = defineReply(
  "exchange.already-exists",
  { record: "a public Go client's test that calls it a real body" },
  (distinguishedName: string): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException",
    text: `The object '${distinguishedName}' already exists.`,
  }),
);

export const unknownParameter = defineReply(
  "exchange.unknown-parameter",
  live,
  (parameter: string): Failure => ({
    status: 400,
    type: `${COMMAND}.AmbiguousParameterSetException`,
    text: `Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. ${parameter}`,
  }),
);

export const badEnum = defineReply(
  "exchange.bad-enum",
  live,
  (parameter: string, value: string, type: string, names: readonly string[]): Failure => ({
    status: 400,
    type: `${COMMAND}.ParameterTransformationException`,
    text: `Cannot process argument transformation on parameter '${parameter}'. Cannot convert value "${value}" to type "${type}". Error: "Unable to match the identifier name ${value} to a valid enumerator name. Specify one of the following enumerator names and try again: ${names.join(", ")}"`,
  }),
);

export const badType = defineReply(
  "exchange.bad-type",
  guess("wording of PowerShell's own argument transformation"),
  (parameter: string, given: string, type: string): Failure => ({
    status: 400,
    type: `${COMMAND}.ParameterTransformationException`,
    text: `Cannot process argument transformation on parameter '${parameter}'. Cannot convert value "${given}" to type "${type}".`,
  }),
);

export const missingMandatory = defineReply(
  "exchange.missing-mandatory",
  guess("wording of PowerShell's own parameter binding"),
  (parameters: string[]): Failure => ({
    status: 400,
    type: `${COMMAND}.ParameterBindingException`,
    text: `Cannot process command because of one or more missing mandatory parameters: ${parameters.join(" ")}.`,
  }),
);

export const badName = defineReply(
  "exchange.bad-name",
  guess("the limit of 64 is from memory"),
  (name: string) =>
    invalid(`The property 'Name' must have 1 to 64 characters; '${name}' has ${name.length}.`),
);

export const badSenderDomain = defineReply(
  "exchange.bad-sender-domain",
  cmdletPage,
  (domain: string) =>
    invalid(
      `'${domain}' isn't a valid SMTP address space. Use '*', a domain, or a domain with a leading '*.'.`,
    ),
);

export const noSenderDomains = defineReply("exchange.no-sender-domains", cmdletPage, () =>
  invalid("The SenderDomains parameter must have at least one value."),
);

export const badAddress = defineReply(
  "exchange.bad-sender-address",
  guess("the rule is on the cmdlet's page, the wording is not"),
  (address: string) =>
    invalid(
      `The IP address '${address}' isn't valid. Use an IPv4 address or a CIDR range from /24 to /32.`,
    ),
);

export const privateAddress = defineReply(
  "exchange.private-sender-address",
  guess("rule and wording from memory"),
  (address: string) =>
    invalid(`The IP address '${address}' isn't valid. It belongs to a private or reserved range.`),
);

export const badCertificateName = defineReply(
  "exchange.bad-certificate-name",
  guess("the rule is on the cmdlet's page, the wording is not"),
  (name: string) =>
    invalid(`'${name}' isn't a valid TlsSenderCertificateName. Use a domain or '*.' and a domain.`),
);

export const partnerOnly = defineReply(
  "exchange.partner-only",
  guess("the rule is on the cmdlet's page, the wording is not"),
  (parameter: string) =>
    invalid(`The ${parameter} parameter is valid only when ConnectorType is Partner.`),
);

export const onPremisesOnly = defineReply(
  "exchange.on-premises-only",
  guess("the rule is on the cmdlet's page, the wording is not"),
  (parameter: string) =>
    invalid(`The ${parameter} parameter is valid only when ConnectorType is OnPremises.`),
);

export const internalAndCloud = defineReply(
  "exchange.internal-and-cloud",
  guess("the rule is on the cmdlet's page, the wording is not"),
  () =>
    invalid(
      "TreatMessagesAsInternal and CloudServicesMailEnabled can't both be set to true on a connector.",
    ),
);

export const restrictionWithoutValue = defineReply(
  "exchange.restriction-without-value",
  guess("a restriction to nothing would refuse all mail"),
  (restriction: string, parameter: string) =>
    invalid(`When ${restriction} is true, ${parameter} must have a value.`),
);

export const offeringRefused = defineReply(
  "exchange.offering-refused",
  guess("that E5 developer tenants can't create connectors is on Learn, the wording is not"),
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

export const nothingModified = defineReply(
  "exchange.nothing-modified",
  guess("wording of Exchange's Set cmdlets, from memory"),
  (identity: string): Warning => ({
    text: `The command completed successfully but no settings of '${identity}' have been modified.`,
  }),
);

export const confirmation = defineReply(
  "exchange.confirmation",
  { provider: "azapptoolkit: @adminapi.confirmationmessage instead of acting; wording assumed" },
  (cmdlet: string, identity: string): Warning => ({
    text: `Are you sure you want to perform this action? ${cmdlet} on '${identity}'.`,
  }),
);
