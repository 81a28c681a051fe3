import pMap from "p-map";
import { type Finding, unknownOf } from "../../mail/doctor/finding.ts";
import type { CheckContext } from "./context.ts";

/** One thing that is looked at. */
export interface Check {
  /** As `--json` names it: `smtp-auth`. */
  readonly name: string;
  /** What it looks at: `SMTP AUTH`. */
  readonly title: string;
  /** Set where `up` makes what it looks at: there is nothing to see before the first one. */
  readonly afterUp?: true;
  /** Reads, and changes nothing. Whatever it throws makes its one finding `unknown`. */
  look(context: CheckContext): Promise<readonly Finding[] | Looked>;
}

/** What was found, and why something was not looked at. */
export interface Looked {
  readonly findings: readonly Finding[];
  /**
   * Why, as a clause, nobody asked for more: it does not exist yet, or nobody said where it is. What was asked for and could
   * not be read is a finding of severity `unknown` instead.
   */
  readonly notLookedAt?: string;
}

/** What a check found. */
export interface Checked extends Looked {
  readonly check: Pick<Check, "name" | "title">;
}

/** Checks that run at the same time. */
const AT_ONCE = 4;

/** Milliseconds after which it is told what takes so long. */
const SLOW = 15_000;

/**
 * Runs checks, and gives what they found in their order.
 *
 * @param onLine takes a line of progress after each check, and while some take long
 */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  onLine: (line: string) => void,
): Promise<Checked[]> {
  let done = 0;
  const running = new Set<string>();
  const slow = setInterval(() => onLine(`still looking at ${[...running].join(", ")}`), SLOW);
  try {
    return await pMap(
      checks,
      async (check) => {
        const notLookedAt = check.afterUp === true ? unmade(context) : undefined;
        running.add(check.title);
        const looked =
          notLookedAt === undefined ? await look(check, context) : { findings: [], notLookedAt };
        running.delete(check.title);
        done += 1;
        onLine(`${done}/${checks.length} ${check.title}`);
        return { check, ...looked };
      },
      { concurrency: AT_ONCE },
    );
  } finally {
    clearInterval(slow);
  }
}

/** Why nothing that `up` makes can be looked at; undefined where it can. */
export function unmade({ lastUp, domains, unread }: CheckContext): string | undefined {
  if (unread !== undefined) return "what the last up has made could not be read";
  if (lastUp.size + domains.size > 0) return undefined;
  return "there is nothing to look at before the first up";
}

async function look(check: Check, context: CheckContext): Promise<Looked> {
  try {
    const looked = await check.look(context);
    return "findings" in looked ? looked : { findings: looked };
  } catch (error) {
    return { findings: [unknownOf(error)] };
  }
}

/**
 * Looks at each of several things; what can't be looked at hides nothing of the others.
 *
 * @param resourceOf what a thing is called, as of a finding
 */
export async function lookAtEach<T>(
  things: readonly T[],
  resourceOf: (thing: T) => string,
  lookAt: (thing: T) => Promise<readonly Finding[]>,
): Promise<Finding[]> {
  const findings = await pMap(
    things,
    (thing) =>
      lookAt(thing).catch((error: unknown) => [unknownOf(error, { resource: resourceOf(thing) })]),
    { concurrency: AT_ONCE },
  );
  return findings.flat();
}
