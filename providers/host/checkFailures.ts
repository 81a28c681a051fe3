import type * as pulumi from "@pulumi/pulumi";
import { type Problem, summarize } from "../../mail/problem.ts";

type CheckFailure = pulumi.dynamic.CheckFailure;

/** Problems of inputs as check failures. The engine itself prints property and value. */
export function inputFailures(problems: readonly (Problem | undefined)[]): CheckFailure[] {
  return problems
    .filter((problem) => problem !== undefined)
    .map(({ key, rule, fix }) => ({ property: key, reason: `${rule}; ${fix}` }));
}

/** Problems of things outside the inputs, which the engine can't print: each a sentence, alike ones put together. */
export function outsideFailures(problems: readonly Problem[]): CheckFailure[] {
  return summarize(problems).map((reason) => ({ property: "", reason }));
}

const reported = new WeakSet<object>();

/**
 * A tenant or zone that can't be read (no credential, no right, no answer) as a check failure without a property.
 * Several resources of a run meet the same error. It is reported once, as one failure is enough to stop the run.
 */
export function readFailures(error: unknown): CheckFailure[] {
  if (!(error instanceof Error)) throw error;
  if (reported.has(error)) return [];
  reported.add(error);
  return [{ property: "", reason: error.message }];
}
