/** The lab's one clock: real time plus an offset that tests and stories move forward. */
export interface Clock {
  /** The virtual time. */
  now(): Date;
  /** Milliseconds that virtual time is ahead of real time. */
  offset(): number;
  /** Moves virtual time forward by `ms` and runs the timers that became due, oldest first. */
  advance(ms: number): Promise<void>;
  /** Runs `act` once `ms` of virtual time have passed; the answer takes the timer back. */
  after(ms: number, act: () => void | Promise<void>): () => void;
  /** Takes every timer back. */
  close(): void;
}

interface Timer {
  due: number;
  act: () => void | Promise<void>;
  handle: NodeJS.Timeout;
}

const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Makes a clock that stands `offset` milliseconds ahead of real time; `advanced` is called with the new
 * offset. Timers fire by real time too, and never keep the process alive.
 */
export function makeClock(offset = 0, advanced: (offset: number) => void = () => {}): Clock {
  const timers = new Set<Timer>();

  const virtualNow = (): number => Date.now() + offset;

  function arm(timer: Timer): void {
    clearTimeout(timer.handle);
    const wait = Math.min(Math.max(timer.due - virtualNow(), 0), LONGEST_TIMEOUT);
    timer.handle = setTimeout(() => void fireDue(), wait);
    timer.handle.unref();
  }

  async function fireDue(): Promise<void> {
    const due = [...timers].filter((timer) => timer.due <= virtualNow());
    for (const timer of due.toSorted((a, b) => a.due - b.due)) {
      clearTimeout(timer.handle);
      if (timers.delete(timer)) await timer.act();
    }
    for (const timer of timers) arm(timer);
  }

  return {
    now: () => new Date(virtualNow()),
    offset: () => offset,
    async advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`advance: ${ms} ms; virtual time only moves forward`);
      offset += ms;
      advanced(offset);
      await fireDue();
    },
    after(ms, act) {
      const handle = setTimeout(() => {}, 0);
      const timer: Timer = { due: virtualNow() + ms, act, handle };
      timers.add(timer);
      arm(timer);
      return () => {
        clearTimeout(timer.handle);
        timers.delete(timer);
      };
    },
    close() {
      for (const timer of timers) clearTimeout(timer.handle);
      timers.clear();
    },
  };
}
