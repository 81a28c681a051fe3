import type * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../../mail/problem.ts";

/** Problems as the engine's check failures; the engine itself prints property and value. */
export function failures(
  problems: readonly (Problem | undefined)[],
): pulumi.dynamic.CheckFailure[] {
  return problems
    .filter((problem) => problem !== undefined)
    .map(({ key, rule, fix }) => ({ property: key, reason: `${rule}; ${fix}` }));
}

const told = new WeakSet<object>();

/**
 * A tenant that can't be asked (no credential, no right, no answer) as a check failure without a property. Several
 * resources of a run meet the same error: it is told once, as one failure is enough to stop the run.
 */
export function failureOf(error: unknown): pulumi.dynamic.CheckFailure[] {
  if (!(error instanceof Error)) throw error;
  if (told.has(error)) return [];
  told.add(error);
  return [{ property: "", reason: error.message }];
}
