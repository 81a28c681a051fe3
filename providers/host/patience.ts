/** How long one run of the engine waits for others. */
export interface Patience {
  /**
   * How long a resource may wait that begins to wait now: the waits of a run end together, however many there are.
   *
   * @param minutes how long the run waits
   * @returns milliseconds, 0 when the time is over
   */
  left(minutes: number): number;
}

/** Patience that begins with the first wait. */
export function openPatience(): Patience {
  let began: number | undefined;
  return {
    left(minutes) {
      began ??= Date.now();
      return Math.max(began + minutes * 60_000 - Date.now(), 0);
    },
  };
}
