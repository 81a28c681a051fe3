import { setTimeout as sleep } from "node:timers/promises";

/** Notices whether anything that was asked still answers. */
export interface Listener {
  /**
   * Something has answered.
   *
   * @param pause milliseconds that it asks to wait, in which it says nothing more
   */
  heard(pause?: number): void;
  /** Settles once nothing has answered for so many milliseconds; never after `signal`. */
  silence(limit: number, signal: AbortSignal): Promise<void>;
}

export function listen(): Listener {
  let last = Date.now();
  return {
    heard(pause = 0) {
      last = Math.max(last, Date.now() + pause);
    },
    async silence(limit, signal) {
      for (;;) {
        const left = last + limit - Date.now();
        if (left <= 0) return;
        await sleep(left, undefined, { signal });
      }
    },
  };
}
