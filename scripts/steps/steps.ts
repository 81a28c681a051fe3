import { ask } from "./ask.ts";

/** One change of the outside world that a script makes, with what a person needs to know before it. */
export interface Step {
  /** What it does, as an imperative: `create the app "mail relay deployment"`. */
  readonly title: string;
  /** Why it is needed, a clause. */
  readonly reason: string;
  /** How it is taken back, a clause. */
  readonly undo: string;
  /** The question of its own that it asks even where `yes` answers all others, and the option that answers it. */
  readonly alone?: { readonly option: string; readonly isGiven: boolean };
  /** Whether the world is like this already. It only reads. */
  isDone(): Promise<boolean>;
  act(): Promise<void>;
}

export interface StepSettings {
  /** The script's name, in front of each line of progress. */
  readonly script: string;
  /** Whether every question is answered with yes. */
  readonly yes: boolean;
  /** Whether the steps are only shown. */
  readonly dryRun: boolean;
  /** Where lines of progress go. @default stderr */
  readonly onLine?: (line: string) => void;
}

/** What became of a step; `declined` ended the run. */
export interface StepOutcome {
  readonly title: string;
  readonly outcome: "was done already" | "done" | "would be done" | "declined";
}

/**
 * Takes steps one after the other. Each is shown with its reason and its undo before anything is changed. What is done
 * already is passed over, so that the steps can be taken again after any of them failed or was cut off. The first answer
 * that is not yes ends the run.
 *
 * @returns what became of each step that was reached
 * @throws NobodyToAsk before the first change where nobody can be asked; what a step throws
 */
export async function takeSteps(
  steps: readonly Step[],
  { script, yes, dryRun, onLine = (line) => process.stderr.write(`${line}\n`) }: StepSettings,
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  const say = (text: string) => onLine(`${script}: ${text}`);
  for (const { title, reason, undo, alone, isDone, act } of steps) {
    if (await isDone()) {
      say(`${title}: is done already`);
      outcomes.push({ title, outcome: "was done already" });
      continue;
    }
    say(title);
    onLine(`  why:  ${reason}`);
    onLine(`  undo: ${undo}`);
    if (dryRun) {
      outcomes.push({ title, outcome: "would be done" });
      continue;
    }
    const isAnswered = alone === undefined ? yes : alone.isGiven;
    if (!isAnswered && !(await ask("  do it", alone?.option ?? "--yes"))) {
      outcomes.push({ title, outcome: "declined" });
      return outcomes;
    }
    await act();
    outcomes.push({ title, outcome: "done" });
  }
  return outcomes;
}
