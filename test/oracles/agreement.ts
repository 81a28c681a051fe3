import { fieldsOf } from "../../mail/message/fields.ts";
import type { Expected, Judgement } from "../../mail/message/reading.ts";
import { type Check, verdictsOf } from "../../mail/message/verdict.ts";
import type { Verdict } from "./judge.ts";

/** Who judges a delivered message too. */
export type Oracle = "pyspf" | "dkimpy" | "authheaders" | "OpenDMARC";

type Outcome = Judgement["outcome"];

/** What `npm run verify` says of one check of a message, and what an oracle says. */
export interface Comparison {
  oracle: Oracle;
  check: Check;
  ours: Outcome;
  theirs: Outcome;
}

/** Reads a delivered message as `npm run verify` does, beside what the oracles find out by themselves. */
export function compare(raw: string, theirs: Verdict, expected: Expected): Comparison[] {
  const verdicts = verdictsOf(fieldsOf(raw), expected);
  const ours = (wanted: Check): Outcome =>
    verdicts.find(({ check }) => check === wanted)?.outcome ?? "unknown";
  const row = (oracle: Oracle, check: Check, outcome: Outcome): Comparison => ({
    ...{ oracle, check, ours: ours(check), theirs: outcome },
  });
  return [
    row("pyspf", "spf", outcomeOf(theirs.spf)),
    row("dkimpy", "dkim", theirs.aligned ? "pass" : "fail"),
    row("authheaders", "dmarc", outcomeOf(theirs.dmarc)),
    row("OpenDMARC", "dmarc", outcomeOf(theirs.opendmarc)),
  ];
}

/** What verify makes of a result: no record is a fault too, and what DNS did not answer is not known. */
function outcomeOf(result: string): Outcome {
  if (result === "pass") return "pass";
  return result === "temperror" ? "unknown" : "fail";
}
