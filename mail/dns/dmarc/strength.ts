import type { Problem } from "../../problem.ts";
import { adoptDmarc, type DmarcChange } from "./change.ts";
import {
  DMARC_POLICIES,
  type DmarcPolicy,
  isDmarc,
  type ParsedDmarc,
  parseDmarc,
} from "./record.ts";

/**
 * Says in what a DMARC record would protect a domain less than the one that is there: `p`, `sp` and `np` with what
 * they inherit, the share of mail, testing, alignment.
 *
 * @param key where it is asked for
 * @param wanted the record's text, or a change to the existing one
 */
export function weakerProblem(
  key: string,
  wanted: string | DmarcChange,
  existing: string,
): Problem | undefined {
  const weaker = weaknesses(wanted, existing);
  if (weaker.length === 0) return undefined;
  return {
    key,
    value: textOf(wanted, existing),
    rule: `is weaker than the existing record (${weaker.join("; ")})`,
    fix: `request a policy no weaker than "${existing}", or weaken that record by hand first`,
  };
}

function weaknesses(wanted: string | DmarcChange, existing: string): string[] {
  if (!isDmarc(existing)) return [];
  const [next, now] = [parseDmarc(textOf(wanted, existing)), parseDmarc(existing)];
  const policies = [
    ["p", next.policy, now.policy],
    ["sp", next.subdomainPolicy, now.subdomainPolicy],
    ["np", next.nonexistentPolicy, now.nonexistentPolicy],
  ] as const;
  return [
    ...policies.flatMap(([name, after, before]) =>
      lessThan(strengths(after, next), strengths(before, now))
        ? [`${name}=${describePolicy(after, next)} instead of ${describePolicy(before, now)}`]
        : [],
    ),
    ...(["adkim", "aspf"] as const).flatMap((name) =>
      next[name] === "r" && now[name] === "s" ? [`${name}=r instead of s`] : [],
    ),
  ];
}

function textOf(wanted: string | DmarcChange, existing: string): string {
  return typeof wanted === "string" ? wanted : adoptDmarc(existing, wanted);
}

/**
 * How strong a policy is to receivers of RFC 7489, which apply it to a share and the next weaker one to the rest, and
 * to those of RFC 9989, which apply the next weaker one while it is tested.
 *
 * @see RFC 7489 section 6.6.4 and RFC 9989 section 4.7 (t)
 */
function strengths(
  policy: DmarcPolicy | undefined,
  { pct, testing }: ParsedDmarc,
): [old: number, current: number] {
  const level = policy === undefined ? 0 : DMARC_POLICIES.indexOf(policy);
  if (level === 0) return [0, 0];
  return [level - 1 + pct / 100, testing ? level - 1 : level];
}

function lessThan(after: readonly [number, number], before: readonly [number, number]): boolean {
  return after[0] < before[0] || after[1] < before[1];
}

function describePolicy(policy: DmarcPolicy | undefined, { pct, testing }: ParsedDmarc): string {
  const share = pct === 100 ? "" : ` pct=${pct}`;
  return `${policy ?? "no policy"}${share}${testing ? " t=y" : ""}`;
}

/**
 * Says that a DMARC record asks receivers for more than the one before, and what has to be known before that is safe. The
 * reports are not the stack's to read, so a person has to confirm it.
 *
 * @param existing the record before; empty where there was none
 */
export function stricterProblem(
  key: string,
  wanted: string,
  existing: string,
): Problem | undefined {
  const before = isDmarc(existing) ? existing : WATCHING;
  const stricter = isDmarc(wanted) ? weaknesses(before, wanted) : [];
  if (stricter.length === 0) return undefined;
  const skipped = skips(parseDmarc(wanted).policy, parseDmarc(before).policy);
  return {
    key,
    value: wanted,
    rule: `is stricter than ${existing === "" ? "no record" : "the record before"}${skipped}, and nothing here proves that mail passes`,
    fix: `confirm that ${WATCHED}`,
  };
}

/** What a domain without a record amounts to. */
const WATCHING = "v=DMARC1; p=none";

function skips(after: DmarcPolicy | undefined, before: DmarcPolicy | undefined): string {
  return after === "reject" && before === "none" ? " and skips quarantine" : "";
}

/** How far a domain has come from watching to refusing. */
export interface DmarcStage {
  /** Undefined when the record names none. */
  readonly policy: DmarcPolicy | undefined;
  /** The step after this; undefined when there is none. */
  readonly next?: { readonly policy: DmarcPolicy; readonly condition: string };
}

const WATCHED =
  "reports have been read for at least two weeks and every sender passes SPF or DKIM aligned";

/**
 * Says at which stage a DMARC record is, and when the next one may come: none, quarantine, reject, and of a policy
 * that is only tried out, or asked for a share of mail, first the whole of it.
 */
export function stageOf(text: string): DmarcStage {
  const { policy, testing, pct } = parseDmarc(text);
  if (policy === undefined) return { policy };
  const share = policy !== "none" && pct < 100 ? `pct=${pct}` : "";
  const trial = policy !== "none" && testing ? "t=y" : "";
  const held = [share, trial].filter((tag) => tag !== "").join(" and ");
  if (held !== "") {
    const condition = `Remove ${held}, which makes the policy stricter, once ${WATCHED}.`;
    return { policy, next: { policy, condition } };
  }
  const after = DMARC_POLICIES[DMARC_POLICIES.indexOf(policy) + 1];
  if (after === undefined) return { policy };
  return {
    policy,
    next: { policy: after, condition: `Set the policy to ${after} once ${WATCHED}.` },
  };
}
