import type * as pulumi from "@pulumi/pulumi";
import { onePage, type Problem } from "../../mail/problem.ts";

/** Problems as the engine's check failures; the engine itself prints property and value. */
export function failures(
  problems: readonly (Problem | undefined)[],
): pulumi.dynamic.CheckFailure[] {
  return problems
    .filter((problem) => problem !== undefined)
    .map(({ key, rule, fix }) => ({ property: key, reason: `${rule}; ${fix}` }));
}

/** Problems of things outside the inputs, which the engine can't print: each a sentence, alike ones put together. */
export function outsideFailures(problems: readonly Problem[]): pulumi.dynamic.CheckFailure[] {
  return onePage(problems).map((reason) => ({ property: "", reason }));
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
