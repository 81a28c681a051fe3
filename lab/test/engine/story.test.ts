// The lab's story on the real engine, line by line, and each line sabotaged: one change of the world turns that line
// red and no other. It proves nothing about a real tenant, which the lab stands in for.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import Table from "cli-table3";
import { openStack } from "../../../scripts/engine/openStack.ts";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { SEED, tolerateProgramFailures } from "../../../test/engine/fixture.ts";
import { type KeyService, openKeyService } from "../../../test/engine/keyService.ts";
import { openProviderHost, type ProviderHost } from "../../../test/engine/providerHost/open.ts";
import { type Lab, openLab } from "../../src/lab.ts";
import { LAB_PASSPHRASE, LAB_STACK, openScene, type Scene } from "../../stack/scene.ts";
import { takeSnapshot } from "../../stack/snapshot.ts";
import { labConfig } from "../../stack/stackConfig.ts";
import { type Notes, type Outcome, openNotes, playLine, type Sabotage } from "../../story/play.ts";
import { SABOTAGE } from "../../story/sabotage.ts";
import { STORY } from "../../story/story.ts";
import { comparableWorld } from "../../story/world.ts";

/** What a line of the green story began with. */
interface Beginning {
  readonly notes: Notes;
  /** Everything but mail that lines look at. */
  readonly world: string;
  readonly restore: () => Promise<void>;
}

const indexOf = (id: string): number => STORY.findIndex((line) => line.id === id);
/** Between these two lines mail is sent and judged. */
const FIRST_MAIL = indexOf("erp");
const AFTER_MAIL = indexOf("drift");

/** One sabotage of each kind (a service, DNS, mail) after which the whole story is played, whatever it changed. */
const PLAYED_TO_THE_END = ["preview", "records", "erp"];

describe(`the story, seed ${SEED}`, () => {
  let lab: Lab;
  /** The green story's: each run of the engine starts a provider, as users' runs do. */
  let scene: Scene;
  /** The same stack, for sabotages: one process is the provider of all runs. */
  let sabotaged: Scene;
  let host: ProviderHost;
  let keys: KeyService;
  let folder: string;
  let stateFile: string;
  const outcomes: Outcome[] = [];
  const beginnings: Beginning[] = [];
  let unknown: unknown[];

  before(async () => {
    tolerateProgramFailures();
    folder = await mkdtemp(join(tmpdir(), "m365-story-"));
    lab = await openLab({ seed: SEED });
    keys = await openKeyService();
    scene = await openScene(lab, folder, () => {}, keys);
    stateFile = join(scene.stack.stateFolder, `.pulumi/stacks/m365-smtp-relay/${LAB_STACK}.json`);
    await openIdentityProvider(scene);
    const notes = openNotes(scene);
    for (const line of STORY) {
      const restore = await takeSnapshot(lab, folder);
      beginnings.push({ notes: structuredClone(notes), world: await worldOf(notes), restore });
      outcomes.push(await playLine(line, scene, notes));
    }
    host = await openProviderHost(folder, lab.env);
    const stack = await openStack({
      ...{ stack: LAB_STACK, folder, passphrase: LAB_PASSPHRASE, config: labConfig(lab.world) },
      env: { ...scene.env, ...host.env },
    });
    sabotaged = { ...scene, stack };
    unknown = lab.log.events({ refused: true }).filter(({ what }) => !isTried(what));
  });
  /** Whether the stack has to find out by trying: Get-CASMailbox shows a switch that Set-CASMailbox does not have. */
  const isTried = (what: string) =>
    what === "Set-CASMailbox" && lab.world.settings.newestClientSwitch === "shown alone";
  after(async () => {
    host?.close();
    keys?.close();
    await scene?.close();
    await lab?.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const [index, { title }] of STORY.entries()) {
    it(title, () => assert.ok(outcomes[index]?.green, outcomes[index]?.said));
  }
  it("asks the lab nothing that it does not know", () => assert.deepEqual(unknown, []));
  it("stands in README and tutorial as it is played", async () => {
    const [readme = "", tutorial = ""] = await Promise.all(
      ["README.md", "docs/tutorial.md"].map((file) => readFile(join(projectRoot, file), "utf8")),
    );
    const titles = STORY.map(({ title }) => title);
    const quoted = [...readme.matchAll(/^ {2}(\S.*) … ok \(/gm)].map(([, title]) => title ?? "");
    assert.ok(quoted.length > 0);
    assert.deepEqual(
      quoted,
      titles.filter((title) => quoted.includes(title)),
    );
    const declared = outcomes[indexOf("preview")]?.said;
    assert.ok(readme.includes(`\n      ${declared}\n`), declared);
    assert.ok(tutorial.includes(`\n    + ${declared}\n`), declared);
  });

  describe("sabotaged", () => {
    const red = new Map<string, string[]>();

    it("covers every line, in the story's order", () =>
      assert.deepEqual(
        [...new Set(SABOTAGE.map(({ line }) => line))],
        STORY.map(({ id }) => id),
      ));
    for (const sabotage of SABOTAGE) {
      it(`${sabotage.title}: "${sabotage.line}" is red, and no other line`, async () => {
        const ids = await redLines(sabotage);
        red.set(sabotage.title, ids);
        assert.deepEqual(ids, [sabotage.line]);
      });
    }
    after(() => {
      const table = new Table({
        head: ["line", "sabotage", "red"],
        style: { head: [], border: [] },
      });
      for (const { line, title } of SABOTAGE) {
        table.push([line, title, red.get(title)?.join(", ") || "NONE"]);
      }
      console.log(table.toString());
    });
  });

  /**
   * Plays the story from the sabotaged line on, as far as the sabotage can reach: a line that begins with the same
   * world, state and notes as in the green story ends green too, and so do all lines after it. Mail differs after a
   * sabotage, so the lines that send or judge mail are played in any case.
   */
  async function redLines(sabotage: Sabotage): Promise<string[]> {
    const first = indexOf(sabotage.line);
    const begun = beginnings[first];
    assert.ok(begun, `${sabotage.line} is a line of the story`);
    await begun.restore();
    const [ownScene, notes] = [{ ...sabotaged }, structuredClone(begun.notes)];
    const red: string[] = [];
    for (const [index, line] of STORY.entries()) {
      if (index < first) continue;
      const isMailToCome = index > FIRST_MAIL && index < AFTER_MAIL;
      if (index > first && !isMailToCome && !PLAYED_TO_THE_END.includes(sabotage.line)) {
        if ((await worldOf(notes)) === beginnings[index]?.world) break;
      }
      const { green } = await playLine(line, ownScene, notes, sabotage);
      if (!green) red.push(line.id);
    }
    return red;
  }

  /** What decides how the rest of the story goes, mail left out. */
  async function worldOf({ worldBefore, pending, signIns, connectors }: Notes): Promise<string> {
    await lab.settle();
    const { settings, addresses, faults } = lab.world;
    const state = await readFile(stateFile, "utf8");
    const notes = { worldBefore, pending, signIns, connectors };
    return JSON.stringify([comparableWorld(lab), settings, addresses, faults, state, notes]);
  }
});

/** The identity provider outside begins with its first token, and has another key after each beginning. */
async function openIdentityProvider({ lab, applications }: Scene): Promise<void> {
  for (const { federatedIdentity } of applications) {
    if (federatedIdentity) await lab.issueAssertion({ ...federatedIdentity, audience: "any" });
  }
}
