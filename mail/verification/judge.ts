import { fieldsOf } from "../message/fields.ts";
import type { Expected, Judgement } from "../message/reading.ts";
import { CHECKS, verdictsOf } from "../message/verdict.ts";
import { refusalJudgement } from "./refused.ts";
import type { Arrival, Handover, Judged, Trace } from "./verification.ts";

/** What became of a message, before it is judged. */
export interface Outcome {
  readonly handover: Handover | undefined;
  /** Why it was not handed over from this machine, if it was not. */
  readonly elsewhere: string | undefined;
  readonly arrival: Arrival;
  readonly trace: Trace;
}

/** Whom to tell how the message can be sent and found. */
export interface Ways {
  /** A command that makes a probe. */
  readonly probe: string;
}

/** Judges a message: whether it was taken, whether it arrived, and its headers. */
export function judgedOf(outcome: Outcome, expected: Expected, ways: Ways): Judged[] {
  const handover = judgeHandover(outcome, expected, ways);
  const arrival = judgeArrival(outcome, handover.outcome);
  return [
    { check: "handover", ...handover },
    { check: "arrival", ...arrival },
    ...judgeHeaders(outcome.arrival, expected),
  ];
}

const unknown = (reason: string, fix: string): Judgement => ({
  outcome: "unknown",
  read: "",
  reason,
  fix,
});

function judgeHandover(
  { handover, elsewhere, arrival, trace }: Outcome,
  { sender }: Expected,
  { probe }: Ways,
): Judgement {
  if (handover === undefined) {
    if (elsewhere !== undefined) {
      return unknown(elsewhere, `send from the sender's own machine, with the text of ${probe}`);
    }
    const received = trace.outcome === "traced" ? trace.events[0] : undefined;
    if (received !== undefined) {
      return { outcome: "pass", read: `Exchange took it at ${received.at}: ${received.detail}` };
    }
    if (arrival.outcome === "arrived") return { outcome: "pass", read: "it arrived" };
    return unknown(
      "another machine sent it, if any did, and Exchange's message trace does not have it",
      "read the dialogue that the probe printed; the trace can come 10 minutes late, so follow the id again",
    );
  }
  const { outcome, reply, tls } = handover;
  if (outcome === "accepted") {
    return {
      outcome: "pass",
      read: tls === undefined ? `${reply} (no TLS)` : `${reply} (TLS ${tls})`,
    };
  }
  if (outcome === "refused" || reply.startsWith("AADSTS")) return refusalJudgement(reply, sender);
  return {
    ...{ outcome: "fail", read: reply, resource: undefined },
    reason: "there was no dialogue with Exchange from this machine",
    fix: "let the network pass port 25 or 587 to Exchange Online, without a proxy that takes TLS apart",
  };
}

function judgeArrival({ arrival, elsewhere }: Outcome, taken: Judgement["outcome"]): Judgement {
  if (arrival.outcome === "arrived") {
    const { where, folder } = arrival;
    return { outcome: "pass", read: folder === undefined ? where : `${where} (${folder})` };
  }
  if (taken === "fail" || elsewhere !== undefined) {
    return unknown("it was not handed over", "mend what the handover says first");
  }
  return arrival.outcome === "not looked for"
    ? unknown(arrival.why, "give --imap, or save the message and give its headers with --headers")
    : unknown(arrival.why, "look in the recipient's quarantine, and follow the id again later");
}

function judgeHeaders(arrival: Arrival, expected: Expected): Judged[] {
  if (arrival.outcome === "arrived") {
    return verdictsOf(fieldsOf(arrival.header), { ...expected, folder: arrival.folder });
  }
  const judgement = unknown("there is no header to read", "see arrival");
  return CHECKS.map((check) => ({ check, ...judgement }));
}
