import { fieldsOf } from "../message/fields.ts";
import type { Expected, Judgement } from "../message/reading.ts";
import { entryOf } from "../message/resources.ts";
import { stayedInside } from "../message/stayedInside.ts";
import { CHECKS, verdictsOf } from "../message/verdict.ts";
import { signsIn, usesDirectSend, usesHighVolume } from "../senders/choose.ts";
import { relayName } from "../senders/names.ts";
import type { StopInWords } from "../stop/problems.ts";
import { arrivedReading } from "./readArrival.ts";
import { refusalJudgement, stopJudgement } from "./refused.ts";
import { reasonIn } from "./trace.ts";
import { type Arrival, type Handover, type Judged, NO_TOKEN, type Trace } from "./verification.ts";

/** What became of a message, before it is judged. */
export interface Outcome {
  readonly handover: Handover | undefined;
  /** Why it was not handed over from this machine, if it was not. */
  readonly elsewhere: string | undefined;
  /** What to do about that; from the sender's own machine it goes where this is left out. */
  readonly instead?: string | undefined;
  /** That `npm run stop` has stopped the sender, where that is known. */
  readonly stop?: StopInWords | undefined;
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
  const taken = judgeHandover(outcome, expected, ways);
  const handover =
    taken.outcome === "pass" ? taken : (judgeStop(outcome, expected.sender) ?? taken);
  const arrival = judgeArrival(outcome, handover.outcome, expected);
  return [
    { check: "handover", ...handover },
    { check: "arrival", ...arrival },
    ...judgeHeaders(outcome, arrival, expected),
  ];
}

const unknown = (reason: string, fix: string): Judgement => ({
  outcome: "unknown",
  read: "",
  reason,
  fix,
});

const judgeStop = ({ stop, handover }: Outcome, sender: Expected["sender"]) =>
  stop && stopJudgement(handover?.reply ?? "", sender, stop);

function judgeHandover(
  { handover, elsewhere, instead, arrival, trace }: Outcome,
  expected: Expected,
  { probe }: Ways,
): Judgement {
  if (handover === undefined) {
    if (elsewhere !== undefined) {
      return unknown(
        elsewhere,
        instead ?? `send from the sender's own machine: ${probe} prints a program for it`,
      );
    }
    const received = trace.outcome === "traced" ? trace.events[0] : undefined;
    if (received !== undefined) {
      return {
        outcome: "pass",
        read: `Exchange received it at ${received.at}: ${received.detail}`,
      };
    }
    if (arrival.outcome === "arrived") return { outcome: "pass", read: "it arrived" };
    return unknown(
      "Exchange's message trace has no message with this Message-ID",
      "read the dialogue that the program printed; the trace can be 10 minutes late, so run this command again later",
    );
  }
  const { outcome, reply, tls } = handover;
  if (outcome === "accepted") {
    return {
      outcome: "pass",
      read: tls === undefined ? `${reply} (no TLS)` : `${reply} (TLS ${tls})`,
    };
  }
  if (outcome === "refused" || reply.startsWith("AADSTS")) return refusalJudgement(reply, expected);
  return { ...{ outcome: "fail", read: reply, resource: undefined }, ...notCompleted(handover) };
}

/** Why no reply decides: there was no token, no connection, or one that ended too early. */
function notCompleted({ reply, dialogue }: Handover) {
  if (reply.startsWith(NO_TOKEN)) {
    return {
      reason: "Entra gave no answer to the request for a token",
      fix: "allow connections from this machine to Entra, and check the sender's file if the text names it",
    };
  }
  if (dialogue.some(({ by }) => by === "server")) {
    return {
      reason: "the connection ended before Exchange accepted or refused the message",
      fix: "run the command again in some minutes; if it ends in the same way, look for a proxy or firewall that closes the connection",
    };
  }
  return {
    reason: "this machine has no SMTP connection to Exchange",
    fix: "allow connections from this machine to port 25 or 587 of Exchange Online, without a proxy that inspects TLS; check --local-address if it is given",
  };
}

function judgeArrival(
  { arrival, trace, elsewhere }: Outcome,
  taken: Judgement["outcome"],
  expected: Expected,
): Judgement {
  if (arrival.outcome === "arrived") {
    const { where, folder } = arrival;
    return { outcome: "pass", read: folder === undefined ? where : `${where} (${folder})` };
  }
  if (taken === "fail" || elsewhere !== undefined) {
    return unknown("it was not handed over to Exchange", "fix what handover says first");
  }
  const traced = trace.outcome === "traced" ? judgeTrace(trace, expected) : undefined;
  if (traced !== undefined) return traced;
  const fix =
    arrival.outcome === "not looked for"
      ? "look into the mailbox with --imap, or save the message and give its headers with --headers"
      : `look into the recipient's quarantine, and run npm run verify -- --stack ${expected.stack} with --id again later`;
  return unknown(arrival.why, fix);
}

/** What the trace says of a message that nobody has; undefined where it says nothing bad. */
function judgeTrace(
  { status, events }: Extract<Trace, { readonly outcome: "traced" }>,
  expected: Expected,
): Judgement | undefined {
  const reason = reasonIn(events);
  const lost = (why: string, fix: string): Judgement => ({
    ...{ outcome: "fail", read: `message trace: ${status}`, resource: undefined },
    ...{ reason: why, fix },
  });
  const statuses = status.split(", ");
  if (statuses.includes("Failed")) {
    return reason === undefined
      ? lost(
          "Exchange did not deliver the message, and its trace does not say why",
          "read the non-delivery report that came back to the sender",
        )
      : refusalJudgement(reason, expected);
  }
  if (statuses.includes("Quarantined")) {
    return lost(
      "Exchange's filter put the message into quarantine",
      "look it up in Microsoft Defender under Email & collaboration > Review > Quarantine, which names the policy",
    );
  }
  if (statuses.includes("FilteredAsSpam")) {
    return lost(
      "Exchange's filter treated the message as spam",
      "look it up in Microsoft Defender's Explorer, which names the policy and the reason",
    );
  }
  if (statuses.includes("Expanded")) {
    return unknown(
      "the recipient is a group, and its members got the copies",
      "give --to a member of it",
    );
  }
  if (statuses.includes("Pending") && reason !== undefined) {
    const { reason: why, fix } = refusalJudgement(reason, expected);
    return { outcome: "unknown", read: reason, reason: `Exchange tries again: ${why}`, fix };
  }
  return undefined;
}

/** What the headers say; where there are none, nothing is known for the reason that the arrival has. */
function judgeHeaders(
  { arrival, trace }: Outcome,
  judgedArrival: Judgement,
  expected: Expected,
): Judged[] {
  const none =
    judgedArrival.outcome === "unknown"
      ? unknown(judgedArrival.reason, judgedArrival.fix)
      : unknown("the message did not arrive", "fix what arrival says first");
  const judged: Judged[] =
    arrival.outcome === "arrived"
      ? verdictsOf(fieldsOf(arrival.header), { ...expected, folder: arrival.folder })
      : CHECKS.map((check) => ({ check, ...none }));
  return judged.map((one) =>
    one.check === "attribution" && one.outcome === "unknown"
      ? { ...one, ...tracedAttribution(arrival, trace, expected) }
      : one,
  );
}

/**
 * By the connector that the trace names, where the headers do not say it. The trace is the tenant's own: what a mailbox sent,
 * and never left the tenant that shows it, is that tenant's.
 */
function tracedAttribution(
  arrival: Arrival,
  trace: Trace,
  { stack, tenantId, sender }: Expected,
): Judgement | undefined {
  if (trace.outcome !== "traced") return undefined;
  if (signsIn(sender)) {
    const reading = arrivedReading(arrival);
    const isOwn =
      reading !== undefined && stayedInside(reading) && reading.attribution?.authAs === "Internal";
    return isOwn
      ? {
          outcome: "pass",
          read: `${usesHighVolume(sender) ? "an account of High Volume Email" : "a mailbox"} of tenant ${tenantId}, by its message trace`,
        }
      : undefined;
  }
  const connector = trace.events.find((event) => event.connector !== undefined)?.connector;
  if (connector === undefined) return undefined;
  const read = `message trace: connector ${connector}`;
  if (usesDirectSend(sender)) {
    return {
      ...{ outcome: "fail", read, resource: entryOf(sender) },
      reason: `Exchange attributed the message to connector ${connector}, and the stack file gives ${sender.name} direct send`,
      fix: `remove the sender's address from connector ${connector}, or give the sender a connector of its own`,
    };
  }
  const own = sender.adoptConnector ?? relayName(stack, sender.name);
  if (connector.toLowerCase() === own.toLowerCase()) return { outcome: "pass", read };
  return {
    ...{ outcome: "fail", read, resource: entryOf(sender) },
    reason: `Exchange attributed the message to connector ${connector}, not to ${own}`,
    fix: `remove the sender's address or certificate from connector ${connector}`,
  };
}
