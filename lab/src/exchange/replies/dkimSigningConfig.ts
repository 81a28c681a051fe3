import { defineReply, type Source } from "../../reply.ts";
import type { DkimConfig } from "../../world/world.ts";
import type { Failure, Warning } from "../cmdletError.ts";

const guess = (why: string): Source => ({ assumed: why });

const VALIDATION = "Microsoft.Exchange.Management.Tasks.ValidationException";
const invalid = (text: string): Failure => ({ status: 400, type: VALIDATION, text });

/** What Exchange says while it does not find the two CNAME records. */
function tellCnames({ domain, selectors: [first, second] }: DkimConfig): string {
  return `CNAME record does not exist for this config. Please publish the following two CNAME records first. Domain Name : ${domain} Host Name : selector1._domainkey Points to address or value: ${first.cname} Host Name : selector2._domainkey Points to address or value: ${second.cname} . If you have already published the CNAME records, sync will take a few minutes to as many as 4 days based on your specific DNS. Return and retry this step later.`;
}

export const cnameMissing = defineReply(
  "exchange.dkim-cname-missing",
  { page: "Set up DKIM to sign mail from your Microsoft 365 domain (Learn)" },
  (config: DkimConfig): Failure => invalid(tellCnames(config)),
);

export const createdDisabled = defineReply(
  "exchange.dkim-created-disabled",
  guess("that New with Enabled true makes a disabled config with a warning while there is no DNS"),
  (config: DkimConfig): Warning => ({ text: tellCnames(config) }),
);

export const noKeys = defineReply(
  "exchange.dkim-no-keys",
  {
    page: "Set up DKIM to sign mail from your Microsoft 365 domain (Learn): NoDKIMKeys",
    assumed: "that it can't be enabled or rotated then; the wording",
  },
  (domain: string): Failure =>
    invalid(`There are no DKIM keys saved for the domain '${domain}' yet. Try again later.`),
);

export const configExists = defineReply(
  "exchange.dkim-exists",
  guess("type and wording of the refusal of a second config for a domain"),
  (domain: string): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException",
    text: `The object '${domain}' already exists.`,
  }),
);

export const badKeySize = defineReply(
  "exchange.dkim-key-size",
  { page: "New-DkimSigningConfig (office-docs-powershell)", assumed: "the wording" },
  (size: string): Failure =>
    invalid(`The KeySize '${size}' isn't valid. Valid values are: 1024, 2048.`),
);

export const notEnabled = defineReply(
  "exchange.dkim-not-enabled",
  {
    page: "Set up DKIM to sign mail from your Microsoft 365 domain (Learn): only enabled domains rotate",
    assumed: "the wording",
  },
  (domain: string): Failure =>
    invalid(`DKIM signing isn't enabled for the domain '${domain}', so its keys can't be rotated.`),
);

export const rotating = defineReply(
  "exchange.dkim-rotating",
  {
    page: "Set up DKIM to sign mail from your Microsoft 365 domain (Learn): no rotation during another",
    assumed: "the wording",
  },
  (domain: string, on: string): Failure =>
    invalid(`The DKIM keys of the domain '${domain}' are being rotated until ${on}.`),
);

export const initialDomain = defineReply(
  "exchange.dkim-initial-domain",
  guess("that the initial domain's config can be neither disabled nor removed"),
  (domain: string): Failure =>
    invalid(
      `The DKIM signing config of the initial domain '${domain}' can't be disabled or removed.`,
    ),
);
