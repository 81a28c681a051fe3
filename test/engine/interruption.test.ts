// Runs that end in the middle: what was made is found again, nothing is made twice, no lock and no pending
// operation stays. The engine runs in a process of its own, which is then killed.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { type Bench, withBench, writesOf } from "./bench.ts";

describe("a run that is interrupted", () => {
  it("by kill -9 while a connector is made: the next up takes it over and leaves nothing pending", () =>
    withBench(async (bench) => {
      const up = await upThatHangs(bench);
      await killEngine(bench);
      await ended(up);
      await quiet(bench);
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

  it("by kill -9 while the state is written: the attributes beside it are torn, and go", () =>
    withBench(async (bench) => {
      const stack = await bench.open();
      await stack.up();
      const attributes = `${stateOf(bench)}.attrs`;
      await writeFile(attributes, "");
      await assert.rejects(stack.preview(), /failed to load checkpoint: EOF/);
      assert.deepEqual(await (await bench.open()).preview(), []);
    }));

  it("by kill -9, then destroyed: nothing is left outside", () =>
    withBench(async (bench) => {
      const up = await upThatHangs(bench);
      await killEngine(bench);
      await ended(up);
      await quiet(bench);
      await (await bench.open()).destroy();
      assert.deepEqual(bench.lab.world.connectors, []);
      assert.equal(await pendingOf(bench), 0);
    }));

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`by ${signal}: what runs ends, the rest is not begun, nothing is pending or locked`, () =>
      withBench(async (bench) => {
        const config = manySenders(bench);
        const up = await upThatHangs(bench, config);
        up.kill(signal);
        await ended(up);
        assert.notEqual(up.exitCode, 0, "the interrupted up does not say that it went well");
        assert.ok(bench.lab.world.connectors.length < SENDERS, "not all were made");
        assert.equal(await pendingOf(bench), 0);
        assert.deepEqual(await locksOf(bench), []);
        await (await bench.open({ config })).up();
        assert.equal(bench.lab.world.connectors.length, SENDERS);
      }));
  }
});

/** More than the engine makes at once. */
const SENDERS = 30;

/** The lab's configuration with many senders, each known by an address of its own. */
function manySenders({ lab }: Bench): Record<string, unknown> {
  const senders = Array.from({ length: SENDERS }, (_, index) => ({
    name: `sender-${index}`,
    from: [`s${index}@${lab.world.tenant.domain}`],
    authentication: ["staticIp"],
    egress: [`192.0.2.${index + 1}`],
  }));
  return { ...labConfig(lab.world), "m365-smtp-relay:senders": senders };
}

/** Starts `up` in a process group of its own; resolves once Exchange has made a connector that does not show yet. */
async function upThatHangs(
  bench: Bench,
  config = labConfig(bench.lab.world),
): Promise<ChildProcess> {
  bench.lab.faults.inject({
    where: { service: "exchange", match: "New-InboundConnector" },
    what: { kind: "invisible", reads: 6 },
    times: 30,
  });
  await bench.open({ config });
  const settings = join(bench.folder, "settings.json");
  const { lab, folder, env } = bench;
  await writeFile(
    settings,
    JSON.stringify({
      stack: "lab",
      folder,
      config,
      env,
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

/** Kills the engine alone, by the process id in its lock: the script and the provider are left behind. */
async function killEngine({ folder }: Bench): Promise<void> {
  const [lock = ""] = await locksOf({ folder });
  const { pid } = JSON.parse(await readFile(lock, "utf8")) as { pid: number };
  process.kill(pid, "SIGKILL");
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** Until the lab hears nothing any more: the provider has to notice that its engine is gone, and end. */
async function quiet({ lab }: Bench): Promise<void> {
  for (let silent = 0, seen = -1; silent < 30; await sleep(100)) {
    const now = lab.log.events().length;
    silent = now === seen ? silent + 1 : 0;
    seen = now;
  }
}

const namesOf = ({ lab }: Bench): string[] => lab.world.connectors.map(({ name }) => name).sort();

const stateOf = ({ folder }: Bench): string =>
  join(folder, "state/.pulumi/stacks/m365-smtp-relay/lab.json");

async function pendingOf(bench: Bench): Promise<number> {
  const { checkpoint } = JSON.parse(await readFile(stateOf(bench), "utf8")) as {
    checkpoint: { latest?: { pending_operations?: unknown[] } };
  };
  return checkpoint.latest?.pending_operations?.length ?? 0;
}

/** Paths of the lock files. */
async function locksOf({ folder }: Pick<Bench, "folder">): Promise<string[]> {
  const path = join(folder, "state/.pulumi/locks");
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map(({ parentPath, name }) => join(parentPath, name));
}
