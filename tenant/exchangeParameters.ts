// Parameters that a tenant's cmdlet does not have: the newest ones come to one tenant after the other, and which of them an
// app sees goes by its roles.
import type { Invoke } from "./exchange.ts";
import { type ExchangeError, isRefusal } from "./exchangeError.ts";

/**
 * How Exchange names what it does not know: the admin API (graph2otel's live records of 2026-07), and PowerShell itself
 * (about_Parameters).
 */
const UNKNOWN_PARAMETERS = [
  /Invalid cmdlet parameters specified\.?(.*)/is,
  /parameter cannot be found that matches parameter name '([^']+)'/i,
];

/** Those of the parameters that a refusal says the cmdlet does not have, in any letter case. */
export function unknownParameters(error: unknown, sent: readonly string[]): string[] {
  if (!isRefusal(error)) return [];
  const named = UNKNOWN_PARAMETERS.flatMap((words) => words.exec(error.message)?.[1] ?? []);
  const words = named
    .join(" ")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return sent.filter((parameter) => words.includes(parameter.toLowerCase()));
}

/** Refuses a call with a parameter that the cmdlet was said not to have with the same error, and does not send it. */
export function rememberUnknown(invoke: Invoke): Invoke {
  const refusals = new Map<string, ExchangeError>();
  return async (cmdlet, parameters) => {
    const names = Object.keys(parameters);
    const keyOf = (parameter: string) => `${cmdlet} ${parameter}`;
    const known = names.map((name) => refusals.get(keyOf(name))).find((one) => one !== undefined);
    if (known !== undefined) throw known;
    try {
      return await invoke(cmdlet, parameters);
    } catch (error) {
      for (const name of unknownParameters(error, names)) {
        refusals.set(keyOf(name), error as ExchangeError);
      }
      throw error;
    }
  };
}
