import type * as pulumi from "@pulumi/pulumi";
import { isShown, type Problem, sentence, summarize } from "../../mail/problem.ts";

type CheckFailure = pulumi.dynamic.CheckFailure;

/**
 * Problems of inputs as check failures. The engine prints the property and the whole of its value, so a problem whose
 * value must not be repeated names its property in the reason only.
 */
export function inputFailures(problems: readonly (Problem | undefined)[]): CheckFailure[] {
  return problems
    .filter((problem) => problem !== undefined)
    .map((problem) =>
      isShown(problem.value)
        ? { property: problem.key, reason: `${problem.rule}; ${problem.fix}` }
        : { property: "", reason: sentence(problem) },
    );
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
  if (error instanceof AggregateError) return error.errors.flatMap(readFailures);
  if (!(error instanceof Error)) throw error;
  if (reported.has(error)) return [];
  reported.add(error);
  return [{ property: "", reason: error.message }];
}

/** Things that can't be read, as many as are reported. */
const LISTED = 10;

/** The same of several errors, each sentence once. */
export function allReadFailures(errors: readonly unknown[]): CheckFailure[] {
  const failures = errors.flatMap(readFailures);
  const once = [...new Map(failures.map((failure) => [failure.reason, failure])).values()];
  if (once.length <= LISTED) return once;
  const rest = once.length - LISTED + 1;
  const reason = `and ${rest} more that could not be read; fix these first`;
  return [...once.slice(0, LISTED - 1), { property: "", reason }];
}
