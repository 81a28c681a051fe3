// `npm run eject -- --forget`: the state goes, everything else stays as it is, and the state comes back from its backup.
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { runScript } from "../../../lab/powershell/run.ts";
import type { Lab } from "../../../lab/src/lab.ts";
import { comparableWorld } from "../../../lab/story/world.ts";
import type { OpenedStack } from "../../../scripts/engine/openStack.ts";
import { CTRL_C, ENTER, NO_TERMINAL, runAtTerminal } from "../../terminal.ts";
import { comparableRelay } from "../comparableRelay.ts";
import { type Fixture, filesIn } from "../fixture.ts";
import { lockStack } from "../lockStack.ts";
import { scriptEnv } from "../runScript.ts";
import { classic, eject, openEject } from "./bench.ts";

describe("a forgotten stack", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let restore: () => Promise<void>;
  let backups: string;
  const confirmed = ["--yes", "--confirm", "lab"];

  before(async () => {
    fixture = await openEject();
    ({ lab } = fixture);
    stack = await fixture.open({
      config: { ...classic(lab), "m365-smtp-relay:disposable": false },
    });
    await stack.up({ skipPreview: true });
    restore = await fixture.snapshot();
    backups = join(fixture.folder, "backups");
    await mkdir(backups);
  });
  beforeEach(() => restore());
  after(() => fixture?.close());

  const forget = (args: readonly string[], env?: Readonly<Record<string, string>>) => {
    const usual = [
      ["--stack", "lab"],
      ["--out", backups],
    ].filter(([option = ""]) => !args.includes(option));
    return eject(fixture, [...usual.flat(), "--forget", ...args], env);
  };
  const everything = async () => [await filesIn(stack.stateFolder), comparableWorld(lab)];

  it("leaves everything as it is, and comes back from the backup; its marks go by a script", async () => {
    const planned = await stack.preview();
    const [world, requests] = [comparableWorld(lab), lab.log.events().length];
    const { code, stdout, stderr } = await forget([...confirmed, "--json"]);
    assert.equal(code, 0, stderr);
    assert.deepEqual([comparableWorld(lab), lab.log.events().length], [world, requests]);
    const { deployment } = await stack.exportState();
    assert.deepEqual((deployment as { resources?: unknown[] }).resources ?? [], []);
    const { backup, pending } = JSON.parse(stdout) as { backup: string; pending: string[] };
    assert.deepEqual(pending, []);
    const kept = await readFile(backup, "utf8");
    assert.deepEqual(
      lab.secrets().filter((one) => one.length > 7 && kept.includes(one)),
      [],
    );
    assert.equal((await stat(backup)).mode & 0o777, 0o600);
    const again = await forget(confirmed);
    assert.deepEqual([again.code, /is empty already/.test(again.stderr)], [0, true]);

    await stack.importState(JSON.parse(kept));
    assert.deepEqual(await stack.preview(), planned);

    const folder = join(fixture.folder, "forgotten");
    assert.equal((await eject(fixture, ["--stack", "lab", "--out", folder])).code, 0);
    const relay = comparableRelay(lab);
    await runScript(await readFile(join(folder, "forget-marks.ps1"), "utf8"), lab);
    assert.equal(comparableRelay(lab), relay);
    assert.doesNotMatch(comparableWorld(lab), /Managed by Pulumi/);
  });

  it("had operations pending: they are named, and are in the backup", async () => {
    // An import of Pulumi's takes them away.
    const path = join(stack.stateFolder, ".pulumi/stacks/m365-smtp-relay/lab.json");
    const state = JSON.parse(await readFile(path, "utf8"));
    const { latest } = state.checkpoint;
    const isApp = ({ urn }: { urn: string }) => urn.endsWith("::relay-app-app");
    latest.pending_operations = [{ resource: latest.resources.find(isApp), type: "updating" }];
    await writeFile(path, JSON.stringify(state));
    const { code, stderr, stdout } = await forget([...confirmed, "--json"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^eject: a killed run was changing relay-app-app: look what is there$/m);
    const { backup } = JSON.parse(stdout) as { backup: string };
    assert.match(await readFile(backup, "utf8"), /"type": "updating"/);
    assert.doesNotMatch(JSON.stringify(await stack.exportState()), /"updating"/);
  });

  it("has to be named, there, free and kept: else it is refused in a sentence, and stays", async () => {
    await lockStack(stack, { host: hostname(), pid: process.pid });
    const locked = await everything();
    const busy = await forget(confirmed);
    assert.equal(busy.code, 1);
    assert.match(
      busy.stderr,
      /^eject: the state of stack "lab" could not be emptied: .*locked.*; it is as it was, and \S+ is a copy of it\n$/,
    );
    assert.deepEqual(await everything(), locked);
    await restore();

    const was = [await everything(), await readdir(backups)];
    const nowhere = { PULUMI_BACKEND_URL: "file:///nowhere" };
    const rows: [args: string[], code: number, says: RegExp, env?: Record<string, string>][] = [
      [[], 2, /^eject: nobody can be asked .*; add --yes --confirm NAME\n$/],
      [["--yes", "--confirm", "prod"], 1, /^eject: "prod" is not the stack's name, lab; nothing /],
      [["--yes"], 2, /^eject: --yes and --confirm are used together\n/],
      [confirmed, 1, /^eject: the state of stack "lab" can't be read: .*nowhere/, nowhere],
      [
        ["--stack", "nobody", "--yes", "--confirm", "nobody"],
        1,
        /^eject: the state of stack "nobody" can't be read: no stack named 'nobody' found; .*; nothing was changed\n$/,
      ],
      [
        [...confirmed, "--out", join(backups, "missing")],
        1,
        /^eject: the backup \S+ can't be written \(ENOENT\); name another folder with --out; nothing /,
      ],
    ];
    for (const [args, code, says, env] of rows) {
      const ended = await forget(args, env);
      assert.deepEqual([ended.code, ended.stdout], [code, ""], ended.stderr);
      assert.match(ended.stderr, says);
    }
    assert.deepEqual([await everything(), await readdir(backups)], was);
  });

  it("is named by whoever sits at the terminal", { skip: NO_TERMINAL }, async () => {
    const args = ["scripts/eject/main.ts", "--stack", "lab", "--forget", "--out", backups];
    const type = (keys: string) =>
      runAtTerminal(args, [[/stays as it is: $/, keys]], scriptEnv(fixture));
    const was = await everything();
    for (const [keys, code, says] of [
      [`test${ENTER}`, 1, /eject: "test" is not the stack's name, lab; nothing was changed\r\n$/],
      [`lab${CTRL_C}`, 130, /eject: interrupted at .*; nothing was changed since; run it again/],
    ] as const) {
      const { code: ended, shown } = await type(keys);
      assert.equal(ended, code, shown);
      assert.match(shown, says);
    }
    assert.deepEqual(await everything(), was);
    const { code, shown } = await type(`lab${ENTER}`);
    assert.equal(code, 0, shown);
    assert.match(shown, /eject: forgot \d+ resources of stack "lab", which goes on as it is\r\n/);
  });
});
