import type * as pulumi from "@pulumi/pulumi";
import { isShown, type Problem, sentence, summarize } from "../../mail/problem.ts";

type CheckFailure = pulumi.dynamic.CheckFailure;

/**
 * Problems of inputs as check failures. The engine prints the property and the whole of its value, so a problem whose
 * value must not be repeated, or that has none, names its property in the reason only.
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
export const readFailures = (error: unknown): CheckFailure[] => allReadFailures([error]);

/** What was not reported yet. */
function unreported(error: unknown): string[] {
  if (error instanceof AggregateError) return error.errors.flatMap(unreported);
  if (!(error instanceof Error)) throw error;
  if (reported.has(error)) return [];
  reported.add(error);
  return [error.message];
}

/** Sentences about what can't be read, at most. */
const LISTED = 10;

/**
 * The same of several errors: those that differ only in the cmdlet, the path or the zone that was asked are one sentence.
 */
export function allReadFailures(errors: readonly unknown[]): CheckFailure[] {
  const once = [...new Set(errors.flatMap(unreported))];
  const reasons = [...Map.groupBy(once, withoutNames).values()].map(([first = "", ...others]) =>
    others.length === 0 ? first : `${first} (and ${others.length} more like this)`,
  );
  const rest = reasons.length - LISTED + 1;
  const listed =
    rest <= 1
      ? reasons
      : [
          ...reasons.slice(0, LISTED - 1),
          `and ${rest} more that could not be read; fix these first`,
        ];
  return listed.map((reason) => ({ property: "", reason }));
}

/** A sentence without what was asked, where one signs in for it and which roles allow it, and without ids and times of the answer. */
const withoutNames = (reason: string): string =>
  reason
    .replace(/^Graph [A-Z]+ \S+: /, "")
    .replace(/ for https:\/\/\S+/, "")
    .replace(/an Exchange role group with .*$/, "")
    .replace(/\b[A-Z][a-z]+-[A-Z]\w+|\b[0-9a-f-]{32,}|\d+/g, "…");
