// A teardown that is killed, and one after a killed `up`: the next run ends with a checked state. EXHAUSTIVE=1 kills it at
// every event of the engine; else at one that is drawn.
import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { makeRandom } from "../../../lab/src/random.ts";
import { comparableWorld } from "../../../lab/story/world.ts";
import { SEED } from "../fixture.ts";
import type { Ended } from "../readingScript.ts";
import { ended, openTeardown, type TeardownBench } from "./bench.ts";

const EXHAUSTIVE = process.env.EXHAUSTIVE === "1";

describe("a teardown that is killed", () => {
  let bench: TeardownBench;
  /** Events of the engine in a run that is not cut off. */
  let events = 0;

  before(async () => {
    bench = await openTeardown(["erp", "shop", "scanner"], { checkpoints: true });
  });
  beforeEach(() => bench.restore());
  after(() => bench?.fixture.close());

  it("leaves, when it is not, nothing but what Entra and Exchange keep", async () => {
    const { lab, domain, first, confirmed } = bench;
    const { code, stdout, stderr, ...counted } = await killedAt(bench, confirmed);
    events = counted.events;
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^stack "lab": nothing left\n\nEntra and Exchange keep what can be restored:\n/,
    );
    assert.match(stdout, /^ {2}deleted app relay-lab-shop, until \d{4}-\d\d-\d\d$/m);
    assert.match(stdout, new RegExp(`^  deleted mailbox orders@${domain}, until `, "m"));
    assert.equal(comparableWorld(lab), withoutKept(first));
    assert.notEqual(comparableWorld(lab, { deletedItems: true }), first);
  });

  it("leaves nothing after the next run, at whatever event of the engine it was", async (t) => {
    assert.ok(events > 20, `a whole run had ${events} events`);
    const random = makeRandom(`${SEED}/teardown`);
    const cuts = EXHAUSTIVE
      ? Array.from({ length: events }, (_, index) => index + 1)
      : [random.integer(1, events)];
    for (const cut of cuts) {
      await t.test(`event ${cut} of ${events}`, async () => {
        await bench.restore();
        const killed = await killedAt(bench, bench.confirmed, cut);
        assert.deepEqual([killed.code, killed.events], [-1, cut], killed.stderr);
        await bench.clean();
      });
    }
  });

  it("takes over what a killed up was creating, and does not make the rest again", async () => {
    const { lab, stack } = bench;
    const path = join(stack.stateFolder, ".pulumi/stacks/m365-smtp-relay/lab.json");
    const state = JSON.parse(await readFile(path, "utf8")) as StateFile;
    const { latest } = state.checkpoint;
    const isConnector = ({ urn }: { urn: string }) => urn.endsWith("::relay-erp-connector");
    const connector = latest.resources.find(isConnector);
    assert.ok(connector);
    const { id: _, outputs: __, ...creating } = connector;
    latest.resources = latest.resources.filter((resource) => resource !== connector);
    latest.pending_operations = [{ resource: creating, type: "creating" }];
    await writeFile(path, JSON.stringify(state));
    await writeFile(`${path}.attrs`, "");
    const looked = await bench.teardown(["--dry-run"]);
    assert.deepEqual([looked.code, looked.stdout], [1, ""]);
    assert.match(looked.stderr, /failed to load checkpoint: EOF; .*without --dry-run/);
    // A teardown that was cut off had removed this one.
    lab.admin("Remove-HostedOutboundSpamFilterRule", { Identity: "relay-lab-shop" });
    const log = lab.log.events().length;
    await bench.clean();
    const made = lab.log
      .events()
      .slice(log)
      .filter(({ service, what }) => service === "exchange" && what.startsWith("New-"));
    assert.deepEqual(made, []);
  });
});

/** What is changed here of a state as the file backend keeps it. */
interface StateFile {
  readonly checkpoint: {
    readonly latest: {
      resources: { urn: string; id?: string; outputs?: object }[];
      pending_operations?: object[];
    };
  };
}

const withoutKept = (world: string): string => {
  const { deletedItems: _, ...rest } = JSON.parse(world) as Record<string, unknown>;
  return JSON.stringify(rest, null, 2);
};

/** Runs a teardown that is killed, with its engine, at an event; without one it counts them. */
async function killedAt(
  { fixture, lab, start }: TeardownBench,
  args: readonly string[],
  event?: number,
): Promise<{ readonly events: number } & Ended> {
  const file = join(fixture.folder, "events");
  await rm(file, { force: true });
  const preload = `--import=${join(import.meta.dirname, "../dieAtEvent.ts")}`;
  const done = await ended(
    start(args, {
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} ${preload}`,
      EVENTS_FILE: file,
      ...(event !== undefined && { DIE_AT_EVENT: String(event) }),
    }),
  );
  if (event === undefined) return { ...done, events: Number(await readFile(file, "utf8")) };
  // The providers notice a second later that their engine is gone.
  for (let silent = 0, seen = -1; silent < 20; await sleep(100)) {
    const now = lab.log.events().length;
    silent = now === seen ? silent + 1 : 0;
    seen = now;
  }
  return { ...done, events: Number(await readFile(file, "utf8")) };
}
