import type { Judgement } from "../message/reading.ts";
import { listed } from "../naming.ts";
import { counted } from "../numberText.ts";
import type { Judged, TestMessage, Verification } from "./verification.ts";

export type Outcome = Judgement["outcome"];

/** What fails counts more than what is unknown, and that more than what passes. What does not apply counts for nothing. */
const WORST_FIRST: readonly Outcome[] = ["fail", "unknown", "pass", "not applicable"];

/** The worst of several; undefined of none. */
export const worstOf = (judged: readonly { readonly outcome: Outcome }[]): Outcome | undefined =>
  WORST_FIRST.find((one) => judged.some(({ outcome }) => outcome === one));

/** What a verification is called: its sender, and the recipient where a message was sent. */
export const titleOf = ({ sender, message }: Verification): string =>
  message === undefined ? sender : `${sender} to ${message.to}`;

/** That a sender sends from more than a message tells of; nothing where it tells of all. */
export const untriedLines = ({ from, untried }: TestMessage): string[] =>
  untried.length === 0
    ? []
    : [
        `sent from ${from}; not tried: ${listed(untried)} (npm run doctor looks at their records and rights)`,
      ];

/** Whether there is nothing to mend, and nothing left to find out. */
export const isSettled = ({ outcome }: { readonly outcome: Outcome }): boolean =>
  outcome === "pass" || outcome === "not applicable";

/** What does not apply to a message, and why; each reason in one line. */
export function notApplyingLines(judged: readonly Judged[]): string[] {
  const not = judged.flatMap((one) => (one.outcome === "not applicable" ? [one] : []));
  const reasons = Map.groupBy(not, ({ reason, fix }) => `${reason}; ${fix}`);
  return [...reasons].map(([why, same]) => {
    const checks = same.map(({ check }) => CHECK_NAMES[check]).join(", ");
    return `${checks} ${same.length > 1 ? "do" : "does"} not apply: ${why}`;
  });
}

/** What becomes of a message. Where nothing was judged, nothing is proved. */
export const outcomeOf = (judged: readonly Judged[]): Outcome => worstOf(judged) ?? "unknown";

/** An outcome as a reader without colours finds it. */
export const WORDS: Readonly<Record<Outcome, string>> = {
  pass: "PASS",
  fail: "FAIL",
  unknown: "UNKNOWN",
  "not applicable": "NOT APPLICABLE",
};

/** A check as a heading has it. */
export const CHECK_NAMES: Readonly<Record<Judged["check"], string>> = {
  handover: "Handover",
  arrival: "Arrival",
  spf: "SPF",
  dkim: "DKIM",
  dmarc: "DMARC",
  alignment: "Alignment",
  arc: "ARC",
  tls: "TLS",
  attribution: "Attribution",
  hops: "Hops",
  pool: "Sending pool",
  placement: "Placement",
};

/** A check that failed, or is unknown. */
export type Open = Exclude<Judged, { readonly outcome: "pass" }>;

/** What is to be mended or found out, in its order; what is unknown for the same reason stands together, where its first one does. */
export function openOf(judged: readonly Judged[]): [Open, ...Open[]][] {
  const open = judged.filter((one): one is Open => !isSettled(one));
  const alike = Map.groupBy(open, (one) =>
    one.outcome === "unknown" ? JSON.stringify([one.reason, one.fix]) : one,
  );
  return [...alike.values()] as [Open, ...Open[]][];
}

/** The checks of a group, as a heading has them. */
export const checkNames = (group: readonly Open[]): string =>
  group.map(({ check }) => CHECK_NAMES[check]).join(", ");

/** How many messages have which result: `1 of 3 messages passed, 1 failed, 1 is unknown`. */
export function countedOutcomes(outcomes: readonly Outcome[]): string {
  const count = (wanted: Outcome) => outcomes.filter((one) => one === wanted).length;
  const [failed, unknown] = [count("fail"), count("unknown")];
  return [
    `${count("pass")} of ${counted(outcomes.length, "message")} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [counted(unknown, "is unknown", "are unknown")] : []),
  ].join(", ");
}
