import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two looks whether a write shows, and how many there are. */
const PAUSE = 500;
const LOOKS = 60;

/** Waits until a write shows. */
export async function shown(isDone: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if (await isDone()) return;
    await sleep(PAUSE);
  }
  throw new Error("it was written and does not show yet; run it again in a minute");
}
