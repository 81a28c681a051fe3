import pMap from "p-map";
import { nameStack } from "../../mail/commands.ts";
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

/** Of several things, those that are looked at at the same time. */
const AT_ONCE = 4;

/** Checks that are named while they take long; the others are counted. */
const NAMED = 4;

/** Milliseconds after which it is told what takes so long. */
const SLOW = 15_000;

/**
 * Runs checks, all at the same time, so that one that waits keeps no other from its turn; gives what they found in their order.
 * Once nothing answers any more, what is not looked at yet is unknown, and the context's questions may still be under way.
 *
 * @param onLine takes a line of progress after each check, and while some take long
 */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  onLine: (line: string) => void,
): Promise<Checked[]> {
  const running = new Set(checks.map(({ title }) => title));
  const slow = setInterval(() => onLine(`still looking at ${listed([...running])}`), SLOW);
  const ended = new AbortController();
  const silence = context.silence(ended.signal).then(() => [unanswered(context)]);
  try {
    const looking = checks.map(async (check) => {
      const notLookedAt = check.afterUp === true ? unmade(context) : undefined;
      const looked =
        notLookedAt === undefined
          ? await Promise.race([look(check, context), silence.then((findings) => ({ findings }))])
          : { findings: [], notLookedAt };
      running.delete(check.title);
      onLine(`${checks.length - running.size}/${checks.length} ${check.title}`);
      return { check, ...looked };
    });
    return await Promise.all(looking);
  } finally {
    clearInterval(slow);
    ended.abort();
  }
}

const listed = (titles: readonly string[]): string =>
  titles.length <= NAMED + 1
    ? titles.join(", ")
    : `${titles.slice(0, NAMED).join(", ")} and ${titles.length - NAMED} others`;

const unanswered = ({ limits }: CheckContext): Finding =>
  unknownOf(
    new Error(
      `nothing that was asked has answered for ${limits.silence / 1000} s; check the network and a proxy in between, and run it again`,
    ),
  );

/** Why nothing that `up` makes can be looked at; undefined where it can. */
export function unmade({ lastUp, domains, unread }: CheckContext): string | undefined {
  if (unread !== undefined) return "what the last up has made could not be read";
  if (lastUp.size + domains.size > 0) return undefined;
  return "there is nothing to look at before the first up";
}

async function look(check: Check, context: CheckContext): Promise<Looked> {
  try {
    const looked = await check.look(context);
    const { findings, ...rest } = "findings" in looked ? looked : { findings: looked };
    return { ...rest, findings: findings.map((finding) => named(finding, context)) };
  } catch (error) {
    return { findings: [named(unknownOf(error), context)] };
  }
}

const named = (finding: Finding, { stack }: CheckContext): Finding => {
  const what = nameStack(finding.what, stack);
  return finding.severity === "ok"
    ? { ...finding, what }
    : { ...finding, what, fix: nameStack(finding.fix, stack) };
};

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
