import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { SendingAs } from "../../src/lab.ts";
import { QUOTAS } from "../../src/world/mailboxSize.ts";
import type { Mailbox, OutboundPolicy } from "../../src/world/recipients.ts";
import { openSubmissionScene, type SubmissionScene, xoauth2 } from "./submissionScene.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("client submission", () => {
  let scene: SubmissionScene;
  before(async () => {
    scene = await openSubmissionScene("submission");
  });
  after(() => scene.lab.close());
  beforeEach(() => scene.reset());

  const unfolded = (raw = "") => raw.split("\r\n\r\n")[0]?.replaceAll(/\r\n[ \t]+/g, " ") ?? "";
  const now = () => scene.lab.clock.now().toISOString();
  /** As if the mailbox had sent so much just now. */
  const sent = (count: number, internal = 0, external = 0) => {
    const message = { mailbox: scene.anna.address, at: now(), internal, external };
    for (let each = 0; each < count; each += 1) scene.world.submission.sent.push(message);
  };
  async function expectRefused(pattern: RegExp, change: Partial<SendingAs> = {}) {
    await scene.lab.settle();
    const before = scene.state();
    const { accepted, refusal } = await scene.send(change);
    assert.equal(accepted, false);
    assert.match(refusal, pattern);
    await scene.lab.settle();
    assert.deepEqual(scene.state(), before);
  }
  async function expectDelivered(change: Partial<SendingAs> = {}): Promise<string> {
    assert.equal((await scene.send(change)).refusal, "");
    const [arrived] = await scene.lab.waitForMail(1, 3000);
    return arrived?.raw ?? "";
  }
  /** It is accepted, nobody gets it, and the mailbox gets it back. */
  async function expectBounced(reason: string, change: Partial<SendingAs> = {}): Promise<string> {
    const count = scene.anna.messages.length;
    const queued = scene.world.queue.length;
    assert.equal((await scene.send(change)).refusal, "");
    await scene.lab.settle();
    assert.equal(scene.world.queue.length, queued);
    assert.equal(scene.anna.messages.length, count + 1);
    const raw = scene.anna.messages.at(-1)?.raw ?? "";
    assert.ok(raw.includes(`Diagnostic-Code: smtp;${reason}`), raw);
    return raw;
  }

  describe("accepted mail", () => {
    it("leaves signed, with the header of a mailbox's mail", async () => {
      const { world, anna, bea } = scene;
      const raw = await expectDelivered({
        message: scene.message(
          "Bcc: carl@hidden.example\r\nX-OriginatorOrg: forged\r\nX-Stays: 1\r\n",
        ),
      });
      const { tenant, addresses } = world;
      const [store = "", ...forest] = tenant.servers.mailbox.split(".");
      const [proxy, transport] = ["CA0056", "MB6494"].map((end) => store.replace(/MB\d+$/, end));
      const zone = forest.join("\\.");
      const DATE = "\\w{3}, \\d\\d \\w{3} \\d{4} [\\d:]{8} \\+0000";
      const GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
      const V6 = "\\([0-9a-f:]+\\)";
      const expected = [
        `DKIM-Signature: v=1; .*d=${tenant.initialDomain}; .*`,
        `Authentication-Results: dkim=none \\(message not signed\\) header\\.d=none;dmarc=none action=none header\\.from=${tenant.domain};`,
        `Received: from ${store}\\.${zone} ${V6} by ${transport}\\.${zone} ${V6} with Microsoft SMTP Server \\(version=TLS1_2, cipher=\\w+\\) id 15\\.20\\.[\\d.]+; ${DATE}`,
        `Received: from ${store}\\.${zone} \\(\\[fe80::[0-9a-f:]+\\]\\) by ${store}\\.${zone} \\(\\[fe80::[0-9a-f:]+%6\\]\\) with mapi id 15\\.20\\.[\\d.]+; ${DATE}`,
        `From: Anna <${anna.address}>`,
        `To: ${bea}`,
        "Subject: test",
        "X-Stays: 1",
        `Message-ID: <${GUID}@${store}\\.${zone}>`,
        `Date: ${DATE}`,
        `X-ClientProxiedBy: ${proxy}\\.${zone} ${V6} To ${store}\\.${zone} ${V6}`,
        `Received: from app\\.${tenant.domain} \\(${addresses.customer[0]}\\) by ${proxy}\\.${zone} ${V6} with Microsoft SMTP Server \\(version=TLS1_3, cipher=\\w+\\) id 15\\.20\\.[\\d.]+ via Frontend Transport; ${DATE}`,
        "X-MS-Exchange-MessageSentRepresentingType: 1",
        "X-MS-PublicTrafficType: Email",
        `X-MS-TrafficTypeDiagnostic: ${store}:EE_\\|${transport}:EE_`,
        `X-MS-Office365-Filtering-Correlation-Id: ${GUID}`,
        "X-MS-Exchange-SenderADCheck: 1",
        "X-MS-Exchange-AntiSpam-Relay: 0",
        "X-Microsoft-Antispam: BCL:0;ARA:[\\d|]+;",
        `X-Forefront-Antispam-Report: CIP:255\\.255\\.255\\.255;.*;H:${store}\\.${zone};.*DIR:OUT;SFP:1102;`,
        `X-OriginatorOrg: ${tenant.domain}`,
        `X-MS-Exchange-CrossTenant-Network-Message-Id: ${GUID}`,
        `X-MS-Exchange-CrossTenant-AuthSource: ${store}\\.${zone}`,
        "X-MS-Exchange-CrossTenant-AuthAs: Internal",
        "X-MS-Exchange-CrossTenant-OriginalArrivalTime: \\d\\d \\w{3} \\d{4} [\\d:]{8}\\.\\d{4} \\(UTC\\)",
        "X-MS-Exchange-CrossTenant-FromEntityHeader: Hosted",
        `X-MS-Exchange-CrossTenant-Id: ${tenant.id}`,
        "X-MS-Exchange-CrossTenant-MailboxType: HOSTED",
        `X-MS-Exchange-Transport-CrossTenantHeadersStamped: ${transport}`,
      ];
      const lines = unfolded(raw).split("\r\n");
      const ours = lines.slice(lines.findIndex((line) => line.startsWith("DKIM-Signature")));
      assert.equal(ours.length, expected.length, ours.join("\n"));
      for (const [index, line] of ours.entries()) {
        assert.match(line, new RegExp(`^${expected[index]}$`));
      }
      assert.doesNotMatch(raw, /OriginalAttributedTenantConnectingIp|forged|hidden/);
      assert.match(raw, /\r\n\r\nhello\r\n$/);
      assert.equal(world.queue[0]?.connector, null);
      assert.equal(world.queue[0]?.envelope.from, anna.address);
    });

    it("reaches a mailbox inside as Internal, by any of its addresses", async () => {
      const { postmaster, world } = scene;
      const alias = `help@${world.tenant.domain}`;
      postmaster.emailAddresses.push(`smtp:${alias}`);
      assert.equal((await scene.send({ to: [alias.toUpperCase()] })).refusal, "");
      postmaster.emailAddresses.pop();
      const [message] = postmaster.messages;
      assert.match(unfolded(message?.raw), /^X-MS-Exchange-Organization-AuthAs: Internal$/m);
      assert.doesNotMatch(message?.raw ?? "", /^Received-SPF|CrossTenant/m);
      assert.equal(message?.clientAddress, world.addresses.customer[0]);
      assert.deepEqual(world.queue, []);
    });

    it("reaches the members of a group inside, which counts as one recipient", async () => {
      const { anna, postmaster, world } = scene;
      const address = `staff@${world.tenant.domain}`;
      world.mailFlow.distributionGroups = [
        {
          ...{ address, members: [postmaster.address, anna.address] },
          requireSenderAuthentication: true,
        },
      ];
      assert.equal((await scene.send({ to: [address.toUpperCase()] })).refusal, "");
      world.mailFlow.distributionGroups = [];
      for (const { messages } of [postmaster, anna]) {
        assert.deepEqual(
          messages.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1]),
          ["test"],
        );
      }
      assert.equal(world.messageTrace.messages.at(-1)?.events.at(-1)?.event, "Expand");
      assert.deepEqual(
        world.submission.sent.map(({ internal, external }) => [internal, external]),
        [[1, 0]],
      );
    });

    it("a copy goes to Sent Items, unless that is off", async () => {
      const { anna, bea, carl, postmaster } = scene;
      await scene.send({ to: [bea, carl, postmaster.address] });
      const [copy] = anna.sentItems;
      assert.deepEqual(copy?.envelope, {
        from: anna.address,
        to: [bea, carl, postmaster.address],
      });
      assert.match(copy?.raw ?? "", /^From: Anna [\s\S]*\r\n\r\nhello\r\n$/);
      anna.messageCopyForSMTPClientSubmissionEnabled = false;
      await scene.send();
      assert.equal(anna.sentItems.length, 1);
      assert.equal((await scene.lab.waitForMail(3, 3000)).length, 3);
    });

    it("a recipient inside that is nobody's brings a bounce, the others get it", async () => {
      const { world, bea, anna } = scene;
      const nobody = `nobody@${world.tenant.domain}`;
      await expectDelivered({ to: [nobody, bea] });
      const [back] = anna.messages;
      assert.deepEqual(back?.envelope, { from: "", to: [anna.address] });
      assert.match(
        back?.raw ?? "",
        new RegExp(
          `Final-Recipient: rfc822;${nobody}\\r\\nAction: failed\\r\\nStatus: 5\\.1\\.10\\r\\nDiagnostic-Code: smtp;550 5\\.1\\.10 RESOLVER\\.ADR\\.RecipientNotFound; Recipient not found by SMTP address lookup\\r\\n`,
        ),
      );
      assert.match(back?.raw ?? "", /Content-Type: message\/rfc822\r\n\r\nFrom: Anna /);
      assert.equal(back?.raw.includes(`rfc822;${bea}`), false);
    });

    it("a message without From gets one", async () => {
      const raw = await expectDelivered({ message: "Subject: x\r\n\r\nhello\r\n" });
      assert.match(raw, new RegExp(`^From: ${scene.anna.address}\\r$`, "m"));
    });

    it("an alias is rewritten to the primary address", async () => {
      const { anna, world } = scene;
      const alias = `a.nna@${world.tenant.domain}`;
      anna.emailAddresses.push(`smtp:${alias}`);
      const message = `From: "x@${alias}" <${alias.toUpperCase()}>\r\n\r\nhello\r\n`;
      const raw = await expectDelivered({ from: alias, message });
      anna.emailAddresses.pop();
      assert.ok(raw.includes(`From: "x@${alias}" <${anna.address}>\r\n`), raw);
      assert.equal(world.queue[0]?.envelope.from, anna.address);
    });
  });

  describe("the sender", () => {
    const DENIED = (user: string, sender: string) =>
      new RegExp(
        `^554 5\\.2\\.252 SendAsDenied; ${user} not allowed to send as ${sender}; STOREDRV\\.Submission\\.Exception:SendAsDeniedException\\.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message \\[BeginDiagnosticData\\]Cannot submit message\\. 1\\.84300:0A000000`,
      );
    const froms: Record<string, (other: string, own: string) => string> = {
      "another mailbox's": (other) => `From: ${other}\r\n`,
      "a stranger's": () => "From: x@stranger.example\r\n",
      "a second author's": (other, own) => `From: ${own}, ${other}\r\n`,
      "a second From field's": (other, own) => `From: ${own}\r\nFrom: ${other}\r\n`,
      "behind the own as a name": (other, own) => `From: "${own}" <${other}>\r\n`,
      "in a group": (other) => `From: all: ${other};\r\n`,
      folded: (other) => `From: Post\r\n <${other}>\r\n`,
    };
    for (const [what, from] of Object.entries(froms)) {
      it(`in From: ${what} address is refused after DATA`, () => {
        const { postmaster, anna } = scene;
        const message = `${from(postmaster.address, anna.address)}Subject: x\r\n\r\nhello\r\n`;
        const sender = what === "a stranger's" ? "x@stranger\\.example" : postmaster.address;
        return expectRefused(DENIED(anna.address, sender), { message });
      });
    }
    it("MAIL FROM is judged too, and answered 250", async () => {
      const { postmaster, anna, bea, token, world } = scene;
      await expectRefused(DENIED(anna.address, postmaster.address), { from: postmaster.address });
      const lines = await scene.say(
        "EHLO host",
        `AUTH XOAUTH2 ${xoauth2(anna.address, token)}`,
        "MAIL FROM:<>",
        `RCPT TO:<${bea}>`,
        "DATA",
        `From: ${anna.address}\r\n\r\nhello\r\n.`,
        "QUIT",
      );
      assert.match(
        lines.slice(-5).join("\n"),
        /^250 2\.1\.0 .*\n250 2\.1\.5 .*\n354 .*\n554 5\.2\.252 /,
      );
      assert.deepEqual(world.queue, []);
    });
    it("with SendAs the other address is taken", async () => {
      const { postmaster, anna, world } = scene;
      world.recipientPermissions.push({
        mailbox: postmaster.address,
        trustee: anna.address,
        effectiveAt: "2023-01-01T00:00:00.000Z",
      });
      const message = `From: ${postmaster.address}\r\n\r\nhello\r\n`;
      const raw = await expectDelivered({ from: postmaster.address, message });
      assert.match(raw, new RegExp(`^Return-Path: <${postmaster.address}>`));
    });
    it("a mailbox that holds as much as it may sends nothing more", async () => {
      scene.anna.olderBytes = QUOTAS.send;
      await expectRefused(/^554 5\.2\.2 mailbox full; STOREDRV\.Submission\.Exception:/);
      scene.anna.olderBytes = 0;
      await expectDelivered();
    });

    it("a rule that rejects gives a mailbox its message back", async () => {
      const { lab, world, bea } = scene;
      lab.admin("New-TransportRule", {
        ...{ Name: "no", FromScope: "InOrganization", SentToScope: "NotInOrganization" },
        RejectMessageEnhancedStatusCode: "5.7.900",
      });
      await expectBounced("550 5.7.900 TRANSPORT.RULES.RejectMessage; the message was rejected", {
        to: [bea],
      });
      world.mailFlow.transportRules = [];
    });

    it("ten refusals throttle the mailbox, for what is left of an hour", async () => {
      const { postmaster, world, lab } = scene;
      const from = postmaster.address;
      for (let count = 0; count < 10; count += 1) await scene.send({ from });
      assert.equal(world.submission.errors.length, 10);
      await expectRefused(
        /^550 5\.2\.252 Sender throttled due to continuous send as denied errors\.$/,
      );
      assert.equal(world.submission.errors.length, 10);
      await lab.clock.advance(HOUR);
      await expectDelivered({ token: await scene.newToken() });
      await scene.send({ from, token: await scene.newToken() });
      assert.equal(world.submission.errors.length, 1);
    });
  });

  describe("limits", () => {
    it("a mailbox without a licence, where that is refused", async () => {
      const { world, anna } = scene;
      world.settings.unlicensedSubmission = "refused";
      await expectDelivered();
      const user = world.directory.users.find(({ id }) => id === anna.externalDirectoryObjectId);
      const licenses = user?.licenses.splice(0) ?? [];
      await expectRefused(/^554 5\.2\.253 InvalidLicense; /);
      assert.equal(world.submission.errors[0]?.kind, "invalid license");
      user?.licenses.push(...licenses);
    });

    it("a fourth session of a mailbox is refused, another mailbox's is not", async () => {
      const { lab, anna, postmaster, token, world } = scene;
      const sessions = await Promise.all([1, 2, 3].map(() => scene.open(anna.address)));
      const { refusal } = await scene.send();
      const store = world.tenant.servers.mailbox;
      assert.equal(
        refusal,
        `432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [Hostname=${store}]`,
      );
      assert.deepEqual(world.queue, []);
      postmaster.clientAccess.smtpClientAuthenticationDisabled = false;
      const other = { user: postmaster.address, token, to: [anna.address] };
      const message = `From: ${postmaster.address}\r\n\r\nhello\r\n`;
      assert.equal((await lab.sendAs({ ...other, message })).refusal, "");
      postmaster.clientAccess.smtpClientAuthenticationDisabled = null;
      await sessions[0]?.leave();
      assert.equal((await scene.send({ token: await scene.newToken() })).refusal, "");
      await Promise.all(sessions.slice(1).map((session) => session.leave()));
    });

    it("thirty messages a minute", async () => {
      sent(29);
      await expectDelivered();
      await expectRefused(/^432 4\.3\.2 STOREDRV\.ClientSubmit; sender thread limit exceeded$/);
      await scene.lab.clock.advance(MINUTE);
      assert.equal((await scene.send({ token: await scene.newToken() })).refusal, "");
    });

    it("five hundred recipients in a message", async () => {
      const { anna, token, world } = scene;
      const recipients = Array.from({ length: 501 }, (_, index) => `RCPT TO:<r${index}@x.example>`);
      const lines = await scene.say(
        "EHLO host",
        `AUTH XOAUTH2 ${xoauth2(anna.address, token)}`,
        `MAIL FROM:<${anna.address}>`,
        ...recipients,
        "QUIT",
      );
      assert.equal(lines.filter((line) => line === "250 2.1.5 Recipient OK").length, 500);
      assert.equal(lines.at(-2), "452 4.5.3 Too many recipients");
      assert.deepEqual(
        world.submission.errors.map(({ kind }) => kind),
        ["too many recipients"],
      );
    });

    it("a message that is announced too large", async () => {
      const { anna, token } = scene;
      const lines = await scene.say(
        "EHLO host",
        `AUTH XOAUTH2 ${xoauth2(anna.address, token)}`,
        `MAIL FROM:<${anna.address}> SIZE=157286401`,
        "QUIT",
      );
      assert.match(lines.at(-2) ?? "", /^552 5\.3\.4 /);
    });

    it("ten thousand recipients in a day; what goes over comes back", async () => {
      const { world, lab } = scene;
      sent(1, 4_000, 5_999);
      await lab.clock.advance(2 * MINUTE);
      await expectDelivered({ token: await scene.newToken() });
      const raw = await expectBounced(
        "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
        { token: await scene.newToken() },
      );
      assert.match(raw, /^Subject: Undeliverable: test\r$/m);
      await lab.clock.advance(24 * HOUR);
      await lab.settle();
      assert.equal((await scene.send({ token: await scene.newToken() })).refusal, "");
      await lab.settle();
      assert.equal(world.queue.length, 2);
      assert.equal(world.submission.sent.length, 1, "what is older than a day is forgotten");
    });

    const policy = (change: Partial<OutboundPolicy>, from: Mailbox): OutboundPolicy => ({
      guid: "00000000-0000-4000-8000-000000000004",
      name: "relay",
      adminDisplayName: "",
      recipientLimitExternalPerHour: 0,
      recipientLimitInternalPerHour: 0,
      recipientLimitPerDay: 0,
      actionWhenThresholdReached: "BlockUser",
      autoForwardingMode: "Automatic",
      rule: {
        guid: "00000000-0000-4000-8000-000000000005",
        name: "relay",
        priority: 0,
        enabled: true,
        from: [from.address],
      },
      isDefault: false,
      whenCreated: now(),
      whenChanged: now(),
      ...change,
    });
    const BLOCKED = "550 5.1.8 Access denied, bad outbound sender";
    const limits: [string, Partial<OutboundPolicy>, number, number][] = [
      ["outside an hour", { recipientLimitExternalPerHour: 5 }, 0, 5],
      ["inside an hour", { recipientLimitInternalPerHour: 5 }, 5, 0],
      ["in a day", { recipientLimitPerDay: 5 }, 2, 3],
    ];
    for (const [what, limit, internal, external] of limits) {
      it(`its outbound policy blocks a mailbox: recipients ${what}`, async () => {
        const { world, anna, lab, postmaster } = scene;
        world.outboundPolicies.push(policy(limit, anna));
        const to = external === 0 ? [postmaster.address] : [scene.bea];
        sent(1, Math.max(0, internal - 1), internal > 0 ? external : external - 1);
        assert.equal((await scene.send({ to })).refusal, "");
        assert.deepEqual(world.submission.restricted, []);
        await expectBounced(BLOCKED, { to });
        assert.deepEqual(world.submission.restricted, [{ mailbox: anna.address, until: null }]);
        await lab.clock.advance(48 * HOUR);
        await expectBounced(BLOCKED, { token: await scene.newToken() });
        world.outboundPolicies.pop();
      });
    }

    it("blocked for today ends with the day, and an alert blocks nothing", async () => {
      const { world, anna, lab } = scene;
      const limit = { recipientLimitPerDay: 5 };
      world.outboundPolicies.push(policy({ ...limit, actionWhenThresholdReached: "Alert" }, anna));
      sent(1, 0, 9);
      await expectDelivered();
      world.outboundPolicies.pop();
      const action = "BlockUserForToday";
      world.outboundPolicies.push(policy({ ...limit, actionWhenThresholdReached: action }, anna));
      await expectBounced(BLOCKED);
      const [{ until } = { until: null }] = world.submission.restricted;
      assert.match(until ?? "", /T00:00:00\.000Z$/);
      await lab.clock.advance(24 * HOUR + MINUTE);
      assert.equal((await scene.send({ token: await scene.newToken() })).refusal, "");
      assert.deepEqual(world.submission.restricted, []);
      world.outboundPolicies.pop();
    });

    it("another mailbox's policy, or one whose rule is off, blocks nothing", async () => {
      const { world, anna, postmaster } = scene;
      const limit = { recipientLimitPerDay: 1 };
      const off = policy(limit, anna);
      world.outboundPolicies.push(policy(limit, postmaster), {
        ...off,
        rule: off.rule && { ...off.rule, enabled: false },
      });
      sent(1, 0, 9);
      await expectDelivered();
      world.outboundPolicies.splice(-2);
    });
  });

  for (const verb of ["MAIL", "RCPT", "DATA"]) {
    it(`a fault strikes at ${verb}`, async () => {
      const line = "451 4.7.500 Server busy. Please try again later";
      scene.lab.faults.inject({
        where: { service: "smtp", match: verb },
        what: { kind: "smtp", line },
      });
      assert.equal((await scene.send()).refusal, line);
      await expectDelivered();
    });
  }

  it("nobody sends from an address that is not of this world", async () => {
    await assert.rejects(scene.send({ address: "192.0.2.77" }), /sendAs: nobody has the address/);
  });
});
