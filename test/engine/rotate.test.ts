// `npm run rotate` on the real engine: a secret is renewed while its sender goes on sending, and a renewal that was cut off
// goes on where it was.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import type { Lab } from "../../lab/src/lab.ts";
import type { SignIn } from "../../lab/stack/signIn.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { call } from "../../lab/test/unit/client.ts";
import { certificateOf } from "../unit/mail/certificates.ts";
import { type Fixture, filesIn, openFixture } from "./fixture.ts";
import type { Ended } from "./readingScript.ts";
import { runWriting } from "./runScript.ts";

/** Messages while a secret is renewed, and how many a mailbox may send a minute. */
const MESSAGES = process.env.EXHAUSTIVE === "1" ? 1000 : 150;
const A_MINUTE = 30;

// One life of one stack: each test goes on where the one before ended.
describe("npm run rotate", () => {
  let fixture: Fixture;
  let lab: Lab;
  let first: string;
  let old: string;
  let ofAccount: string;
  let config: Record<string, unknown>;
  const signIns: Record<string, SignIn> = {};
  const handedOver = () => join(fixture.folder, "handed-over");
  const stackFile = () => readFile(join(fixture.folder, "Pulumi.lab.yaml"), "utf8");

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { domain, skus } = lab.world.tenant;
    config = {
      ...labConfig(lab.world),
      // As in production: what is protected has to be released in time.
      "m365-smtp-relay:disposable": false,
      "m365-smtp-relay:senders": [
        { name: "crm", from: [`crm@${domain}`], authentication: ["oauth"] },
        {
          ...{ name: "printer", from: [`printer@${domain}`], authentication: ["password"] },
          license: skus[0]?.skuPartNumber,
        },
        {
          ...{ name: "news", from: [`news@${domain}`], authentication: ["password"] },
          ...{ external: 0, recipientsPerDay: 50_000 },
        },
      ],
    };
    const stack = await fixture.open({ config });
    const { senders, secrets } = (await stack.up({ skipPreview: true })).outputs as {
      readonly senders: Record<string, SignIn>;
      readonly secrets: Record<string, string>;
    };
    Object.assign(signIns, senders);
    first = secrets.crm ?? "";
    old = secrets.printer ?? "";
    ofAccount = secrets.news ?? "";
  });
  after(() => fixture?.close());

  const rotate = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
    runWriting(fixture, "scripts/rotate/main.ts", ["--stack", "lab", ...args], env);
  const crm = (...args: string[]) => rotate(["--sender", "crm", ...args]);

  /** @throws Error with Entra's words */
  async function tokenBy(secret: string): Promise<string> {
    const { crm: signIn } = signIns;
    assert.ok(signIn);
    const form = new URLSearchParams({
      ...{ grant_type: "client_credentials", client_id: signIn.clientId, scope: signIn.scope },
      client_secret: secret,
    });
    const { text } = await call(lab, new URL(signIn.tokenEndpoint).pathname, form.toString());
    const { access_token, error_description } = JSON.parse(text);
    if (access_token === undefined) throw new Error(error_description);
    return access_token;
  }
  async function send(user: string, credential: { token: string } | { password: string }) {
    const to = lab.world.outside.mailboxes.slice(0, 1);
    const message = `From: ${user}\r\nSubject: test\r\n\r\nhello\r\n`;
    const { accepted, refusal } = await lab.sendAs({ user, to, message, ...credential });
    return accepted ? "" : refusal;
  }
  const validSecrets = () => lab.world.directory.applications[0]?.passwordCredentials.length;

  it("refuses to take other changes of the stack file along", async () => {
    const stack = await fixture.open({ config });
    const senders = config["m365-smtp-relay:senders"] as object[];
    await stack.configure({
      ...config,
      "m365-smtp-relay:senders": senders.map((one) => ({ ...one, recipientsPerDay: 10 })),
    });
    const was = [comparableWorld(lab), await stackFile()];
    const { code, stderr } = await crm();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /an up of stack "lab" would change more than the credential of sender "crm" \(.*create relay-crm-limit/,
    );
    assert.deepEqual([comparableWorld(lab), await stackFile()], was);
    await stack.configure(config);
  });

  it("refuses --used where there is no new secret that could be used, and removes none", async () => {
    const was = [comparableWorld(lab), await stackFile()];
    for (const args of [["--used"], ["--used", "--no-up"]]) {
      const { code, stderr } = await crm(...args);
      assert.equal(code, 1);
      assert.match(stderr, /sender "crm" has no new secret yet that it could use; .*nothing was/);
      assert.deepEqual([comparableWorld(lab), await stackFile()], was);
    }
  });

  it(`renews a secret while ${MESSAGES} messages are sent, and none is refused`, async () => {
    lab.world.deployer.appRoles.graph.push("AuditLog.Read.All");
    const mailbox = signIns.crm?.mailbox ?? "";
    let isOver = false;
    let sent = 0;
    const refusals: string[] = [];
    /** The consumer. The rotation waits for its use of the new secret, which begins once all but the last messages are sent. */
    const consume = async () => {
      let secret = first;
      let token = await tokenBy(secret);
      while (!isOver) {
        const isReady = sent >= MESSAGES && existsSync(handedOver());
        const newest = isReady ? await readFile(handedOver(), "utf8") : secret;
        if (newest !== secret || sent % A_MINUTE === 0) {
          secret = newest;
          token = await tokenBy(secret);
        }
        if (sent % A_MINUTE === A_MINUTE - 1) await lab.clock.advance(60_000);
        refusals.push(...[await send(mailbox, { token })].filter((refusal) => refusal !== ""));
        sent++;
      }
    };
    const consuming = consume();
    const ended = await crm("--run", `cat > ${handedOver()}`, "--json");
    isOver = true;
    await consuming;
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(refusals, []);
    assert.ok(sent > MESSAGES);
    assert.deepEqual(JSON.parse(ended.stdout), {
      ...{ stack: "lab", sender: "crm", by: "secret" },
      ...{ credentialGeneration: "[2]", outcome: "rotated" },
    });
    assert.match(await stackFile(), /credentialGeneration: \[2\]/);
    assert.equal(validSecrets(), 1);
    await assert.rejects(tokenBy(first), /AADSTS7000215/);
    const second = await readFile(handedOver(), "utf8");
    assert.ok(await tokenBy(second));
    for (const text of [ended.stdout, ended.stderr, await filesIn(join(fixture.folder, "state"))]) {
      assert.ok(!text.includes(second), "the secret stands nowhere in clear text");
    }
  });

  it("goes on after a raise that somebody committed, and asks where the sign-in log can't be read", async () => {
    const { appRoles } = lab.world.deployer;
    appRoles.graph = appRoles.graph.filter((role) => role !== "AuditLog.Read.All");
    const edited = await crm("--no-up");
    assert.match(edited.stdout, /credentialGeneration is 3; commit the stack file, and run/);
    assert.equal(validSecrets(), 1, "the stack file alone was changed");
    const { code, stderr } = await crm();
    assert.equal(code, 1);
    assert.match(stderr, /the sign-in log can't be read \(.*grant the app AuditLog\.Read\.All/);
    assert.match(
      stderr,
      /secrets 3 and 2 of sender "crm" are both valid; once it uses the new one, run npm run rotate -- --stack lab --sender crm --used$/m,
    );
    assert.equal(validSecrets(), 2);
    const used = await crm("--used");
    assert.equal(used.code, 0, used.stderr);
    assert.match(await stackFile(), /credentialGeneration: \[3\]/);
    assert.equal(validSecrets(), 1);
  });

  it("finishes a renewal whose last up is missing, and begins no other", async () => {
    const generation = async (credentialGeneration: unknown) => {
      const [sender, ...others] = config["m365-smtp-relay:senders"] as object[];
      const senders = [{ ...sender, credentialGeneration }, ...others];
      return fixture.open({ config: { ...config, "m365-smtp-relay:senders": senders } });
    };
    await (await generation(4)).up({ skipPreview: true });
    await generation([4]);
    const { code, stdout } = await crm();
    assert.equal(code, 0);
    assert.match(stdout, /finished an earlier rotation; credentialGeneration is \[4\]/);
    assert.equal(validSecrets(), 1);
  });

  it("replaces a password, and the device has the new one at once", async () => {
    const address = signIns.printer?.mailbox ?? "";
    const asking = await rotate(["--sender", "printer"]);
    assert.equal(asking.code, 2);
    assert.match(
      asking.stderr,
      /the present password of sender "printer" ends at once; replace it/,
    );
    const { code, stderr } = await rotate([
      "--sender",
      "printer",
      "--yes",
      "--run",
      `cat > ${handedOver()}`,
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /the new password of sender "printer" is the only valid one; the command/);
    assert.equal(await send(address, { password: await readFile(handedOver(), "utf8") }), "");
    assert.match(await send(address, { password: old }), /^535 5\.7\.139 Authentication unsuccess/);
  });

  it("replaces the password of an account of High Volume Email, and changes nothing else of it", async () => {
    const { domain } = lab.world.tenant;
    const [user, to] = [`news@${domain}`, [`anna@${domain}`]];
    const message = `From: ${user}\r\nSubject: test\r\n\r\nhello\r\n`;
    const sendNews = async (password: string) =>
      (await lab.sendHighVolume({ user, to, message, password })).refusal;
    assert.equal(await sendNews(ofAccount), "");
    const account = structuredClone(lab.world.hveAccounts);
    const args = ["--sender", "news", "--yes", "--run", `cat > ${handedOver()}`];
    const { code, stderr } = await rotate(args);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /the new password of sender "news" is the only valid one; the command/);
    assert.equal(await sendNews(await readFile(handedOver(), "utf8")), "");
    assert.match(await sendNews(ofAccount), /^535 5\.7\.3 /);
    assert.deepEqual(lab.world.hveAccounts, account);
  });

  it("registers a new sign-in certificate before it removes the old one", async () => {
    const rotated = parse(await stackFile()).config;
    const senders = rotated["m365-smtp-relay:senders"] as object[];
    const from = [`app@${lab.world.tenant.domain}`];
    const signingIn = async (signInCertificate: string) => {
      const app = { name: "app", from, authentication: ["oauth"], signInCertificate };
      const stack = await fixture.open({
        config: { ...rotated, "m365-smtp-relay:senders": [...senders, app] },
      });
      await stack.up({ skipPreview: true });
    };
    await signingIn(await certificateOf("rsa"));
    const app = lab.world.directory.applications.find(
      ({ properties }) => properties.displayName === "relay-lab-app",
    );
    assert.ok(app);
    const counts: number[] = [];
    let held = app.keyCredentials;
    Object.defineProperty(app, "keyCredentials", {
      enumerable: true,
      get: () => held,
      set(keys: typeof held) {
        counts.push(keys.length);
        held = keys;
      },
    });
    const [before] = held;
    await signingIn(await certificateOf("rsa"));
    assert.deepEqual(counts, [2, 1]);
    assert.notEqual(held[0]?.keyId, before?.keyId);
  });
});
