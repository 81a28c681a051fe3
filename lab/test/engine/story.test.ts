// The lab's story on the real engine, line by line. It does not prove anything about a real tenant: the lab stands
// in for it.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { SEED } from "../../../test/engine/bench.ts";
import { type Lab, openLab } from "../../src/lab.ts";
import { openScene, type Scene } from "../../stack/scene.ts";
import type { Outcome } from "../../story/line.ts";
import { STORY } from "../../story/lines.ts";
import { play } from "../../story/play.ts";

describe(`the story, seed ${SEED}`, () => {
  let lab: Lab;
  let scene: Scene;
  let folder: string;
  let outcomes: Outcome[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "m365-story-"));
    lab = await openLab({ seed: SEED });
    scene = await openScene(lab, folder);
    ({ outcomes } = await play(STORY, scene));
  });
  after(async () => {
    await scene.close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const [index, { title }] of STORY.entries()) {
    it(title, () => assert.ok(outcomes[index]?.green, outcomes[index]?.said));
  }
  it("asks the lab nothing that it does not know", () =>
    assert.deepEqual(lab.log.events({ refused: true }), []));
});
