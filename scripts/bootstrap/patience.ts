// Entra and Exchange show what was made a while later, one server after the other.
import type { Step } from "../steps/steps.ts";

/** How long something new may take to be shown by every server of Entra and Exchange, in milliseconds. */
const SHOWS_WITHIN = 90_000;

/** Makes something; that it is there already is as good. */
export async function orThere(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const words = error instanceof Error ? error.message : "";
    if (!/already (exists|a member|been assigned)/i.test(words)) throw error;
  }
}

/**
 * A step in Exchange, whose servers learn of a change one after the other: it is taken again until it shows as done. Its `act`
 * does what is still missing.
 */
export const untilItShows = (step: Step): Step => ({
  ...step,
  async act() {
    const began = Date.now();
    for (let pause = 200; ; pause = Math.min(2 * pause, 8_000)) {
      await step.act();
      if (await step.isDone()) return;
      if (Date.now() - began > SHOWS_WITHIN) {
        throw new Error(
          `${step.title}: Exchange does not show it as done yet; run it again in a few minutes`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  },
});

/**
 * Acts until what was made a moment ago is known everywhere: a refusal that names something as not there is tried again.
 *
 * @throws what `act` throws, when it is another error or the time is over
 */
export async function onceKnown<T>(act: () => Promise<T>): Promise<T> {
  const began = Date.now();
  for (let pause = 500; ; pause = Math.min(2 * pause, 8_000)) {
    try {
      return await act();
    } catch (error) {
      const words = error instanceof Error ? error.message : "";
      const isMissing =
        /not found|does not exist|not exist|couldn't be found|wasn't found|doesn't reference|does not reference|not there/i.test(
          words,
        );
      if (!isMissing || Date.now() - began > SHOWS_WITHIN) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
