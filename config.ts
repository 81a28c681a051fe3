import type { Config } from "./config/config.ts";
import { crossProblems } from "./config/crossRules.ts";
import { problemsOf } from "./config/problems.ts";
import { configSchema, NAMESPACE, type Parsed } from "./config/schema.ts";
import { secretProblems } from "./config/secretKeys.ts";
import { type Problem, sentence } from "./mail/problem.ts";
import { canonicalAddress } from "./mail/senders/address.ts";
import { canonicalDomain } from "./mail/senders/domain.ts";

export type { Config };

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
  const input = Object.fromEntries(ours.map(([key, text]) => [key, decoded(key, text)]));
  const parsed = configSchema.safeParse(input, { reportInput: true });
  const secrets = secretProblems(raw);
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap((issue) => problemsOf(issue, input));
    throw new ConfigError(stack, [...secrets, ...issues]);
  }
  const config = canonical(parsed.data);
  const problems = [...secrets, ...crossProblems(config, stack)];
  if (problems.length > 0) throw new ConfigError(stack, problems);
  return config;
}

/** Text of keys that hold lists, objects or booleans is JSON; anything else stays text for zod to judge. */
function decoded(key: string, text: string): unknown {
  if (key.startsWith("azuread:")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function canonical(parsed: Parsed): Config {
  return {
    tenantId: parsed["azuread:tenantId"].toLowerCase(),
    environment: parsed["azuread:environment"],
    disposable: parsed[`${NAMESPACE}:disposable`],
    domains: parsed[`${NAMESPACE}:domains`].map(({ name }) => ({ name: canonicalDomain(name) })),
    senders: parsed[`${NAMESPACE}:senders`].map(
      ({ certificateName, adoptConnector, ...sender }) => ({
        ...sender,
        egress: sender.egress.map(canonicalAddress),
        ...(certificateName === undefined
          ? {}
          : { certificateName: certificateName.toLowerCase() }),
        ...(adoptConnector === undefined ? {} : { adoptConnector }),
      }),
    ),
  };
}
