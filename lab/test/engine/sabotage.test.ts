// Every line of the story can fail: one change of the world turns that line red, and no other. Prints the table.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import Table from "cli-table3";
import { SEED } from "../../../test/engine/bench.ts";
import { tolerateProgramFailures } from "../../../test/engine/programFailures.ts";
import { openLab } from "../../src/lab.ts";
import { openScene, type Scene } from "../../stack/scene.ts";
import type { Outcome, Sabotage } from "../../story/line.ts";
import { STORY } from "../../story/lines.ts";
import { play } from "../../story/play.ts";
import { SABOTAGE } from "../../story/sabotage.ts";

describe(`sabotage, seed ${SEED}`, { concurrency: 2 }, () => {
  const red = new Map<string, string[]>();

  it("covers every line of the story, in its order", () =>
    assert.deepEqual(
      [...new Set(SABOTAGE.map(({ line }) => line))],
      STORY.map(({ id }) => id),
    ));

  for (const sabotage of SABOTAGE) {
    it(`${sabotage.title}: "${sabotage.line}" is red, and no other line`, async () => {
      const lines = (await outcomesOf(sabotage))
        .filter(({ green }) => !green)
        .map(({ line }) => line.id);
      red.set(sabotage.title, lines);
      assert.deepEqual(lines, [sabotage.line]);
    });
  }

  after(() => {
    const table = new Table({ head: ["line", "sabotage", "red"], style: { head: [], border: [] } });
    for (const { line, title } of SABOTAGE) {
      table.push([line, title, red.get(title)?.join(", ") || "NONE"]);
    }
    console.log(table.toString());
  });
});

async function outcomesOf(sabotage: Sabotage): Promise<Outcome[]> {
  tolerateProgramFailures();
  const folder = await mkdtemp(join(tmpdir(), "m365-sabotage-"));
  const lab = await openLab({ seed: SEED });
  let scene: Scene | undefined;
  try {
    scene = await openScene(lab, folder);
    return (await play(STORY, scene, { sabotage })).outcomes;
  } finally {
    await scene?.close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
}
