import type { Scene } from "../stack/scene.ts";
import type { Line, Outcome, Sabotage, Told } from "./line.ts";
import { lastingWorld } from "./world.ts";

export interface PlayOptions {
  /** Hears each line's title when it begins (without an outcome) and when it ends. */
  readonly onLine?: (title: string, outcome?: Outcome) => void;
  readonly sabotage?: Sabotage;
  /** Ends the story after the running line. */
  readonly signal?: AbortSignal;
}

/** Plays the lines in order. A red line does not end the story: the ones after it show what it took with it. */
export async function play(
  lines: readonly Line[],
  scene: Scene,
  { onLine = () => {}, sabotage, signal }: PlayOptions = {},
): Promise<{ outcomes: Outcome[]; told: Told }> {
  const told: Told = {
    before: lastingWorld(scene.lab),
    changes: [],
    drift: [],
    pending: undefined,
    signIns: {},
    exchangeCalls: 0,
    arrivedBefore: 0,
    made: [],
    handovers: new Map(),
  };
  const strike = async (line: Line, when: Sabotage["when"]): Promise<unknown> =>
    sabotage?.line === line.id && sabotage.when === when ? sabotage.change(scene) : undefined;
  const outcomes: Outcome[] = [];
  for (const line of lines) {
    if (signal?.aborted) break;
    onLine(line.title);
    const undoes: unknown[] = [];
    const outcome = await outcomeOf(line, async () => {
      undoes.push(await strike(line, "before"));
      await line.act(scene, told);
      undoes.push(await strike(line, "between"));
      return line.judge(scene, told);
    });
    for (const undo of undoes) if (typeof undo === "function") await undo();
    outcomes.push(outcome);
    onLine(line.title, outcome);
  }
  return { outcomes, told };
}

async function outcomeOf(line: Line, run: () => Promise<string>): Promise<Outcome> {
  try {
    return { line, green: true, said: await run() };
  } catch (error) {
    return { line, green: false, said: error instanceof Error ? error.message : String(error) };
  }
}
