import { exitCodeOf } from "../steps/ask.ts";
import { type Step, type StepOutcome, type StepSettings, takeSteps } from "../steps/steps.ts";

/**
 * Takes the steps after a look at each, so that what a look refuses is refused while nothing is changed yet.
 *
 * @throws NobodyToAsk before the first change; Interrupted; what a step throws, with the steps that were taken before
 */
export async function takeAfterLook(
  steps: readonly Step[],
  settings: StepSettings,
): Promise<StepOutcome[]> {
  for (const { isDone } of steps) await isDone();
  const done: string[] = [];
  const noted = steps.map((step) => ({
    ...step,
    act: async () => {
      await step.act();
      done.push(step.title);
    },
  }));
  try {
    return await takeSteps(noted, settings);
  } catch (error) {
    if (!(error instanceof Error) || exitCodeOf(error) !== 1) throw error;
    throw new Error(`${error.message}; ${soFar(done)}`, { cause: error });
  }
}

/** What was done by the steps with these titles, as the end of a sentence. */
export const soFar = (done: readonly string[]): string =>
  done.length === 0
    ? "no step was completed; run it again to go on"
    : `this was done so far: ${done.join("; ")}; run it again to go on`;
