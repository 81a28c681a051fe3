import { setTimeout as sleep } from "node:timers/promises";

/** How often to look. */
export interface Pauses {
  /** Milliseconds before the second look; every pause is twice the one before. @default 100 */
  readonly first?: number;
  /** @default 5,000 */
  readonly longest?: number;
}

/** Looks again, with growing pauses, until a look says that it is done; the last look's answer comes back. */
export async function lookUntil<T>(
  look: () => Promise<T>,
  done: (seen: T, waited: number) => boolean,
  { first = 100, longest = 5_000 }: Pauses = {},
): Promise<T> {
  const began = Date.now();
  for (let pause = first; ; pause = Math.min(pause * 2, longest)) {
    const seen = await look();
    if (done(seen, Date.now() - began)) return seen;
    await sleep(pause);
  }
}
