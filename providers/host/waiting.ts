import { setTimeout as sleep } from "node:timers/promises";

/** How often to read. */
export interface Pauses {
  /** Milliseconds before the second read; every pause is twice the one before. @default 100 */
  readonly shortest?: number;
  /** Milliseconds. @default 5,000 */
  readonly longest?: number;
  /** Milliseconds after which the last read is made, at the latest. @default none */
  readonly limit?: number;
}

/**
 * Reads again and again, with growing pauses, until a value is as it should be.
 *
 * @param isDone gets the value and the milliseconds since the first read began
 * @returns the value that was read last
 */
export async function poll<T>(
  read: () => Promise<T>,
  isDone: (value: T, waited: number) => boolean,
  { shortest = 100, longest = 5_000, limit = Number.POSITIVE_INFINITY }: Pauses = {},
): Promise<T> {
  const began = Date.now();
  for (let pause = shortest; ; pause = Math.min(pause * 2, longest)) {
    const value = await read();
    const waited = Date.now() - began;
    if (isDone(value, waited)) return value;
    await sleep(Math.min(pause, Math.max(limit - waited, 0)));
  }
}

/** Milliseconds between two lines about what is waited for. */
const REPORT_EVERY = 30_000;
/** A pause that is shorter than this, in milliseconds, is not reported. */
const SHORT_PAUSE = 5_000;

/** The line that a run prints while it waits; the times in milliseconds. */
function describeWait(reason: string, { past, left }: { past: number; left: number }) {
  const [sinceBegin, atMost] = [past, left].map((ms) => Math.round(ms / 1000));
  return `waiting, for ${sinceBegin} s so far and at most ${atMost} s more: ${reason}`;
}

/**
 * Says whether a wait is over, and logs every 30 s what is waited for.
 *
 * @param limit milliseconds to wait; 0 to look once
 * @returns a function that gets what is missing (empty when nothing is) and the milliseconds since the first look
 */
export function waitingUntil(limit: number): (missing: string, waited: number) => boolean {
  let reported = 0;
  return (missing, waited) => {
    if (missing === "" || waited >= limit) return true;
    if (waited - reported >= REPORT_EVERY) {
      reported = waited;
      console.log(describeWait(missing, { past: waited, left: limit - waited }));
    }
    return false;
  };
}

/**
 * Waits until nothing is missing, with growing pauses, and logs what it waits for.
 *
 * @param findMissing says what is missing, as a sentence; empty when nothing is
 * @param limit milliseconds to wait; 0 to ask once
 * @param options.longest milliseconds of the longest pause
 * @param options.overdue what is not waited for, though it is missing
 * @returns what is missing when the time is over; empty when it came in time
 */
export async function waitFor(
  findMissing: () => Promise<string>,
  limit: number,
  { longest = 20_000, overdue = "" } = {},
): Promise<string> {
  const isOver = waitingUntil(limit);
  const isDone = (missing: string, waited: number) =>
    missing === overdue || isOver(missing, waited);
  return poll(findMissing, isDone, { shortest: 500, longest, limit });
}

/** The pauses that are being reported, by reason: their end, as a time in milliseconds. */
const pauses = new Map<string, number>();

/**
 * Reports a pause that a service asks for: a line at once, and one every 30 s until it is over. The resources of a run
 * meet the same limit together, so those with the same reason share the lines, with the time of the longest pause.
 *
 * @param reason such as `Exchange accepts no more requests for now (HTTP 429)`
 * @param ms length of the pause in milliseconds; one of less than 5 s is not reported
 */
export function reportPause(reason: string, ms: number): void {
  if (ms < SHORT_PAUSE) return;
  const began = Date.now();
  const known = pauses.get(reason);
  pauses.set(reason, Math.max(began + ms, known ?? 0));
  if (known !== undefined) return;
  const report = (): void => {
    const now = Date.now();
    const left = (pauses.get(reason) ?? 0) - now;
    if (left > 0) {
      console.log(describeWait(reason, { past: now - began, left }));
      setTimeout(report, Math.min(REPORT_EVERY, left)).unref();
    } else {
      pauses.delete(reason);
    }
  };
  report();
}

/** The end of all waits of one run of the engine: its resources wait at the same time. */
export interface Deadline {
  /**
   * @param minutes how long the run waits, counted from its first wait
   * @returns milliseconds that are left; 0 when the time is over
   */
  left(minutes: number): number;
}

/** A deadline whose time begins with the first wait. */
export function openDeadline(): Deadline {
  let began: number | undefined;
  return {
    left(minutes) {
      began ??= Date.now();
      return Math.max(began + minutes * 60_000 - Date.now(), 0);
    },
  };
}
