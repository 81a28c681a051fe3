// Runs that end in the middle: what was made is found again, nothing is made twice, no lock and no pending
// operation stays. The engine runs in a process of its own, which is then killed.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { openStack } from "../../scripts/engine/openStack.ts";
import { exchangeWrites, type Fixture, openFixture } from "./fixture.ts";

/** How many operations the engine runs at once here, and senders enough that some have to wait. */
const AT_ONCE = 4;
const SENDERS = 10;

describe("a run that is interrupted", () => {
  let fixture: Fixture;
  let lab: Lab;
  let restore: () => Promise<void>;

  before(async () => {
    fixture = await openFixture({ checkpoints: true, passphrase: true });
    ({ lab } = fixture);
    await fixture.open({ config: configOf(lab) });
    restore = await fixture.snapshot();
  });
  afterEach(() => restore());
  after(() => fixture?.close());

  it("by kill -9 while a connector is made: the next up takes it over and leaves nothing pending", async () => {
    await killedUp(fixture);
    const before = lab.world.connectors.map(({ guid }) => guid);
    const stack = await reopen(fixture);
    assert.ok((await pendingOf(fixture)) > 0, "the kill left a pending operation");
    await stack.up();
    assert.equal(await pendingOf(fixture), 0);
    const names = lab.world.connectors.map(({ name }) => name);
    assert.deepEqual(names.sort(), ["relay-lab-billing", "relay-lab-erp"]);
    const kept = lab.world.connectors.map(({ guid }) => guid);
    assert.deepEqual(kept.slice(0, before.length), before, "what was made is kept, not made again");
    assert.deepEqual(await stack.preview(), []);
  });

  it("by kill -9, then destroyed: nothing is left outside", async () => {
    await killedUp(fixture);
    await (await reopen(fixture)).destroy();
    assert.deepEqual(lab.world.connectors, []);
    assert.equal(await pendingOf(fixture), 0);
  });

  it("by kill -9 while the state is written: the attributes beside it are torn, and go", async () => {
    const stack = await fixture.open({ config: configOf(lab) });
    await stack.up({ skipPreview: true });
    await writeFile(`${stateOf(fixture)}.attrs`, "");
    await assert.rejects(stack.preview(), /failed to load checkpoint: EOF/);
    assert.deepEqual(await (await reopen(fixture)).preview(), []);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`by ${signal}: what runs ends, the rest is not begun, nothing is pending or locked`, async () => {
      const config = manySenders(lab);
      const up = await upThatHangs(fixture, config);
      up.kill(signal);
      await ended(up);
      assert.notEqual(up.exitCode, 0, "the interrupted up does not say that it went well");
      assert.ok(lab.world.connectors.length < SENDERS, "not all were made");
      assert.equal(await pendingOf(fixture), 0);
      assert.deepEqual(await locksOf(fixture), []);
      await (await reopen(fixture, config)).up();
      assert.equal(lab.world.connectors.length, SENDERS);
    });
  }
});

type StackConfig = Record<string, unknown>;

/** The lab's stack file with its two connectors alone. */
function configOf({ world }: Lab): StackConfig {
  const config = labConfig(world);
  const key = "m365-smtp-relay:senders";
  return { ...config, [key]: (config[key] as unknown[]).slice(0, 2) };
}

/** The same with many senders, each known by an address of its own. */
function manySenders({ world }: Lab): StackConfig {
  const senders = Array.from({ length: SENDERS }, (_, index) => ({
    name: `sender-${index}`,
    from: [`s${index}@${world.tenant.domain}`],
    authentication: ["staticIp"],
    egress: [`192.0.2.${index + 1}`],
  }));
  return { ...labConfig(world), "m365-smtp-relay:senders": senders };
}

/** Opens the stack as another process does: what a killed engine left is looked for. */
function reopen({ lab, folder, env }: Fixture, config = configOf(lab)) {
  for (const { id } of lab.faults.list()) lab.faults.remove(id);
  return openStack({ stack: "lab", folder, config, env, passphrase: "test" });
}

/** An `up` whose engine is killed while Exchange makes a connector. */
async function killedUp(fixture: Fixture): Promise<void> {
  const up = await upThatHangs(fixture);
  await killEngine(fixture);
  await ended(up);
  await quiet(fixture);
}

/** Starts `up` in a process group of its own; resolves once Exchange has made a connector that no read returns yet. */
async function upThatHangs(
  { lab, folder, env }: Fixture,
  config = configOf(lab),
): Promise<ChildProcess> {
  lab.faults.inject({
    where: { service: "exchange", match: "New-InboundConnector" },
    what: { kind: "invisible", reads: 5 },
    times: SENDERS,
  });
  const settings = join(folder, "settings.json");
  const parallel = { PULUMI_PARALLEL: String(AT_ONCE), PULUMI_OPTION_PARALLEL: String(AT_ONCE) };
  await writeFile(
    settings,
    JSON.stringify({
      stack: "lab",
      folder,
      config,
      env: { ...env, ...parallel },
      passphrase: "test",
    }),
  );
  const script = join(import.meta.dirname, "up.ts");
  const writes = exchangeWrites(lab).length;
  const child = spawn(process.execPath, [script, settings], { detached: true, stdio: "ignore" });
  while (!exchangeWrites(lab).slice(writes).includes("New-InboundConnector")) {
    assert.equal(child.exitCode, null, "up ended before it made a connector");
    await sleep(20);
  }
  return child;
}

/** Kills the engine alone, by the process id in its lock: the script and the provider are left behind. */
async function killEngine({ folder }: Fixture): Promise<void> {
  const [lock = ""] = await locksOf({ folder });
  const { pid } = JSON.parse(await readFile(lock, "utf8")) as { pid: number };
  process.kill(pid, "SIGKILL");
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** Until the lab hears nothing any more: the provider has to notice that its engine is gone, and end. */
async function quiet({ lab }: Fixture): Promise<void> {
  for (let silent = 0, seen = -1; silent < 30; await sleep(100)) {
    const now = lab.log.events().length;
    silent = now === seen ? silent + 1 : 0;
    seen = now;
  }
}

const stateOf = ({ folder }: Fixture): string =>
  join(folder, "state/.pulumi/stacks/m365-smtp-relay/lab.json");

async function pendingOf(fixture: Fixture): Promise<number> {
  const { checkpoint } = JSON.parse(await readFile(stateOf(fixture), "utf8")) as {
    checkpoint: { latest?: { pending_operations?: unknown[] } };
  };
  return checkpoint.latest?.pending_operations?.length ?? 0;
}

/** Paths of the lock files. */
async function locksOf({ folder }: Pick<Fixture, "folder">): Promise<string[]> {
  const path = join(folder, "state/.pulumi/locks");
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map(({ parentPath, name }) => join(parentPath, name));
}
