import { setTimeout as sleep } from "node:timers/promises";
import { isFinal } from "../../mail/verification/trace.ts";
import type { Arrival, Trace } from "../../mail/verification/verification.ts";
import { type Mailbox, Unreadable } from "./mailbox.ts";
import { say } from "./say.ts";
import type { Tracer } from "./trace.ts";

/** Where messages are looked for, and for how long. */
export interface Places {
  readonly mailbox: Mailbox | undefined;
  readonly tracer: Tracer | undefined;
  readonly minutes: number;
}

/** What was found of one message. */
export interface Followed {
  readonly arrival: Arrival;
  readonly trace: Trace;
}

/** Pauses between two looks, in milliseconds: the first, and the longest one. */
const SHORTEST = 2_000;
const LONGEST = 30_000;

/**
 * Looks for messages until it is known what became of each, or the time is over; less and less often. A trace that can't be
 * had is no reason to stop looking in the mailbox, nor the other way round.
 *
 * @param ids their Message-IDs
 * @param isProved whether a message that arrived needs no trace: that is minutes late
 * @returns how to ask for what was found of an id; of another one nothing was looked for
 */
export async function follow(
  ids: readonly string[],
  { mailbox, tracer, minutes }: Places,
  isProved: (id: string, arrival: Arrival) => boolean,
): Promise<(id: string) => Followed> {
  const end = Date.now() + minutes * 60_000;
  const arrived = new Map<string, Arrival>();
  const proved = new Set<string>();
  const traces = new Map<string, Trace>();
  let noMailbox = mailbox === undefined ? "no mailbox was given" : "";
  // Of the last look: a server that is busy, or a connection that broke, is no reason not to look again.
  let failure = "";
  let noTrace = tracer === undefined ? "--no-trace was given" : "";
  const isLost = (id: string) => {
    const trace = traces.get(id);
    return trace?.outcome === "traced" && isFinal(trace) && trace.status !== "Delivered";
  };
  for (let pause = SHORTEST; ids.length > 0; pause = Math.min(pause * 2, LONGEST)) {
    const awaited = ids.filter((id) => !arrived.has(id) && !isLost(id));
    if (mailbox !== undefined && noMailbox === "" && awaited.length > 0) {
      try {
        for (const [id, message] of await mailbox.find(awaited)) {
          arrived.set(id, { outcome: "arrived", ...message });
        }
        failure = "";
      } catch (error) {
        failure = (error as Error).message;
        if (error instanceof Unreadable) noMailbox = failure;
        else say(failure);
      }
    }
    const open = ids.filter((id) => !isFinal(traces.get(id) ?? UNTRACED));
    if (tracer !== undefined && noTrace === "" && open.length > 0) {
      try {
        for (const [id, trace] of await tracer.find(open)) traces.set(id, trace);
      } catch (error) {
        noTrace = (error as Error).message;
      }
    }
    for (const [id, arrival] of arrived) {
      if (!proved.has(id) && isProved(id, arrival)) proved.add(id);
    }
    const missing = noMailbox === "" ? ids.filter((id) => !arrived.has(id) && !isLost(id)) : [];
    const untold =
      noTrace === ""
        ? ids.filter((id) => !isFinal(traces.get(id) ?? UNTRACED) && !proved.has(id))
        : [];
    const left = end - Date.now();
    if ((missing.length === 0 && untold.length === 0) || left <= 0) break;
    const wait = Math.min(pause, left);
    const awaiting = [
      ...(missing.length > 0 ? [`${missing.length} of ${ids.length} in the mailbox`] : []),
      ...(untold.length > 0 ? [`${untold.length} of ${ids.length} in the message trace`] : []),
    ].join(" and ");
    say(
      `waiting for ${awaiting}; looking again in ${Math.ceil(wait / 1000)} s, for ${Math.ceil(left / 60_000)} min at most`,
    );
    await sleep(wait);
  }
  const until = minutes === 0 ? "" : ` within ${minutes} min`;
  const arrivalOf = (id: string): Arrival =>
    arrived.get(id) ??
    (mailbox === undefined
      ? { outcome: "not looked for", why: noMailbox }
      : {
          outcome: "not found",
          why: noMailbox || failure || `no message with this Message-ID at ${mailbox.name}${until}`,
        });
  const traceOf = (id: string): Trace =>
    traces.get(id) ?? {
      outcome: "not traced",
      why:
        noTrace ||
        (proved.has(id)
          ? "Exchange's message trace does not show it yet, and was not waited for, as the message arrived and every check passed"
          : `Exchange's message trace did not show it${until}; it can be 10 minutes late`),
    };
  return (id) => (ids.includes(id) ? { arrival: arrivalOf(id), trace: traceOf(id) } : NOT_FOLLOWED);
}

const NOT_TAKEN = "it was not handed over to Exchange";

/** What is found of a message that Exchange did not take. */
const NOT_FOLLOWED: Followed = {
  arrival: { outcome: "not looked for", why: NOT_TAKEN },
  trace: { outcome: "not traced", why: NOT_TAKEN },
};

/** Nothing is known by the trace. */
export const UNTRACED: Trace = { outcome: "not traced", why: "" };
