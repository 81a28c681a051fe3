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

/**
 * Waits until nothing is missing, with growing pauses, and logs what it waits for.
 *
 * @param findMissing says what is missing, as a sentence; empty when nothing is
 * @param limit milliseconds to wait; 0 to ask once
 * @returns what is missing when the time is over; empty when it came in time
 */
export async function waitFor(findMissing: () => Promise<string>, limit: number): Promise<string> {
  let reported = 0;
  const isDone = (missing: string, waited: number): boolean => {
    if (missing === "" || waited >= limit) return true;
    if (waited - reported >= REPORT_EVERY) {
      reported = waited;
      const [past, left] = [waited, limit - waited].map((ms) => Math.round(ms / 1000));
      console.log(`waiting, for ${past} s so far and at most ${left} s more: ${missing}`);
    }
    return false;
  };
  return poll(findMissing, isDone, { shortest: 500, longest: 20_000, limit });
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
