import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLab } from "../src/lab.ts";
import { pluginLines } from "../stack/plugins.ts";
import { openScene, type Scene } from "../stack/scene.ts";
import type { Outcome } from "../story/play.ts";
import { play } from "../story/play.ts";
import { STORY } from "../story/story.ts";
import { type Summary, storyTable, summaryOf } from "../story/summary.ts";

/**
 * Plays the lab's story and prints each line as it happens, then a table, and whether anything is left.
 *
 * @returns the exit code: 0 when every line is green
 */
export async function tellStory(seed: string, { json }: { json: boolean }): Promise<number> {
  const say = (text: string) => (json ? process.stderr : process.stdout).write(text);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);
  const folder = await mkdtemp(join(tmpdir(), "m365-lab-stack-"));
  const lab = await openLab({ seed });
  let scene: Scene | undefined;
  try {
    say(`The lab's world is up (seed ${seed}): ${lab.world.tenant.domain} is the customer.\n`);
    scene = await openScene(lab, folder);
    say(pluginLines(scene.plugins));
    const played = await play(STORY, scene, { onLine: teller(say), signal: interrupted.signal });
    return report(summaryOf(scene, played), { json, say });
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupt);
    await scene?.close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Prints a line when it begins and finishes it when it ends. */
function teller(say: (text: string) => void) {
  let began = 0;
  return (title: string, outcome?: Outcome) => {
    if (outcome === undefined) {
      began = Date.now();
      say(`  ${title} … `);
      return;
    }
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    say(`${outcome.green ? "ok" : "RED"} (${seconds} s)\n      ${outcome.said}\n`);
  };
}

function report(
  summary: Summary,
  { json, say }: { json: boolean; say: (text: string) => void },
): number {
  if (json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else say(`\n${storyTable(summary)}\n`);
  if (!summary.complete) {
    say("interrupted: the story was not played to the end\n");
    return 130;
  }
  const red = summary.lines.filter(({ green }) => !green).map(({ id }) => id);
  say(red.length === 0 ? "nothing left\n" : `red: ${red.join(", ")}\n`);
  return red.length === 0 ? 0 : 1;
}
