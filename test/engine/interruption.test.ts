// Runs that end in the middle: what was made is found again, nothing is made twice, no lock and no pending
// operation stays. The engine runs in a process of its own, which is then killed.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { labConfig } from "../../scripts/lab/stackConfig.ts";
import { type Bench, withBench, writesOf } from "./bench.ts";

describe("a run that is interrupted", () => {
  it("by kill -9 while a connector is made: the next up takes it over and leaves nothing pending", () =>
    withBench(async (bench) => {
      const up = await upThatHangs(bench);
      kill(up, "SIGKILL");
      await gone(bench);
      const made = bench.lab.world.connectors.map(({ guid }) => guid);
      const stack = await bench.open();
      assert.ok((await pendingOf(bench)) > 0, "the kill left a pending operation");
      await stack.up();
      assert.equal(await pendingOf(bench), 0);
      assert.deepEqual(namesOf(bench), ["relay-lab-billing", "relay-lab-erp"]);
      const kept = bench.lab.world.connectors.map(({ guid }) => guid);
      assert.deepEqual(kept.slice(0, made.length), made, "what was made is kept, not made again");
      assert.deepEqual(await stack.preview(), []);
    }));

  it("by kill -9, then destroyed: nothing is left outside", () =>
    withBench(async (bench) => {
      const up = await upThatHangs(bench);
      kill(up, "SIGKILL");
      await gone(bench);
      await (await bench.open()).destroy();
      assert.deepEqual(bench.lab.world.connectors, []);
      assert.equal(await pendingOf(bench), 0);
    }));

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`by ${signal}: the running operation ends, nothing is pending or locked`, () =>
      withBench(async (bench) => {
        const up = await upThatHangs(bench);
        up.kill(signal);
        await ended(up);
        assert.equal(await pendingOf(bench), 0);
        assert.deepEqual(await locksOf(bench), []);
        await (await bench.open()).up();
        assert.deepEqual(namesOf(bench), ["relay-lab-billing", "relay-lab-erp"]);
      }));
  }
});

/** Starts `up` in a process group of its own; resolves once Exchange has made a connector that does not show yet. */
async function upThatHangs(bench: Bench): Promise<ChildProcess> {
  bench.lab.faults.inject({
    where: { service: "exchange", match: "New-InboundConnector" },
    what: { kind: "invisible", reads: 5 },
    times: 2,
  });
  await bench.open();
  const settings = join(bench.folder, "settings.json");
  const { lab, folder } = bench;
  await writeFile(
    settings,
    JSON.stringify({
      stack: "lab",
      folder,
      config: labConfig(lab.world),
      env: lab.env,
      passphrase: "test",
    }),
  );
  const script = join(import.meta.dirname, "up.ts");
  const child = spawn(process.execPath, [script, settings], { detached: true, stdio: "ignore" });
  while (!writesOf(lab).includes("New-InboundConnector")) {
    assert.equal(child.exitCode, null, "up ended before it made a connector");
    await sleep(20);
  }
  return child;
}

/** Kills a whole process group: the script, the engine and its providers' parent. */
function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  process.kill(-(pid ?? 0), signal);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** Until nothing runs any more that has to do with the bench: requests of an orphan would come late. */
async function gone({ lab }: Bench): Promise<void> {
  for (let quiet = 0, seen = -1; quiet < 10; await sleep(100)) {
    const now = lab.log.events().length;
    quiet = now === seen ? quiet + 1 : 0;
    seen = now;
  }
}

const namesOf = ({ lab }: Bench): string[] => lab.world.connectors.map(({ name }) => name).sort();

async function pendingOf({ folder }: Bench): Promise<number> {
  const path = join(folder, "state/.pulumi/stacks/m365-smtp-relay/lab.json");
  const { checkpoint } = JSON.parse(await readFile(path, "utf8")) as {
    checkpoint: { latest?: { pending_operations?: unknown[] } };
  };
  return checkpoint.latest?.pending_operations?.length ?? 0;
}

async function locksOf({ folder }: Bench): Promise<string[]> {
  const path = join(folder, "state/.pulumi/locks");
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
