import { type Config, canonical, readable, written } from "./config/config.ts";
import { problemsOf } from "./config/problems.ts";
import { configSchema, NAMESPACE } from "./config/schema.ts";
import { secretProblems } from "./config/secretKeys.ts";
import { type Problem, sentence } from "./mail/problem.ts";
import { relayProblems } from "./mail/senders/relayProblems.ts";

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
  const config = parsed.success ? canonical(parsed.data) : undefined;
  const problems = [
    ...secretProblems(raw),
    ...(parsed.error?.issues.flatMap((issue) => problemsOf(issue, input)) ?? []),
    ...relayProblems(config ? written(config) : readable(input), stack, {
      domains: `${NAMESPACE}:domains`,
      senders: `${NAMESPACE}:senders`,
    }),
  ];
  if (config === undefined || problems.length > 0) throw new ConfigError(stack, problems);
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
