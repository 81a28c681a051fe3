// The form of a lab on disk: it goes on where it was closed, and where it was killed.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, it } from "node:test";
import { openLab } from "../../src/lab.ts";
import { load, save, sweep } from "../../src/world/disk.ts";
import { makeWorld } from "../../src/world/make.ts";
import { makeSecrets } from "../../src/world/secrets.ts";
import { RELAY } from "./bench.ts";
import { invoke, tokenOf } from "./client.ts";

describe("a lab on disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("goes on where it was closed, with secrets readable by the owner alone", async () => {
    const first = await openLab({ seed: "disk", folder });
    first.admin("New-InboundConnector", RELAY);
    first.faults.inject({ where: { service: "graph" }, what: { kind: "status", status: 503 } });
    await first.clock.advance(3_600_000);
    const token = await tokenOf(first);
    const ca = readFileSync(first.caFile, "utf8");
    const dump = first.dump();
    await first.close();

    assert.equal(statSync(join(folder, "secrets.json")).mode & 0o777, 0o600);
    const world = readFileSync(join(folder, "world.json"), "utf8");
    for (const secret of first.secrets()) assert.ok(!world.includes(secret));

    const second = await openLab({ seed: "disk", folder });
    assert.deepEqual(second.dump(), dump);
    assert.equal(readFileSync(second.caFile, "utf8"), ca);
    assert.ok(second.clock.offset() >= 3_600_000);
    const read = await invoke(second, token, "Get-InboundConnector", { Identity: "relay" });
    assert.equal(read.status, 200);
    await second.clock.advance(2 * 3_600_000);
    const late = await invoke(second, token, "Get-InboundConnector", { Identity: "relay" });
    assert.equal(late.status, 401);
    await second.close();

    const other = await openLab({ seed: "another", folder });
    assert.deepEqual(other.world.connectors, []);
    const foreign = await invoke(other, token, "Get-InboundConnector", {});
    assert.equal(foreign.status, 401);
    await other.close();
  });

  it("mail that was queued when it was closed still leaves", async () => {
    const first = await openLab({ seed: "queue", folder });
    const { tenant, addresses, outside } = first.world;
    first.admin("New-InboundConnector", { ...RELAY, SenderIPAddresses: [addresses.customer[0]] });
    first.faults.inject({
      where: { service: "mx" },
      what: { kind: "smtp", line: "452 4.3.1 Later" },
    });
    await first.submit({
      from: addresses.customer[0],
      helo: "erp",
      envelope: { from: `erp@${tenant.domain}`, to: [outside.mailboxes[1] ?? ""] },
      message: "Subject: x\r\n\r\nx\r\n",
    });
    await first.close();
    const second = await openLab({ seed: "queue", folder });
    await second.clock.advance(60_000);
    await second.waitForMail(1, 3000);
    await second.close();
  });

  it("a served lab that is killed goes on as it was when it last answered", async () => {
    const seed = "killed";
    const { identity, token, names } = await serveUntilKilled(seed, folder, 25);
    const lab = await openLab({ seed, folder });
    assert.deepEqual([lab.env.ARM_TENANT_ID, lab.env.ARM_CLIENT_SECRET], identity);
    const held = lab.world.connectors.map(({ name }) => name);
    for (const name of names) assert.ok(held.includes(name), name);
    assert.equal((await invoke(lab, token, "Get-InboundConnector", {})).status, 200);
    assert.ok(lab.secrets().includes(token));
    const dump = JSON.stringify(lab.dump());
    for (const secret of lab.secrets()) assert.ok(!dump.includes(secret));
    await lab.close();
    assert.deepEqual(temporary(folder), []);
  });

  it("whenever it is killed, what it wrote can be read", async () => {
    const secrets = await makeSecrets("written");
    for (let round = 1; round <= 3; round += 1) {
      const lines = await runUntilKilled(WRITER, [folder, JSON.stringify(secrets)], 10 * round);
      const saved = load(folder, "written");
      assert.deepEqual(saved?.secrets, secrets);
      assert.ok((saved?.world.drawn ?? 0) >= Number(lines.at(-1)));
    }
  });

  it("sweeps up after the dead, and only after them", () => {
    const dead = spawnSync(process.execPath, ["--version"]);
    const [left, live] = [dead.pid, process.ppid].map((pid) => `secrets.json.${pid}.tmp`);
    for (const name of [left, live]) writeFileSync(join(folder, name ?? ""), "{");
    sweep(folder);
    assert.deepEqual(temporary(folder), [live]);
  });

  it("a world that an older lab saved gets what it did not know yet", async () => {
    const { staleReads, settings, ...older } = makeWorld("older");
    const { emptyOutcome, pageSize, ...known } = settings;
    const world = { ...older, settings: { ...known, connectorOffering: "disabled" as const } };
    const { appPasswords, userPasswords, issuerKeys, ...secrets } = await makeSecrets("older");
    save(folder, {
      world: world as ReturnType<typeof makeWorld>,
      secrets: secrets as Awaited<ReturnType<typeof makeSecrets>>,
    });
    const saved = load(folder, "older");
    assert.deepEqual(saved?.secrets, { ...secrets, appPasswords, userPasswords, issuerKeys });
    const loaded = saved?.world;
    assert.deepEqual(loaded?.staleReads, staleReads);
    assert.deepEqual(loaded?.settings, { ...settings, connectorOffering: "disabled" });
  });
});

/** What a served lab had said when it was killed. */
interface Served {
  /** Tenant and client secret. */
  identity: string[];
  token: string;
  /** Connectors whose making was answered. */
  names: string[];
}

const SERVER = `
import { openLab } from ${JSON.stringify(import.meta.resolve("../../src/lab.ts"))};
import { tokenOf } from ${JSON.stringify(import.meta.resolve("./client.ts"))};
const [seed, folder] = process.argv.slice(1);
const lab = await openLab({ seed, folder });
const { ARM_TENANT_ID, ARM_CLIENT_SECRET } = lab.env;
console.log(JSON.stringify({ identity: [ARM_TENANT_ID, ARM_CLIENT_SECRET], token: await tokenOf(lab) }));
for (;;) {
  const Name = "c" + lab.world.connectors.length;
  lab.admin("New-InboundConnector", { ...${JSON.stringify(RELAY)}, Name });
  console.log(Name);
  await new Promise(setImmediate);
}`;

const WRITER = `
import { save } from ${JSON.stringify(import.meta.resolve("../../src/world/disk.ts"))};
import { makeWorld } from ${JSON.stringify(import.meta.resolve("../../src/world/make.ts"))};
const [folder, secrets] = process.argv.slice(1);
const world = { ...makeWorld("written"), padding: "x".repeat(1_000_000) };
for (;;) {
  world.drawn += 1;
  save(folder, { world, secrets: JSON.parse(secrets) });
  console.log(world.drawn);
  await new Promise(setImmediate);
}`;

/** Runs a program that says something after each write, and kills it after some. Answers what it said. */
async function runUntilKilled(program: string, args: string[], writes: number): Promise<string[]> {
  const child: ChildProcess = spawn(
    process.execPath,
    ["--input-type=module", "--eval", program, ...args],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  assert.ok(child.stdout);
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === writes) child.kill("SIGKILL");
  }
  // Its output ends before it does: until then its process counts as alive.
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return lines;
}

/** Serves a lab in another process that writes without a pause, and kills it after some writes. */
async function serveUntilKilled(seed: string, folder: string, writes: number): Promise<Served> {
  const [first = "{}", ...names] = await runUntilKilled(SERVER, [seed, folder], writes);
  return { ...JSON.parse(first), names };
}

const temporary = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.endsWith(".tmp"));
