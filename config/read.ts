import { z } from "zod";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import { type Problem, sentence } from "../mail/problem.ts";
import type { ApplicationAccess } from "../mail/senders/access.ts";
import { canonicalAddress } from "../mail/senders/address.ts";
import { canonicalDomain } from "../mail/senders/domain.ts";
import { canonicalMailbox } from "../mail/senders/mailbox.ts";
import { relayProblems, type WrittenRelay } from "../mail/senders/relayProblems.ts";
import type { Sender } from "../mail/senders/sender.ts";
import { problemsOf } from "./messages.ts";
import { configSchema, domainSchema, NAMESPACE, type Parsed, senderSchema } from "./schema.ts";

/** Everything that is wrong with a stack file, one sentence each. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(stack: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.map((problem) => `  ${sentence(problem)}`);
    super(`${count} in the configuration of stack "${stack}":\n${lines.join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Reads a stack's configuration.
 *
 * @param raw every key of the stack with its value as Pulumi hands it over: text, or JSON as text
 * @param stack the stack's name
 * @throws ConfigError that lists every problem; nothing is asked of any service
 */
export function readConfig(raw: Readonly<Record<string, string>>, stack: string): Config {
  const ours = Object.entries(raw).filter(
    ([key]) => key in configSchema.shape || key.startsWith(`${NAMESPACE}:`),
  );
  const input = Object.fromEntries(ours.map(([key, text]) => [key, decode(key, text)]));
  const parsed = configSchema.safeParse(input, { reportInput: true });
  const config = parsed.success ? toConfig(parsed.data) : undefined;
  const problems = [
    ...secretProblems(raw),
    ...(parsed.error?.issues.flatMap((issue) => problemsOf(issue, input)) ?? []),
    ...relayProblems(config ? toRelay(config) : readableRelay(input), stack, {
      domains: `${NAMESPACE}:domains`,
      senders: `${NAMESPACE}:senders`,
    }),
  ];
  if (config === undefined || problems.length > 0) throw new ConfigError(stack, problems);
  return config;
}

/** Text of keys that hold lists, objects or booleans is JSON; anything else stays text for zod to judge. */
function decode(key: string, text: string): unknown {
  if (key.startsWith("azuread:")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What a stack file says, checked and in canonical form. */
export interface Config {
  readonly tenantId: string;
  readonly environment: Parsed["azuread:environment"];
  readonly disposable: boolean;
  readonly waitMinutes: number;
  readonly applicationAccess: ApplicationAccess;
  readonly domains: readonly SendingDomain[];
  readonly senders: readonly Sender[];
}

/** Brings what a stack file says into canonical form. */
function toConfig(parsed: Parsed): Config {
  return {
    tenantId: parsed["azuread:tenantId"].toLowerCase(),
    environment: parsed["azuread:environment"],
    disposable: parsed[`${NAMESPACE}:disposable`],
    waitMinutes: parsed[`${NAMESPACE}:waitMinutes`],
    applicationAccess: parsed[`${NAMESPACE}:applicationAccess`],
    domains: parsed[`${NAMESPACE}:domains`].map(canonicalSendingDomain),
    senders: parsed[`${NAMESPACE}:senders`].map(canonicalSender),
  };
}

/** A configuration as the relay that its rules judge. */
function toRelay({ domains, senders }: Config): WrittenRelay {
  return {
    domains: domains.map(({ name }) => name),
    senders,
    names: senders.map(({ name }) => name),
  };
}

/** As much of a relay as a stack file that is wrong somewhere lets read; keys that are not known are passed over. */
function readableRelay(input: Readonly<Record<string, unknown>>): WrittenRelay {
  const list = (key: string): unknown[] => {
    const value = input[`${NAMESPACE}:${key}`];
    return Array.isArray(value) ? value : [];
  };
  const [domain, sender] = [z.object(domainSchema.shape), z.object(senderSchema.shape)];
  return {
    domains: list("domains").map((entry) => {
      const { data } = domain.safeParse(entry);
      return data && canonicalDomain(data.name);
    }),
    senders: list("senders").map((entry) => {
      const { data } = sender.safeParse(entry);
      return data && canonicalSender(data);
    }),
    names: list("senders").map((entry) => {
      const name: unknown = Object(entry).name;
      return typeof name === "string" ? name : undefined;
    }),
  };
}

function canonicalSendingDomain(parsed: z.output<typeof domainSchema>): SendingDomain {
  const { name, dkim, mtaSts, tlsRpt } = parsed;
  const { host, overrideWildcard } = parsed.dns;
  const { rua, adopt, policy, subdomainPolicy } = parsed.dmarc;
  return {
    name: canonicalDomain(name),
    dns: { host, ...(overrideWildcard === undefined ? {} : { overrideWildcard }) },
    dkim,
    dmarc: {
      rua,
      adopt,
      ...(policy === undefined ? {} : { policy }),
      ...(subdomainPolicy === undefined ? {} : { subdomainPolicy }),
    },
    ...(mtaSts === undefined ? {} : { mtaSts }),
    ...(tlsRpt === undefined ? {} : { tlsRpt }),
  };
}

function canonicalSender(parsed: z.output<typeof senderSchema>): Sender {
  const { certificateName, adoptConnector, federatedIdentity, signInCertificate, ...rest } = parsed;
  const { recipientsPerDay, license, ...sender } = rest;
  return {
    ...sender,
    from: sender.from.map(canonicalMailbox),
    egress: sender.egress.map(canonicalAddress),
    ...(certificateName === undefined ? {} : { certificateName: canonicalDomain(certificateName) }),
    ...(adoptConnector === undefined ? {} : { adoptConnector }),
    ...(federatedIdentity === undefined ? {} : { federatedIdentity }),
    ...(signInCertificate === undefined ? {} : { signInCertificate }),
    ...(recipientsPerDay === undefined ? {} : { recipientsPerDay }),
    ...(license === undefined ? {} : { license: license.toUpperCase() }),
  };
}

/** Keys of the plugins that hold a credential, with the environment variable to use in their place. */
const SECRET_KEYS: Readonly<Record<string, string>> = {
  "azuread:clientSecret": "ARM_CLIENT_SECRET",
  "azuread:clientCertificate": "ARM_CLIENT_CERTIFICATE",
  "azuread:clientCertificatePassword": "ARM_CLIENT_CERTIFICATE_PASSWORD",
  "azuread:oidcToken": "ARM_OIDC_TOKEN",
  "azuread:oidcRequestToken": "ARM_OIDC_REQUEST_TOKEN",
  "cloudflare:apiToken": "CLOUDFLARE_API_TOKEN",
  "cloudflare:apiKey": "CLOUDFLARE_API_TOKEN",
};

/** Credentials in a stack file: Pulumi would copy them into the state. The value is never printed. */
function secretProblems(raw: Readonly<Record<string, string>>): Problem[] {
  return Object.keys(raw)
    .filter((key) => key in SECRET_KEYS)
    .map((key) => ({
      key,
      value: undefined,
      rule: "is a credential, which Pulumi would copy into the state",
      fix: `run pulumi config rm ${key}, and set the environment variable ${SECRET_KEYS[key]} instead`,
    }));
}
