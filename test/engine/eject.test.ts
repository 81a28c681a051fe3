// `npm run eject`: the script and the zone files build in one world what `up` builds in its twin, and a forgotten stack
// leaves everything as it is.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runScript } from "../../lab/powershell/run.ts";
import type { Lab } from "../../lab/src/lab.ts";
import { makeRandom } from "../../lab/src/random.ts";
import { labApplications, labSenders } from "../../lab/stack/senders.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { comparableRelay } from "./comparableRelay.ts";
import { type Fixture, openFixture, SEED } from "./fixture.ts";
import { publish } from "./zoneLines.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command at no terminal. */
function eject(
  { folder, env }: Pick<Fixture, "folder" | "env">,
  ...args: string[]
): Promise<Ended> {
  const settings = {
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_OPTION_CONFIG_FILE: join(folder, "Pulumi.lab.yaml"),
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["scripts/eject/main.ts", ...args],
      { cwd: projectRoot, env: { ...process.env, ...settings, ...env } },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

const NEWS = "0b0d5a3c-7f0e-4c55-9b61-3f3f0f5f9c11";
const PASSWORD = "correct-Horse-7";

/** A stack that has every kind of sender but the classic ones. */
function everyKind({ world }: Lab): Record<string, unknown> {
  const { domain } = world.tenant;
  const [erp] = labSenders(world);
  const [, crm] = labApplications(world);
  const license = world.tenant.skus.find(({ servicePlans }) =>
    servicePlans.some(({ servicePlanName }) => servicePlanName === "EXCHANGE_S_STANDARD"),
  )?.skuPartNumber;
  const config = labConfig(world);
  return {
    ...config,
    "m365-smtp-relay:domains": [
      ...(config["m365-smtp-relay:domains"] as object[]),
      { name: `news.${domain}` },
    ],
    "m365-smtp-relay:senders": [
      ...(config["m365-smtp-relay:senders"] as object[]),
      {
        ...{ name: "scanner", from: [`*@${domain}`], authentication: ["staticIp"] },
        ...{ egress: [erp.egress.replace(/\d+$/, "200")], adoptConnector: "Bob's `$old` relay" },
      },
      { name: "app", from: [`app@news.${domain}`, crm.from], authentication: ["oauth"] },
      {
        ...{ name: "support", from: [`support@${domain}`], authentication: ["oauth"] },
        ...{ adoptMailbox: true },
      },
      { name: "printer", from: [`printer@${domain}`], authentication: ["password"], license },
    ],
  };
}

/** A stack whose app has the classic rights, and a domain whose DNS is elsewhere. */
function classic({ world }: Lab): Record<string, unknown> {
  const { domain } = world.tenant;
  return {
    ...labConfig(world),
    "m365-smtp-relay:applicationAccess": "classic",
    "m365-smtp-relay:waitMinutes": 0,
    "m365-smtp-relay:domains": [
      { name: domain, dns: { host: "external" }, dmarc: { adopt: true } },
    ],
    "m365-smtp-relay:senders": [
      { name: "app", from: [`app@${domain}`], authentication: ["oauth"] },
    ],
  };
}

describe(`npm run eject, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let restore: () => Promise<void>;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { domain } = lab.world.tenant;
    const news = `news.${domain}`;
    const { tenant } = lab.world;
    tenant.domains.push({ id: news, isDefault: false, isInitial: false, isVerified: true });
    tenant.acceptedDomains.push({ guid: NEWS, name: news, isDefault: false, isInitial: false });
    lab.admin("New-Mailbox", {
      ...{ Shared: true, Name: "Support", PrimarySmtpAddress: `support@${domain}` },
    });
    lab.admin("New-InboundConnector", {
      ...{ Name: "Bob's `$old` relay", ConnectorType: "OnPremises", SenderDomains: ["*"] },
      ...{ SenderIPAddresses: ["203.0.113.77"], Comment: "ask `Bob`" },
    });
    await fixture.open();
    restore = await fixture.snapshot();
  });
  after(() => fixture?.close());

  for (const [title, configOf] of Object.entries({ everyKind, classic })) {
    it(`builds by its script and zone files what up builds: ${title}`, async () => {
      await restore();
      const stack = await fixture.open({ config: configOf(lab) });
      await stack.up({ skipPreview: true });
      const folder = join(fixture.folder, `ejected-${title}`);
      const { code, err } = await eject(fixture, "--stack", "lab", "--out", folder);
      assert.equal(code, 0, err);
      const script = await readFile(join(folder, "relay.ps1"), "utf8");
      const zones = await readdir(join(folder, "zones"));
      const zoneTexts = await Promise.all(
        zones.map((name) => readFile(join(folder, "zones", name), "utf8")),
      );
      if (title === "classic") {
        for (const text of zoneTexts) publish(lab, text);
        await stack.up({ skipPreview: true });
      }
      const built = comparableRelay(lab);

      await restore();
      const first = await runScript(script, lab, () => PASSWORD);
      const shownOnce = first.printed.filter((line) => line.startsWith("Client secret of app"));
      assert.equal(shownOnce.length, 1, "the new secret is shown to whoever runs the script");
      for (const text of zoneTexts) publish(lab, text);
      const again = () => runScript(script, lab, () => assert.fail("asks again"));
      await again();
      // Exchange sees the CNAME records some time after it was first asked to sign.
      await lab.clock.advance(96 * 3_600_000);
      const { printed } = await again();
      assert.deepEqual(comparableRelay(lab).split("\n"), built.split("\n"));
      const secrets = lab.secrets().filter((secret) => secret.length > 7);
      const shown = [script, ...zoneTexts, ...printed].join("\n");
      assert.deepEqual(
        secrets.filter((secret) => shown.includes(secret)),
        [],
      );
    });
  }

  it("forgets the state alone, which comes back from the backup, and takes the marks by a script", async () => {
    await restore();
    const config = { ...classic(lab), "m365-smtp-relay:disposable": false };
    const stack = await fixture.open({ config });
    await stack.up({ skipPreview: true });
    const folder = join(fixture.folder, "forgotten");
    const planned = await stack.preview();
    const state = JSON.stringify(await stack.exportState());
    const [world, requests] = [comparableWorld(lab), lab.log.events().length];
    const forget = ["--stack", "lab", "--forget", "--out", fixture.folder];

    for (const [wrong, code, said] of [
      [[], 2, /nobody can be asked .*; add --yes --confirm NAME/],
      [
        ["--yes", "--confirm", "prod"],
        1,
        /"prod" is not the stack's name, lab; nothing was changed/,
      ],
    ] as const) {
      const ended = await eject(fixture, ...forget, ...wrong);
      assert.equal(ended.code, code);
      assert.match(ended.err, said);
    }
    assert.equal(JSON.stringify(await stack.exportState()), state);

    const { code, out, err } = await eject(
      fixture,
      ...forget,
      "--yes",
      "--confirm",
      "lab",
      "--json",
    );
    assert.equal(code, 0, err);
    assert.deepEqual([comparableWorld(lab), lab.log.events().length], [world, requests]);
    const { deployment } = await stack.exportState();
    assert.deepEqual((deployment as { resources?: unknown[] }).resources ?? [], []);
    const { backup } = JSON.parse(out) as { backup: string };
    const kept = await readFile(backup, "utf8");
    assert.deepEqual(
      lab.secrets().filter((one) => one.length > 7 && kept.includes(one)),
      [],
    );
    assert.equal((await stat(backup)).mode & 0o777, 0o600);
    const again = await eject(fixture, ...forget, "--yes", "--confirm", "lab");
    assert.deepEqual([again.code, /is empty already/.test(again.err)], [0, true]);

    await stack.importState(JSON.parse(kept));
    assert.deepEqual(await stack.preview(), planned);

    assert.equal((await eject(fixture, "--stack", "lab", "--out", folder)).code, 0);
    const relay = comparableRelay(lab);
    await runScript(await readFile(join(folder, "forget-marks.ps1"), "utf8"), lab);
    assert.equal(comparableRelay(lab), relay);
    assert.doesNotMatch(comparableWorld(lab), /Managed by Pulumi/);
  });

  it("says in one sentence what it can't read or write, and writes nothing", async () => {
    await restore();
    const { folder, env } = fixture;
    await fixture.open({ config: classic(lab) });
    const used = join(folder, "used");
    await mkdir(used, { recursive: true });
    await writeFile(join(used, "notes.txt"), "mine");
    const out = join(folder, "new");
    const nowhere = { folder, env: { ...env, PULUMI_BACKEND_URL: "file:///nowhere" } };
    const deaf = { folder, env: { ...env, M365_SMTP_RELAY_DNS_SERVER: "127.0.0.1:1" } };
    const other = { folder: "none", env: {} };
    const rows = [
      [fixture, [], 2, /^eject: --stack is missing\n/],
      [fixture, ["--stack", "lab", "--yes"], 2, /^eject: --yes and --confirm belong to --forget\n/],
      [fixture, ["--stack", "lab", "--forget", "--yes"], 2, /^eject: --yes and --confirm are used/],
      [
        other,
        ["--stack", "nobody", "--out", out],
        1,
        /^eject: there is no stack file Pulumi.nobody.yaml/,
      ],
      [
        fixture,
        ["--stack", "lab", "--out", out, "--sender", "erp"],
        1,
        /^eject: there is no sender "erp" in stack "lab"; use one of app;/,
      ],
      [
        fixture,
        ["--stack", "lab", "--out", used],
        1,
        /^eject: the folder .* is not empty; name another one/,
      ],
      [
        fixture,
        ["--stack", "lab", "--out", join(used, "notes.txt", "x")],
        1,
        /^eject: the folder .* can't be written \(ENOTDIR\);/,
      ],
      [deaf, ["--stack", "lab", "--out", out], 1, /^eject: DNS did not answer: /],
      [
        nowhere,
        ["--stack", "lab", "--forget", "--yes", "--confirm", "lab"],
        1,
        /^eject: the state of stack "lab" can't be read: .*nowhere/,
      ],
    ] as const;
    // A third of them; all, with EXHAUSTIVE=1.
    const first = makeRandom(`${SEED}/eject`).integer(0, 2);
    const tried = rows.filter((_, index) => process.env.EXHAUSTIVE === "1" || index % 3 === first);
    for (const [where, args, code, said] of tried) {
      const ended = await eject(where, ...args);
      assert.equal(ended.code, code, ended.err);
      assert.match(ended.err, said);
      if (code === 1) assert.ok(ended.err.trimEnd().split("\n").length <= 2, ended.err);
      assert.deepEqual(await readdir(used), ["notes.txt"]);
      await assert.rejects(readdir(out), { code: "ENOENT" });
    }

    const { code, err } = await eject(nowhere, "--stack", "lab", "--out", out);
    assert.equal(code, 0, err);
    assert.match(err, /^eject: warning: the zone files lack the DKIM targets: .*nowhere/);
    const [zone = ""] = await readdir(join(out, "zones"));
    assert.match(
      await readFile(join(out, "zones", zone), "utf8"),
      /; selector1\S+ IN CNAME is known once/,
    );

    const alone = join(folder, "alone");
    assert.equal((await eject(deaf, "--stack", "lab", "--out", alone, "--sender", "app")).code, 0);
    assert.deepEqual(await readdir(alone), ["relay.ps1"]);
  });
});
