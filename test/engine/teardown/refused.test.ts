// A teardown that is not meant, or can't be done: it says so in a sentence, and changes nothing. EXHAUSTIVE=1 tries every case;
// else some are drawn. What needs no process is in test/unit/scripts/teardown.test.ts.
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Lab } from "../../../lab/src/lab.ts";
import { makeRandom } from "../../../lab/src/random.ts";
import { comparableWorld } from "../../../lab/story/world.ts";
import { CTRL_C, ENTER, NO_TERMINAL, runAtTerminal } from "../../terminal.ts";
import { SEED } from "../fixture.ts";
import { lockStack, NOBODY } from "../lockStack.ts";
import { configOf, openTeardown, SCRIPT, type TeardownBench } from "./bench.ts";
import { mistakeCases, productionCases, type RefusedCase } from "./refusedCases.ts";

const EXHAUSTIVE = process.env.EXHAUSTIVE === "1";
/** How many cases are tried otherwise, of each kind. */
const TRIED = 3;
/** How many run at a time. */
const AT_ONCE = 4;

describe("a teardown is refused, and changes nothing", () => {
  let bench: TeardownBench;
  let lab: Lab;

  before(async () => {
    bench = await openTeardown(["erp"], { passphrase: true });
    ({ lab } = bench);
  });
  beforeEach(() => bench.restore());
  after(() => bench?.fixture.close());

  async function refuse(
    { what, args = bench.confirmed, code = 1, says, env, file = (own) => own }: RefusedCase,
    index: number,
  ): Promise<void> {
    const path = join(bench.fixture.folder, `refused-${index}.yaml`);
    const text = file(await readFile(bench.file, "utf8"));
    if (text === undefined) await rm(path, { force: true });
    else await writeFile(path, text);
    const variables = { PULUMI_OPTION_CONFIG_FILE: path, ...env };
    const done = await bench.teardown(args, variables);
    assert.deepEqual([done.code, done.stdout], [code, ""], `${what}: ${done.stderr}`);
    const lines = done.stderr
      .trimEnd()
      .replaceAll(/^teardown: /gm, "")
      .split("\n");
    const said = lines.filter((line) => !/^reading stack |^nothing was changed$/.test(line));
    assert.match(said.join("\n"), says, what);
    if (code === 1) {
      assert.equal(lines.at(-1), "nothing was changed", what);
      assert.equal(said.filter((line) => !/^\d problem/.test(line)).length, 1, done.stderr);
    }
  }

  async function refuseAll(cases: readonly RefusedCase[], name: string): Promise<void> {
    const random = makeRandom(`${SEED}/${name}`);
    const left = [...cases];
    const drawn = () => left.splice(random.integer(0, left.length - 1), 1);
    const tried = EXHAUSTIVE ? cases : Array.from({ length: TRIED }, drawn).flat();
    const was = await bench.everything();
    for (let first = 0; first < tried.length; first += AT_ONCE) {
      const batch = tried.slice(first, first + AT_ONCE);
      await Promise.all(batch.map((one, index) => refuse(one, first + index)));
    }
    assert.deepEqual(await bench.everything(), was);
  }

  it("of a production stack, every way", () => refuseAll(productionCases(bench), "production"));

  it("where somebody has got something wrong", () => refuseAll(mistakeCases(bench), "mistakes"));

  it("of a stack that no up has made disposable", async () => {
    const { stack } = bench;
    const own = configOf(lab, ["erp"]);
    await stack.configure({ ...own, "m365-smtp-relay:disposable": false });
    await stack.up({ skipPreview: true });
    await stack.configure(own);
    const was = await bench.everything();
    await refuse(
      {
        what: "protected",
        says: /^stack "lab": was not disposable in its last up, and \d+ resources are still protected; run npm run pulumi -- up --stack lab, /,
      },
      0,
    );
    assert.deepEqual(await bench.everything(), was);
  });

  it("with a token that does not see a zone, and not where the zone has gone", async () => {
    const { token, zones } = lab.world.cloudflare;
    const zone = zones.find(({ name }) => name === bench.domain);
    assert.ok(zone);
    const { [zone.id]: allowed = [], ...permissions } = token.permissions;
    token.permissions = permissions;
    const was = await bench.everything();
    const says = new RegExp(`^nobody can look for records of ${bench.domain}: its zone is at Clo`);
    const lost = { PULUMI_BACKEND_URL: `file://${join(bench.fixture.folder, "empty")}` };
    await mkdir(join(bench.fixture.folder, "empty"), { recursive: true });
    await refuse({ what: "a zone that is not seen, its state lost", says, env: lost }, 0);
    await refuse({ what: "a zone that is not seen", says }, 0);
    assert.deepEqual(await bench.everything(), was);

    // Somebody has removed the zone, and added it again.
    zone.id = "0".repeat(32);
    token.permissions = { ...permissions, [zone.id]: allowed };
    zone.records = structuredClone(bench.zone);
    const { code, stdout, stderr } = await bench.teardown(bench.confirmed);
    assert.deepEqual([code, stdout], [0, 'stack "lab": nothing left\n'], stderr);
  });

  it("by Exchange and Cloudflare, with an identity that only reads: each right is named", async () => {
    const was = comparableWorld(lab, { deletedItems: true });
    const { "role-group": reader } = lab.readerEnvs;
    const { code, stdout, stderr } = await bench.teardown(bench.confirmed, reader);
    assert.equal(code, 7, stderr);
    assert.match(stdout, /^connector relay-lab-erp \(Exchange\)$/m);
    assert.match(stderr, /^teardown: Remove-InboundConnector: .* does not allow Remove-Inbou/m);
    assert.match(stderr, /^teardown: Cloudflare: .*; give the token .* Zone\.DNS Edit for this/m);
    assert.equal(comparableWorld(lab, { deletedItems: true }), was);
  });

  it("while another run works on the stack, or may", async () => {
    for (const [host, pid] of [
      ["elsewhere", NOBODY],
      [hostname(), process.pid],
    ] as const) {
      const by = `created by root@${host} \\(pid ${pid}\\) at \\S+`;
      await lockStack(bench.stack, { host, pid });
      const was = comparableWorld(lab, { deletedItems: true });
      const { code, stdout, stderr } = await bench.teardown(bench.confirmed);
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(
        stderr,
        new RegExp(`^teardown: stack "lab" is locked by another run \\(${by}\\); wait until`, "m"),
      );
      assert.equal(comparableWorld(lab, { deletedItems: true }), was);
      await bench.restore();
    }
  });

  it("at a terminal, unless the tenant's id is typed", { skip: NO_TERMINAL }, async () => {
    const prompt = /the tenant's id: $/;
    const type = (keys: string) =>
      runAtTerminal([SCRIPT, "--stack", "lab"], [[prompt, keys]], bench.env());
    const was = await bench.everything();
    const other = `1${bench.tenant.slice(1).replaceAll(/[0-9a-f]/g, "1")}${ENTER}`;
    for (const [keys, code, says] of [
      [other, 1, /is not that of the tenant of stack "lab"; give .*\r\nteardown: nothing was/],
      [ENTER, 1, /the tenant's id: "" is not the id of a tenant .*\r\nteardown: nothing was/],
      [`${bench.tenant}${CTRL_C}`, 130, /interrupted at .*; nothing was changed since; run it/],
    ] as const) {
      const { code: ended, shown } = await type(keys);
      assert.equal(ended, code, shown);
      assert.match(shown, says);
      assert.match(shown, /connector "relay-lab-erp" of erp\r\n/);
      assert.doesNotMatch(shown.split("the tenant's id: ")[0] ?? "", new RegExp(bench.tenant));
    }
    assert.deepEqual(await bench.everything(), was);

    const declined = await runAtTerminal(
      [SCRIPT, "--stack", "lab", "--tenant", bench.tenant],
      [[/tear it down\? \(yes\/no\) $/, `no${ENTER}`]],
      bench.env(),
    );
    assert.equal(declined.code, 1);
    assert.match(declined.shown, /teardown: nothing was changed\r\n$/);
    assert.deepEqual(await bench.everything(), was);

    // The engine of an earlier run died.
    await lockStack(bench.stack, { host: hostname(), pid: NOBODY });
    const { code, shown } = await type(`${bench.tenant}${ENTER}`);
    assert.equal(code, 0, shown);
    assert.match(shown, /stack "lab": nothing left\r\n/);
    assert.equal(comparableWorld(lab, { deletedItems: true }), bench.first);
  });
});
