import type { Scene } from "../scene.ts";
import type { Line, Outcome, Sabotage, Told } from "./line.ts";
import { worldWithoutTraffic } from "./world.ts";

/**
 * Plays the lines in order. A red line does not end the story: the ones after it show what it took with it.
 *
 * @param onLine hears each line when it begins (without an outcome) and when it ends
 */
export async function play(
  lines: readonly Line[],
  scene: Scene,
  onLine: (line: Line, outcome?: Outcome) => void = () => {},
  sabotage?: Sabotage,
): Promise<Outcome[]> {
  const told: Told = {
    before: worldWithoutTraffic(scene.lab),
    changes: new Map(),
    answers: new Map(),
    exchangeCalls: 0,
  };
  const sabotaged = async (line: Line, when: Sabotage["when"]) => {
    if (sabotage?.line === line.id && sabotage.when === when) await sabotage.change(scene);
  };
  const outcomes: Outcome[] = [];
  for (const line of lines) {
    onLine(line);
    const outcome = await outcomeOf(line, async () => {
      await sabotaged(line, "before");
      told.exchangeCalls = scene.lab.log.count({ service: "exchange" });
      await line.act(scene, told);
      await sabotaged(line, "between");
      return line.judge(scene, told);
    });
    outcomes.push(outcome);
    onLine(line, outcome);
  }
  return outcomes;
}

async function outcomeOf(line: Line, run: () => Promise<string>): Promise<Outcome> {
  try {
    return { line, green: true, said: await run() };
  } catch (error) {
    return { line, green: false, said: error instanceof Error ? error.message : String(error) };
  }
}
