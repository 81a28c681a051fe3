// Probes that `npm run verify -- --probe` prints, run on a machine that has what the sender has, and followed by their id.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import which from "which";
import { loopbackOf } from "../../lab/src/world/nat.ts";
import { PROBES } from "../../mail/verification/probe/probes.ts";
import { judgedOf, openVerifyScene, type VerifyScene, verificationsIn } from "./verifyScene.ts";

const RUNNERS = { sh: "sh", python: "python3" } as const;
const missing = ["sh", "python3", "openssl", "curl"].filter(
  (name) => which.sync(name, { nothrow: true }) === null,
);

/** The sender of each way. */
const SENDERS = {
  ...{ address: "erp", certificate: "billing", password: "printer" },
  ...{ secret: "api", federatedIdentity: "shop", signInCertificate: "crm" },
} as const;

it("each probe that is called tested is one that runs here", () => {
  const tested = PROBES.filter((probe) => probe.tested).map(({ name }) => name);
  assert.deepEqual(tested.sort(), Object.keys(RUNNERS).sort());
});

describe("verify --probe", {
  skip: missing.length > 0 && `no ${missing.join(", ")} on PATH`,
}, () => {
  let scene: VerifyScene;
  before(async () => {
    scene = await openVerifyScene();
  });
  after(() => scene?.close());

  /** What is printed for a sender. */
  async function printed(sender: string, client: string): Promise<string> {
    const { verify, to, files } = scene;
    const ended = await verify("--to", to, "--probe", sender, "--client", client, "--files", files);
    assert.deepEqual([ended.code, ended.stderr], [0, ""]);
    return ended.stdout;
  }

  /** Runs a printed text; the lab's ports stand for Exchange's. */
  async function run(
    sender: string,
    client: keyof typeof RUNNERS,
    text: string,
    more: Readonly<Record<string, string>> = {},
  ) {
    const { lab, files } = scene;
    const file = join(files, `probe-${sender}.${client}`);
    await writeFile(file, text, { mode: 0o600 });
    const relays = sender === "erp" || sender === "billing";
    const env = {
      PATH: process.env.PATH,
      SSL_CERT_FILE: lab.caFile,
      CONNECT_TO: `127.0.0.1:${relays ? lab.ports.smtp : lab.ports.submission}`,
      LOCAL_ADDRESS: loopbackOf(lab.world.addresses.customer[0]),
      ...more,
    };
    return new Promise<{ code: number | null; said: string }>((resolve) => {
      const child = execFile(RUNNERS[client], [file], { env }, (_, out, err) =>
        resolve({ code: child.exitCode, said: out + err }),
      );
    });
  }

  for (const probe of PROBES.filter(({ tested }) => tested)) {
    const client = probe.name as keyof typeof RUNNERS;
    for (const way of probe.ways) {
      const sender = SENDERS[way];
      it(`${client}, ${way}: sends a message that is found by its id, and shows no secret`, async () => {
        const { lab, verify, to, there, secrets } = scene;
        const text = await printed(sender, client);
        const { code, said } = await run(sender, client, text);
        assert.equal(code, 0, said);
        const [, id = ""] = /^Message-ID: (<\S+>)$/m.exec(said) ?? [];
        assert.match(
          said,
          /^To follow it: npm run verify -- --stack lab --to \S+ --sender \w+ --id '<\S+>'$/m,
        );
        await lab.settle();
        const found = lab.mailbox().filter(({ raw }) => raw.includes(id));
        assert.equal(found.length, 1);
        if (client === "sh") {
          const args = ["--to", to, "--sender", sender, "--id", id, ...there, "--json"];
          const one = verificationsIn(await verify(...args)).get(sender);
          assert.deepEqual(
            one?.judged.filter(({ outcome }) => outcome !== "pass"),
            [],
          );
          assert.match(judgedOf(one, "handover")?.read ?? "", /^Exchange received it at /);
        }
        const known = (await secrets()).flatMap((secret) => [
          secret,
          Buffer.from(secret).toString("base64"),
        ]);
        assert.deepEqual(
          known.filter((secret) => (text + said).includes(secret)),
          [],
        );
        assert.ok(!/Bearer|auth=/.test(said));
      });
    }

    it(`${client} says what refused it, and ends with an error`, async () => {
      const { lab, files } = scene;
      const count = lab.mailbox().length;
      const text = (await printed("printer", client)).replaceAll(
        join(files, "printer.secret"),
        join(files, "crm.chain.pem"),
      );
      const { code, said } = await run("printer", client, text);
      assert.notEqual(code, 0);
      assert.match(said, /^refused: 535 5\.7\.\d+ /m);
      await lab.settle();
      assert.equal(lab.mailbox().length, count);
    });

    it(`${client} repeats the reply to a recipient that is refused, and names what it can't connect to`, async () => {
      const { lab } = scene;
      const count = lab.mailbox().length;
      const text = await printed("erp", client);
      const stranger = await run("erp", client, text, { LOCAL_ADDRESS: "127.0.0.1" });
      assert.equal(stranger.code, 1);
      assert.match(
        stranger.said,
        /^refused: 550 5\.7\.64 TenantAttribution; Relay Access Denied \[/m,
      );
      const nobody = await run("erp", client, text, { CONNECT_TO: "127.0.0.1:1" });
      assert.equal(nobody.code, 1);
      assert.match(nobody.said, /^no connection to 127\.0\.0\.1:1, or it was closed/m);
      await lab.settle();
      assert.equal(lab.mailbox().length, count);
    });

    it(`${client} sends nothing to a host with another certificate`, async () => {
      const { lab } = scene;
      const count = lab.mailbox().length;
      const text = await printed("erp", client);
      const { code, said } = await run("api", client, text);
      assert.notEqual(code, 0);
      assert.match(said, /hostname mismatch|certificate/i);
      await lab.settle();
      assert.equal(lab.mailbox().length, count);
    });
  }

  it("is for PowerShell too, which nobody here has run, and holds no secret", async () => {
    const known = await scene.secrets();
    for (const sender of ["billing", "crm"]) {
      const text = await printed(sender, "powershell");
      assert.match(text, /^# This project's tests do not run it\.$/m);
      assert.deepEqual(
        known.filter((secret) => text.includes(secret)),
        [],
      );
    }
  });

  it("names what can send where Python can't", async () => {
    const { verify, to } = scene;
    const ended = await verify("--to", to, "--probe", "crm", "--client", "python");
    assert.deepEqual([ended.code, ended.stdout], [1, ""]);
    assert.match(ended.stderr, /by OAuth with a certificate; use --client sh or powershell$/m);
  });
});
