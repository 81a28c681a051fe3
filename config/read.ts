import type { z } from "zod";
import { CLOUDS, type Environment } from "../mail/clouds.ts";
import { credentialsIn, withoutThese } from "../mail/credentialText.ts";
import { type SendingDomain, withPoliciesAbove } from "../mail/dns/sendingDomain.ts";
import { given } from "../mail/given.ts";
import { counted } from "../mail/numberText.ts";
import { type Problem, sentence } from "../mail/problem.ts";
import type { ApplicationAccess } from "../mail/senders/access.ts";
import { canonicalAddress } from "../mail/senders/address.ts";
import { canonicalDomain } from "../mail/senders/domain.ts";
import { canonicalMailbox } from "../mail/senders/mailbox.ts";
import { relayProblems, type WrittenRelay } from "../mail/senders/relayProblems.ts";
import type { Sender } from "../mail/senders/sender.ts";
import { withMembers } from "../mail/senders/via.ts";
import { jsonSchema } from "./jsonSchema.ts";
import { reportKeys } from "./keys.ts";
import { withKnownKeys } from "./knownKeys.ts";
import { problemsOf, secretProblem, unknownKeyProblem } from "./messages.ts";
import { atName } from "./places.ts";
import { readableRelay } from "./readable.ts";
import { configSchema, type domainSchema, NAMESPACE, type Parsed, senderSchema } from "./schema.ts";
import { decode } from "./typed.ts";

/** Everything that is wrong with a stack file, one sentence each. It holds no value of the file. */
export class ConfigError extends Error {
  constructor(stack: string, problems: readonly Problem[], credentials: readonly string[] = []) {
    const texts = problems.map((problem) => withoutThese(sentence(problem), credentials));
    const sentences = [...new Set(texts)];
    const count = counted(sentences.length, "problem");
    const lines = sentences.map((text) => `  ${text}`);
    super(`${count} in the configuration of stack "${stack}":\n${lines.join("\n")}`);
    this.name = "ConfigError";
  }
}

/**
 * Reads a stack's configuration.
 *
 * @param raw every key of the stack with its value as Pulumi hands it over: text, or JSON as text
 * @param stack the stack's name
 * @param secretKeys the keys of `raw` that are secret, or contain something secret; no message repeats their values
 * @throws ConfigError that lists every problem; nothing is asked of any service
 */
export function readConfig(
  raw: Readonly<Record<string, string>>,
  stack: string,
  secretKeys: readonly string[] = [],
): Config {
  const { config, problems, shown, credentials } = judgeConfig(raw, stack, secretKeys);
  if (config !== undefined && problems.length === 0) {
    return { ...config, senders: withMembers(config.senders) };
  }
  throw new ConfigError(
    stack,
    problems.map((problem) => atName(problem, shown)),
    credentials,
  );
}

/** A stack's configuration as far as it can be read, and what is wrong with it. */
interface Judged {
  /** With each sender as it is written; undefined where the form of something is wrong. */
  readonly config: Config | undefined;
  /** Each at its place: `m365-smtp-relay:senders[0].from[1]`. */
  readonly problems: readonly Problem[];
  /** The values that are not secret, by full key. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** Values that no message may have. */
  readonly credentials: readonly string[];
}

/**
 * Judges a stack's configuration.
 *
 * @param raw as `readConfig` takes it
 */
export function judgeConfig(
  raw: Readonly<Record<string, string>>,
  stack: string,
  secretKeys: readonly string[] = [],
): Judged {
  const { properties } = jsonSchema();
  const keys = reportKeys(Object.keys(raw));
  const misspelt = [...keys.meant].filter(([, meant]) => !Object.hasOwn(raw, meant));
  const names = new Map([...misspelt.map(([name, meant]) => [meant, name] as const)]);
  const isSecret = (key: string) => secretKeys.includes(names.get(key) ?? key);
  const written = Object.entries(properties).flatMap(([key, node]) => {
    const text = raw[names.get(key) ?? key];
    return text === undefined
      ? []
      : [[key, withKnownKeys(node, decode(node, text), [key])] as const];
  });
  const input = Object.fromEntries(written.map(([key, { value }]) => [key, value]));
  const unknown = written
    .flatMap(([, found]) => found.unknown)
    .map(({ path, name }) => unknownKeyProblem(path, isSecret(String(path[0])) ? "?" : name));
  const parsed = configSchema.safeParse(input, { reportInput: true });
  const config = parsed.success ? toConfig(parsed.data) : undefined;
  const form = problemsOf(parsed.error?.issues ?? [], input, isSecret);
  const relay = config
    ? toRelay(config)
    : readableRelay(input, (sender) => canonicalSender(sender, readableCloud(input)));
  const places = { domains: `${NAMESPACE}:domains`, senders: `${NAMESPACE}:senders` };
  const isTogetherSecret = Object.values(places).some(isSecret);
  const together = relayProblems(relay, stack, places)
    .filter(({ key }) => !form.some((problem) => isWithinKey(key, problem.key)))
    .map((problem) => (isTogetherSecret ? secretProblem(problem.key) : problem));
  return {
    config,
    problems: [...keys.problems, ...unknown, ...form, ...together],
    shown: Object.fromEntries(Object.entries(input).filter(([key]) => !isSecret(key))),
    credentials: credentialsIn(input),
  };
}

/** The worldwide cloud where what is written is no cloud. */
function readableCloud(input: Readonly<Record<string, unknown>>): Environment {
  const key = "azuread:environment";
  return configSchema.shape[key].safeParse(input[key]).data ?? "global";
}

/** Whether a key is `outer` or stands below it. */
const isWithinKey = (key: string, outer: string): boolean =>
  key === outer || key.startsWith(`${outer}[`) || key.startsWith(`${outer}.`);

/** What a stack file says, checked and in canonical form. */
export interface Config {
  readonly tenantId: string;
  readonly environment: Parsed["azuread:environment"];
  readonly disposable: boolean;
  readonly waitMinutes: number;
  readonly applicationAccess: ApplicationAccess;
  readonly domains: readonly SendingDomain[];
  /** Those that Exchange tells apart, each with the ones that send through it. */
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
    domains: withPoliciesAbove(parsed[`${NAMESPACE}:domains`].map(canonicalSendingDomain)),
    senders: parsed[`${NAMESPACE}:senders`].map((sender) =>
      canonicalSender(sender, parsed["azuread:environment"]),
    ),
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

function canonicalSendingDomain(parsed: z.output<typeof domainSchema>): SendingDomain {
  const { name, dns, dmarc, otherServices: services } = parsed;
  const otherServices = services?.map(({ dkim, ...service }) =>
    given({ ...service, dkim: dkim.map((selector) => given(selector)) }),
  );
  return given({
    ...{ ...parsed, otherServices },
    ...{ name: canonicalDomain(name), dns: given(dns), dmarc: given(dmarc) },
  });
}

/**
 * Senders that are not in a stack file yet, each in canonical form; undefined where its form is wrong.
 *
 * @param entries what a stack file would have in the list of its senders
 */
export function readSenders(entries: readonly unknown[], environment: Environment) {
  const list = `${NAMESPACE}:senders`;
  const parsed = entries.map((entry) => senderSchema.safeParse(entry, { reportInput: true }));
  const issues = parsed.flatMap(({ error }, index) =>
    (error?.issues ?? []).map((issue) => ({ ...issue, path: [list, index, ...issue.path] })),
  );
  return {
    senders: parsed.map(({ data }) => data && canonicalSender(data, environment)),
    problems: problemsOf(issues, { [list]: entries }, () => false),
  };
}

function canonicalSender(parsed: z.output<typeof senderSchema>, environment: Environment): Sender {
  const {
    from,
    egress,
    certificateName,
    adoptApplication,
    federatedIdentity,
    signInCertificate,
    license,
  } = parsed;
  return given({
    ...parsed,
    environment: environment === "global" ? undefined : environment,
    from: from.map(canonicalMailbox),
    egress: egress.map(canonicalAddress),
    certificateName: certificateName && canonicalDomain(certificateName),
    adoptApplication: adoptApplication?.toLowerCase(),
    federatedIdentity:
      federatedIdentity &&
      [federatedIdentity].flat().map((identity) => ({
        audience: CLOUDS[environment].federationAudience,
        ...given(identity),
      })),
    signInCertificate:
      signInCertificate === undefined
        ? undefined
        : [signInCertificate]
            .flat()
            .map((one) => (typeof one === "string" ? { certificate: one } : given(one))),
    license: license?.toUpperCase(),
    billingPolicyId: parsed.billingPolicyId?.toLowerCase(),
  });
}
