// swaks, a client that is not ours, submits mail by name and password on the lab's port 587.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { findOracles } from "../../../scripts/oracles/find.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { type Ended, runClient } from "./runClient.ts";
import { assertArrived, type ClientScene, openClientScene } from "./scene.ts";

/** swaks's exit codes: refused at MAIL FROM, and at AUTH. */
const MAIL_REFUSED = 23;
const AUTH_REFUSED = 28;

const oracles = await findOracles();

describe("LOGIN by swaks", { skip: oracles.kind === "missing" && oracles.reason }, () => {
  let scene: ClientScene;
  before(async () => {
    scene = await openClientScene(process.env.LAB_SEED ?? "1");
  });
  after(() => scene.close());

  /** Runs swaks; `config` has the options that others on this machine may not see. */
  function swaks(options: string[], config = ""): Promise<Ended> {
    assert.ok(oracles.kind === "found");
    const { lab, anna, bea, world } = scene;
    const args = [
      ...["--config", scene.place("swaksrc", config)],
      ...["--server", `127.0.0.1:${lab.ports.submission}`],
      ...["--local-interface", loopbackOf(world.addresses.customer[0])],
      ...["--helo", `swaks.${world.tenant.domain}`, "--header", "Subject: test"],
      ...["--from", anna.address, "--to", bea, ...options],
    ];
    return runClient(oracles, "swaks", args);
  }
  const signIn = (password: string, ...options: string[]) =>
    swaks(
      ["--tls", "--auth", "LOGIN", "--auth-user", scene.anna.address, ...options],
      `auth-password ${password}\n`,
    );
  async function expectDelivered(): Promise<void> {
    const messages = await scene.arriving(async () => {
      const { code, said } = await signIn(scene.password);
      assert.equal(code, 0, said);
    });
    assertArrived(messages, scene);
  }
  async function expectRefused(session: () => Promise<Ended>, code: number, words: RegExp) {
    await scene.refused(async () => {
      const ended = await session();
      assert.equal(ended.code, code, ended.said);
      assert.match(ended.said, words);
    });
  }

  it("delivers, and the message passes SPF, DKIM and DMARC", expectDelivered);

  it("is refused with a wrong password", () =>
    expectRefused(
      () => signIn("wrong"),
      AUTH_REFUSED,
      /535 5\.7\.139 Authentication unsuccessful/,
    ));

  it("is refused without TLS, and without AUTH", async () => {
    const startTls = /451 5\.7\.3 STARTTLS is required to send mail/;
    await expectRefused(() => swaks([]), MAIL_REFUSED, startTls);
    const stranger = /530 5\.7\.57 Client not authenticated to send mail/;
    await expectRefused(() => swaks(["--tls"]), MAIL_REFUSED, stranger);
  });

  it("is offered with XOAUTH2, not PLAIN, and after STARTTLS only", async () => {
    const { code, said } = await swaks(["--tls", "--quit-after", "EHLO"]);
    assert.equal(code, 0, said);
    const offers = said.split("\n").filter((line) => /^<.*\bAUTH\b/.test(line));
    assert.deepEqual(offers, ["<~  250-AUTH LOGIN XOAUTH2"]);
    await expectRefused(
      () => signIn(scene.password, "--auth", "PLAIN"),
      AUTH_REFUSED,
      /Auth not attempted, requested type not available/,
    );
  });

  it("is refused where an authentication policy has basic authentication off, until one allows it", async () => {
    const { lab, anna, world } = scene;
    const [none, smtp] = ["no basic", "basic for SMTP"];
    lab.admin("New-AuthenticationPolicy", { Name: none });
    lab.admin("New-AuthenticationPolicy", { Name: smtp, AllowBasicAuthSmtp: true });
    world.organization.defaultAuthenticationPolicy = none;
    await expectRefused(
      () => signIn(scene.password),
      AUTH_REFUSED,
      /535 5\.7\.139 Authentication unsuccessful, basic authentication is disabled\./,
    );
    lab.admin("Set-User", { Identity: anna.address, AuthenticationPolicy: smtp });
    await expectDelivered();
    lab.admin("Set-User", { Identity: anna.address, AuthenticationPolicy: none });
    await expectRefused(
      () => signIn(scene.password),
      AUTH_REFUSED,
      /basic authentication is disabled\./,
    );
  });
});
