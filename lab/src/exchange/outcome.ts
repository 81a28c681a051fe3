import type { Sourced } from "../reply.ts";
import type { ExchangeObject, Outcome } from "./cmdlet.ts";
import type { Warning } from "./failure.ts";
import { confirmation } from "./failures.ts";
import type { Bound } from "./parameterType.ts";

/** What a cmdlet gives that answers objects. */
export function give(...value: ExchangeObject[]): Outcome {
  return { value, warnings: [] };
}

/** What a cmdlet gives that answers nothing, but for a warning. */
export function giveNothing(...warnings: Sourced<Warning>[]): Outcome {
  return { value: [], warnings };
}

/** What a cmdlet gives that asks whether it may act. */
export function ask(cmdlet: string, identity: string): Outcome {
  return { ...giveNothing(), confirmation: confirmation(cmdlet, identity) };
}

/** As many of the objects as ResultSize wants; 1000 without it, as Exchange's recipient cmdlets have it. */
export function limit<T>(objects: T[], bound: Bound): T[] {
  const size = bound.text("ResultSize") ?? "1000";
  return size === "Unlimited" ? objects : objects.slice(0, Number(size));
}
