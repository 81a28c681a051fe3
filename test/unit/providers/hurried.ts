import type { TestContext } from "node:test";

/**
 * Lets the pauses of client libraries before they try again, which are of seconds, pass in no time.
 *
 * @returns how long they would have been, in milliseconds
 */
export function hurried(t: TestContext): number[] {
  const pauses: number[] = [];
  const { setTimeout: real } = globalThis;
  const soon = (act: () => void, ms = 0, ...rest: []) => {
    if (ms < 300 || ms > 10_000) return real(act, ms, ...rest);
    pauses.push(ms);
    return real(act, 1, ...rest);
  };
  t.mock.method(globalThis, "setTimeout", soon as typeof setTimeout);
  return pauses;
}
