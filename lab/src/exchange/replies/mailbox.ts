import { defineReply, type Source } from "../../reply.ts";
import type { Failure } from "../cmdletError.ts";

const guess = (why: string): Source => ({ assumed: why });

const VALIDATION = "Microsoft.Exchange.Management.Tasks.ValidationException";
const RECIPIENT_TASKS = "Microsoft.Exchange.Management.RecipientTasks";
const invalid = (text: string): Failure => ({ status: 400, type: VALIDATION, text });

export const ambiguous = defineReply(
  "exchange.ambiguous",
  guess("type and wording, from memory"),
  (identity: string): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException",
    text: `The operation couldn't be performed because '${identity}' matches multiple entries.`,
  }),
);

export const proxyAddressTaken = defineReply(
  "exchange.proxy-address-taken",
  {
    page: "Resolve issues with shared mailboxes (Learn)",
    assumed: "the namespace of ProxyAddressExistsException",
  },
  (proxy: string, owner: string): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Data.Directory.ProxyAddressExistsException",
    text: `The proxy address "${proxy}" is already being used by the proxy addresses or LegacyExchangeDN of "${owner}". Please choose another proxy address.`,
  }),
);

export const notShared = defineReply(
  "exchange.not-shared",
  guess("the lab makes no mailbox that needs a password or a licence; the wording"),
  () =>
    invalid(
      "The lab makes shared mailboxes alone: New-Mailbox needs the Shared switch to be true.",
    ),
);

export const badAddressDomain = defineReply(
  "exchange.bad-address-domain",
  guess("type and wording, from memory"),
  (domain: string): Failure => ({
    status: 400,
    type: `${RECIPIENT_TASKS}.NoSuchAcceptedDomainException`,
    text: `You can't use the domain '${domain}' because it's not an accepted domain for your organization.`,
  }),
);

export const badProxyAddress = defineReply(
  "exchange.bad-proxy-address",
  guess("the lab keeps SMTP addresses alone; the wording"),
  (address: string) => invalid(`'${address}' isn't a valid SMTP address.`),
);

export const primaryAddress = defineReply(
  "exchange.primary-address",
  guess("rule and wording, from memory"),
  (count: number) =>
    invalid(
      `There are ${count} primary SMTP addresses. There must be exactly one: "SMTP:" in capitals marks it.`,
    ),
);

export const badAlias = defineReply(
  "exchange.bad-alias",
  {
    page: "New-Mailbox (office-docs-powershell): characters and length of Alias",
    assumed: "the wording",
  },
  (alias: string) =>
    invalid(
      `The property value "${alias}" is invalid. The value can contain 1 to 64 letters, digits, and the characters !, #, $, %, &, ', *, +, -, /, =, ?, ^, _, \`, {, |, }, ~ and periods between them.`,
    ),
);

export const badLength = defineReply(
  "exchange.bad-length",
  guess("limits and wording of the directory's text properties, from memory"),
  (parameter: string, from: number, to: number, length: number) =>
    invalid(
      `The property '${parameter}' must have ${from} to ${to} characters; the value has ${length}.`,
    ),
);
