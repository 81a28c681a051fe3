import { setTimeout as sleep } from "node:timers/promises";
import { isFinal } from "../../mail/verification/trace.ts";
import type { Arrival, Trace } from "../../mail/verification/verification.ts";
import type { FoundMessage, Mailbox } from "./mailbox.ts";
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
 * Looks for messages until all have arrived and Exchange has told what became of each, or the time is over; less and less
 * often. A trace that can't be had is no reason to stop looking in the mailbox, nor the other way round.
 *
 * @param ids their Message-IDs
 * @returns how to ask for what was found of an id
 */
export async function follow(
  ids: readonly string[],
  { mailbox, tracer, minutes }: Places,
): Promise<(id: string) => Followed> {
  const end = Date.now() + minutes * 60_000;
  const arrived = new Map<string, FoundMessage>();
  const traces = new Map<string, Trace>();
  let noMailbox = mailbox === undefined ? "no mailbox was given with --imap" : "";
  let noTrace = tracer === undefined ? "--no-trace was given" : "";
  const isLost = (id: string) => {
    const trace = traces.get(id);
    return trace?.outcome === "traced" && isFinal(trace) && trace.status !== "Delivered";
  };
  for (let pause = SHORTEST; ids.length > 0; pause = Math.min(pause * 2, LONGEST)) {
    const awaited = ids.filter((id) => !arrived.has(id) && !isLost(id));
    if (mailbox !== undefined && noMailbox === "" && awaited.length > 0) {
      try {
        for (const [id, message] of await mailbox.find(awaited)) arrived.set(id, message);
      } catch (error) {
        noMailbox = (error as Error).message;
      }
    }
    const open = ids.filter((id) => !isFinal(traces.get(id) ?? UNKNOWN));
    if (tracer !== undefined && noTrace === "" && open.length > 0) {
      try {
        for (const [id, trace] of await tracer.find(open)) traces.set(id, trace);
      } catch (error) {
        noTrace = (error as Error).message;
      }
    }
    const missing = noMailbox === "" ? ids.filter((id) => !arrived.has(id) && !isLost(id)) : [];
    const untold = noTrace === "" ? ids.filter((id) => !isFinal(traces.get(id) ?? UNKNOWN)) : [];
    const left = end - Date.now();
    if ((missing.length === 0 && untold.length === 0) || left <= 0) break;
    const wait = Math.min(pause, left);
    say(
      `${missing.length} of ${ids.length} not found in the mailbox, ${untold.length} without a final state in the message trace; looking again in ${Math.ceil(wait / 1000)} s, for ${Math.ceil(left / 60_000)} min at most`,
    );
    await sleep(wait);
  }
  const tried = `within ${minutes} min`;
  return (id) => {
    const message = arrived.get(id);
    return {
      arrival:
        message !== undefined
          ? { outcome: "arrived", ...message }
          : mailbox === undefined
            ? { outcome: "not looked for", why: noMailbox }
            : { outcome: "not found", why: noMailbox || `not found at ${mailbox.name} ${tried}` },
      trace: traces.get(id) ?? {
        outcome: "not traced",
        why:
          noTrace || `Exchange's message trace did not show it ${tried}; it can be 10 minutes late`,
      },
    };
  };
}

const UNKNOWN: Trace = { outcome: "not traced", why: "" };
