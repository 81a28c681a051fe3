import { setTimeout as sleep } from "node:timers/promises";

/** How often to look. */
export interface Pauses {
  /** Milliseconds before the second look; every pause is twice the one before. @default 100 */
  readonly first?: number;
  /** @default 5,000 */
  readonly longest?: number;
  /** Milliseconds after which a last look is made, at the latest. @default none */
  readonly limit?: number;
}

/** Looks again, with growing pauses, until a look says that it is done; the last look's answer comes back. */
export async function lookUntil<T>(
  look: () => Promise<T>,
  done: (seen: T, waited: number) => boolean,
  { first = 100, longest = 5_000, limit = Number.POSITIVE_INFINITY }: Pauses = {},
): Promise<T> {
  const began = Date.now();
  for (let pause = first; ; pause = Math.min(pause * 2, longest)) {
    const seen = await look();
    const waited = Date.now() - began;
    if (done(seen, waited)) return seen;
    await sleep(Math.min(pause, Math.max(limit - waited, 0)));
  }
}
