import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { loopbackOf } from "../../src/world/nat.ts";
import { goodForm } from "./bench.ts";
import { call, tokenOf } from "./client.ts";
import { base64, openSubmissionScene, type SubmissionScene, xoauth2 } from "./submissionScene.ts";
import { talk } from "./talk.ts";

const MARK = "\\[\\w+\\.\\w+\\.prod\\.outlook\\.com \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z [0-9A-F]{16}\\]";
const UNSUCCESSFUL = new RegExp(`^535 5\\.7\\.3 Authentication unsuccessful ${MARK}$`);
const CRITERIA = new RegExp(
  `^535 5\\.7\\.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully\\. Contact your administrator\\. ${MARK}$`,
);

describe("signing in to client submission", () => {
  let scene: SubmissionScene;
  before(async () => {
    scene = await openSubmissionScene("sign-in");
  });
  after(() => scene.lab.close());
  beforeEach(() => scene.reset());

  const auth = () => `AUTH XOAUTH2 ${xoauth2(scene.anna.address, scene.token)}`;
  const login = (user: string, password: string) => [
    "EHLO host",
    "AUTH LOGIN",
    base64(user),
    base64(password),
    "QUIT",
  ];
  /** The last reply but the one to QUIT. */
  const last = (lines: string[]) => lines.at(-2) ?? "";
  async function expectRefused(pattern: RegExp, change: Parameters<typeof scene.send>[0] = {}) {
    const before = scene.state();
    const { accepted, refusal } = await scene.send(change);
    assert.equal(accepted, false);
    assert.match(refusal, pattern);
    await scene.lab.settle();
    assert.deepEqual(scene.state(), before);
  }

  it("speaks Exchange's words, line by line", async () => {
    const { lab, world, bea } = scene;
    const [client] = world.addresses.customer;
    const [mailbox = "", ...forest] = world.tenant.servers.mailbox.split(".");
    const proxy = mailbox.replace(/MB\d+$/, "CA0056");
    const clear = await talk(lab.ports.submission, loopbackOf(client), ["EHLO host", "QUIT"]);
    const features = ["SIZE 157286400", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES"];
    const hello = `250-${proxy}.outlook.office365.com Hello [${client}]`;
    assert.match(
      clear[0] ?? "",
      new RegExp(
        `^220 ${proxy}\\.outlook\\.office365\\.com Microsoft ESMTP MAIL Service ready at \\w{3}, \\d\\d \\w{3} \\d{4} [\\d:]{8} \\+0000 \\[[0-9A-F]{16}\\]$`,
      ),
    );
    assert.deepEqual(clear.slice(1), [
      hello,
      ...[...features, "STARTTLS", "8BITMIME"].map((name) => `250-${name}`),
      "250 SMTPUTF8",
      "221 2.0.0 Service closing transmission channel",
    ]);
    const lines = await scene.say(
      "EHLO host",
      auth(),
      "AUTH LOGIN",
      `MAIL FROM:<${scene.anna.address}>`,
      `RCPT TO:<${bea}>`,
      "DATA",
      `From: ${scene.anna.address}\r\nMessage-ID: <1@x>\r\n\r\nhello\r\n.`,
      "QUIT",
    );
    assert.deepEqual(lines.slice(0, 8), [
      hello,
      ...[...features, "AUTH LOGIN XOAUTH2", "8BITMIME"].map((name) => `250-${name}`),
      "250 SMTPUTF8",
    ]);
    const expected = [
      "235 2\\.7\\.0 Authentication successful",
      "503 5\\.5\\.2 Already authenticated",
      "250 2\\.1\\.0 Sender OK",
      "250 2\\.1\\.5 Recipient OK",
      "354 Start mail input; end with <CRLF>\\.<CRLF>",
      `250 2\\.6\\.0 <1@x> \\[InternalId=\\d{14}, Hostname=${mailbox}\\.${forest.join("\\.")}\\] \\d+ bytes in 0\\.060, [\\d.]+ KB/sec Queued mail for delivery`,
      "221 2\\.0\\.0 Service closing transmission channel",
    ];
    for (const [index, line] of lines.slice(8).entries()) {
      assert.match(line, new RegExp(`^${expected[index]}$`));
    }
    assert.equal(lines.length, 8 + expected.length);
  });

  for (const [xoauth2User, byAddress] of [
    ["any address", true],
    ["user principal name", false],
  ] as const) {
    it(`where XOAUTH2 takes ${xoauth2User}: an address that is no user name ${byAddress ? "signs in too" : "is refused, and the user name signs in"}`, async (t) => {
      const { world, anna } = scene;
      const account = world.directory.users.find(({ id }) => id === anna.externalDirectoryObjectId);
      assert.ok(account);
      const before = [world.settings.xoauth2User, account.userPrincipalName] as const;
      t.after(() => {
        [world.settings.xoauth2User, account.userPrincipalName] = before;
      });
      world.settings.xoauth2User = xoauth2User;
      assert.equal((await scene.send()).refusal, "", "the address is the user name");
      await scene.lab.settle();
      const userName = `relay-anna@${world.tenant.domain}`;
      account.userPrincipalName = userName;
      if (byAddress) assert.equal((await scene.send()).refusal, "");
      else await expectRefused(UNSUCCESSFUL);
      if (byAddress) return;
      const lines = await scene.say(
        "EHLO host",
        `AUTH XOAUTH2 ${xoauth2(userName, scene.token)}`,
        `MAIL FROM:<${anna.address}>`,
        "QUIT",
      );
      assert.deepEqual(lines.slice(-3, -1), [
        "235 2.7.0 Authentication successful",
        "250 2.1.0 Sender OK",
      ]);
    });
  }

  it("nothing goes without STARTTLS", async () => {
    const { lab, anna } = scene;
    const lines = await talk(lab.ports.submission, "127.0.0.1", [
      "EHLO host",
      auth(),
      `MAIL FROM:<${anna.address}>`,
      "QUIT",
    ]);
    const demand = new RegExp(`^451 5\\.7\\.3 STARTTLS is required to send mail ${MARK}$`);
    assert.match(lines.at(-3) ?? "", demand);
    assert.match(lines.at(-2) ?? "", demand);
  });

  it("nothing goes without AUTH", async () => {
    const lines = await scene.say("EHLO host", `MAIL FROM:<${scene.anna.address}>`, "QUIT");
    assert.match(
      last(lines),
      new RegExp(`^530 5\\.7\\.57 Client not authenticated to send mail\\. ${MARK}$`),
    );
  });

  it("after a failed AUTH, MAIL repeats the reason", async () => {
    const bad = `AUTH XOAUTH2 ${xoauth2(scene.anna.address, "nonsense")}`;
    const lines = await scene.say("EHLO host", bad, `MAIL FROM:<${scene.anna.address}>`, "QUIT");
    const reason = lines.at(-3) ?? "";
    assert.match(reason, UNSUCCESSFUL);
    assert.equal(last(lines), `530 5.7.57 Client not authenticated to send mail. Error: ${reason}`);
  });

  it("XOAUTH2 with the token in a second line", async () => {
    const { anna, token } = scene;
    const lines = await scene.say(
      "EHLO host",
      "AUTH XOAUTH2",
      xoauth2(anna.address, token),
      "QUIT",
    );
    assert.deepEqual(lines.slice(-3, -1), ["334 ", "235 2.7.0 Authentication successful"]);
  });

  it("a failed XOAUTH2 may be tried again in the same session", async () => {
    const bad = `AUTH XOAUTH2 ${xoauth2(scene.anna.address, "nonsense")}`;
    const lines = await scene.say(
      "EHLO host",
      bad,
      auth(),
      `MAIL FROM:<${scene.anna.address}>`,
      "QUIT",
    );
    assert.deepEqual(lines.slice(-3, -1), [
      "235 2.7.0 Authentication successful",
      "250 2.1.0 Sender OK",
    ]);
  });

  const malformed = {
    "no base64 of the form": "AUTH XOAUTH2 bm9uc2Vuc2U=",
    "two arguments": "AUTH XOAUTH2 a b",
    "no token": `AUTH XOAUTH2 ${base64("user=a@b.example\x01\x01")}`,
    "no user": `AUTH XOAUTH2 ${base64("auth=Bearer x\x01\x01")}`,
  };
  for (const [what, command] of Object.entries(malformed)) {
    it(`malformed XOAUTH2: ${what}`, async () => {
      assert.equal(
        last(await scene.say("EHLO host", command, "QUIT")),
        "501 5.5.4 Invalid arguments",
      );
    });
  }

  for (const mechanism of ["PLAIN AGEAYg==", "CRAM-MD5", "NTLM", "OAUTHBEARER x"]) {
    it(`no AUTH ${mechanism.split(" ")[0]}`, async () => {
      assert.match(
        last(await scene.say("EHLO host", `AUTH ${mechanism}`, "QUIT")),
        new RegExp(`^504 5\\.7\\.4 Unrecognized authentication type ${MARK}$`),
      );
    });
  }

  it("an app signs in as a mailbox by any of its addresses", async () => {
    const { anna, world } = scene;
    anna.emailAddresses.push(`smtp:Alias@${world.tenant.domain}`);
    assert.equal((await scene.send({ user: `alias@${world.tenant.domain}` })).refusal, "");
    anna.emailAddresses.pop();
  });

  it("no such mailbox", () =>
    expectRefused(UNSUCCESSFUL, { user: `nobody@${scene.world.tenant.domain}` }));

  it("a token for Graph", async () => {
    const { lab } = scene;
    const { ARM_TENANT_ID, ARM_CLIENT_ID = "", ARM_CLIENT_SECRET: clientSecret = "" } = lab.env;
    const form = goodForm(ARM_CLIENT_ID, { clientSecret }, "https://graph.microsoft.com/.default");
    const body = new URLSearchParams({ ...form }).toString();
    const { text } = await call(lab, `/${ARM_TENANT_ID}/oauth2/v2.0/token`, body);
    await expectRefused(UNSUCCESSFUL, { token: JSON.parse(text).access_token });
  });

  it("an app without rights in Exchange", () => {
    scene.world.roleAssignments = [];
    return expectRefused(UNSUCCESSFUL);
  });

  it("SMTP AUTH off for the mailbox is said before rights are looked at", () => {
    scene.world.roleAssignments = [];
    scene.anna.clientAccess.smtpClientAuthenticationDisabled = true;
    return expectRefused(
      new RegExp(
        `^535 5\\.7\\.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox\\. Visit https://aka\\.ms/smtp_auth_disabled for more information\\. ${MARK}$`,
      ),
    );
  });

  it("SMTP AUTH off for the tenant", () => {
    scene.anna.clientAccess.smtpClientAuthenticationDisabled = null;
    return expectRefused(/^535 5\.7\.139 .* disabled for the Tenant\. Visit/);
  });

  it("LOGIN by name and password, in either form", async () => {
    const { anna, password } = scene;
    const asked = ["334 UGFzc3dvcmQ6", "235 2.7.0 Authentication successful"];
    const lines = await scene.say(...login(anna.address.toUpperCase(), password));
    assert.deepEqual(lines.slice(-4, -1), ["334 VXNlcm5hbWU6", ...asked]);
    const name = base64(anna.address);
    const short = await scene.say("EHLO host", `AUTH LOGIN ${name}`, base64(password), "QUIT");
    assert.deepEqual(short.slice(-3, -1), asked);
    const { accepted } = await scene.send({ password });
    assert.equal(accepted, true);
    assert.equal((await scene.lab.waitForMail(1, 3000)).length, 1);
  });

  it("LOGIN with a wrong password", () => expectRefused(CRITERIA, { password: "wrong" }));

  it("LOGIN of a disabled account", async () => {
    const { anna, password, world } = scene;
    const user = world.directory.users.find(({ id }) => id === anna.externalDirectoryObjectId);
    assert.ok(user);
    user.accountEnabled = false;
    await expectRefused(CRITERIA, { password });
    user.accountEnabled = true;
  });

  it("LOGIN where basic authentication is off, and by security defaults", async () => {
    const { password, world } = scene;
    world.organization.securityDefaults = true;
    await expectRefused(
      new RegExp(
        `^535 5\\.7\\.139 Authentication unsuccessful, user is locked by your organization's security defaults policy\\. Contact your administrator\\. ${MARK}$`,
      ),
      { password },
    );
    world.organization.securityDefaults = false;
    const [time, name] = ["2023-01-01T00:00:00.000Z", "no basic"];
    world.authenticationPolicies.push({
      guid: "00000000-0000-4000-8000-000000000003",
      name,
      allowBasicAuthSmtp: false,
      whenCreated: time,
      whenChanged: time,
    });
    world.organization.defaultAuthenticationPolicy = name;
    await expectRefused(
      new RegExp(
        `^535 5\\.7\\.139 Authentication unsuccessful, basic authentication is disabled\\. ${MARK}$`,
      ),
      { password },
    );
    assert.equal((await scene.send()).refusal, "", "a token is no basic authentication");
    world.authenticationPolicies.length = 0;
    world.organization.defaultAuthenticationPolicy = null;
  });

  it("an aborted LOGIN", async () => {
    const lines = await scene.say("EHLO host", "AUTH LOGIN", "*", "QUIT");
    assert.equal(last(lines), "501 5.7.0 Authentication aborted");
  });

  it("no credential stands in the log", async () => {
    const { anna, token, password, lab } = scene;
    await scene.say("EHLO host", "AUTH XOAUTH2", xoauth2(anna.address, token), "QUIT");
    await scene.say(...login(anna.address, password));
    const log = JSON.stringify(lab.log.events()).toUpperCase();
    const texts = [token, password, base64(password), xoauth2(anna.address, token)];
    for (const text of texts) assert.ok(!log.includes(text.toUpperCase()));
    assert.ok(lab.log.count({ service: "submission", what: "AUTH" }) >= 4);
    assert.equal(lab.log.count({ service: "smtp" }), 0);
  });

  it("a fault strikes at AUTH", async () => {
    const line = "454 4.7.0 Temporary authentication failure";
    scene.lab.faults.inject({
      where: { service: "smtp", match: "AUTH" },
      what: { kind: "smtp", line },
    });
    assert.equal((await scene.send()).refusal, line);
    assert.equal((await scene.send()).refusal, "");
  });

  it("the token is good for its lifetime, and no longer", async () => {
    const { lab } = scene;
    await lab.clock.advance(5400_000);
    await expectRefused(UNSUCCESSFUL);
    assert.equal((await scene.send({ token: await tokenOf(lab) })).refusal, "");
  });
});
