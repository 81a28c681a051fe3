// The limits of what the whole tenant sends outside, and of a message's size and recipients, at port 587 and at port 25.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { loopbackOf } from "../../src/world/nat.ts";
import type { Sku } from "../../src/world/world.ts";
import { openSubmissionScene, type SubmissionScene } from "./submissionScene.ts";
import { talk } from "./talk.ts";

const HOUR = 60 * 60_000;
const TENANT =
  "550 5.7.233 - Your message can't be sent because your tenant has exceeded its daily limit for sending email to external recipients (tenant external recipient rate limit).";
const TRIAL = TENANT.replace("5.7.233", "5.7.232").replace("your tenant", "your trial tenant");

describe("limits of tenant and message", () => {
  let scene: SubmissionScene;
  let skus: Sku[];
  before(async () => {
    scene = await openSubmissionScene("tenant limit");
    skus = structuredClone(scene.world.tenant.skus);
    scene.lab.admin("New-InboundConnector", {
      ...{ Name: "erp", SenderDomains: ["*"], ConnectorType: "OnPremises" },
      SenderIPAddresses: [scene.world.addresses.customer[0]],
    });
    Object.assign(scene.world.settings, { traceDelayMs: 0, traceSendEvent: "Send" });
  });
  after(() => scene.lab.close());
  beforeEach(async () => {
    await scene.reset();
    scene.world.tenant.skus = structuredClone(skus);
    scene.world.messageTrace.messages = [];
  });

  const now = () => scene.lab.clock.now().toISOString();
  /** The tenant with so many licences of each of these SKUs. */
  const licensed = (...counts: { enabled: number; isTrial?: boolean; plan?: string }[]) => {
    scene.world.tenant.skus = counts.map(({ enabled, isTrial = false, plan }, index) => ({
      ...{ skuId: `sku-${index}`, skuPartNumber: `SKU${index}`, consumed: 0, enabled, isTrial },
      servicePlans: [
        { servicePlanId: `plan-${index}`, servicePlanName: plan ?? "EXCHANGE_S_STANDARD" },
      ],
    }));
  };
  /** As if the tenant had sent to so many outside just now. */
  const sent = (recipients: number) => {
    scene.world.submission.outside = [{ at: now(), recipients }];
  };
  const relay = (
    to: string[] = [scene.bea],
    body = "hello",
    from = `erp@${scene.world.tenant.domain}`,
  ) =>
    scene.lab.submit({
      from: scene.world.addresses.customer[0],
      helo: `erp.${scene.world.tenant.domain}`,
      envelope: { from, to },
      message: `From: erp@${scene.world.tenant.domain}\r\nSubject: x\r\n\r\n${body}\r\n`,
    });
  /** Replies of the trace to what was given up. */
  const failures = () =>
    scene.lab.admin("Get-MessageTraceV2", { Status: "Failed" }).map((row) => {
      const [detail] = scene.lab
        .admin("Get-MessageTraceDetailV2", {
          MessageTraceId: row.MessageTraceId,
          RecipientAddress: row.RecipientAddress,
        })
        .filter(({ Event }) => Event === "Fail");
      return /\{LED=(.*?)\};/.exec(String(detail?.Detail))?.[1];
    });
  const left = async () => {
    await scene.lab.settle();
    return scene.world.queue.length;
  };

  const limits: [string, Parameters<typeof licensed>, number, string][] = [
    ["one licence", [{ enabled: 1 }], 10_000, TENANT],
    ["ten licences", [{ enabled: 10 }], 12_006, TENANT],
    ["ten licences of two SKUs", [{ enabled: 4 }, { enabled: 6 }], 12_006, TENANT],
    ["a licence beside trials", [{ enabled: 1 }, { enabled: 99, isTrial: true }], 10_000, TENANT],
    [
      "a licence beside others without Exchange",
      [{ enabled: 1 }, { enabled: 99, plan: "TEAMS1" }],
      10_000,
      TENANT,
    ],
    ["trials alone", [{ enabled: 25, isTrial: true }], 5000, TRIAL],
  ];
  for (const [what, counts, limit, words] of limits) {
    it(`${what}: the last of ${limit} recipients a day leaves, the next comes back`, async () => {
      licensed(...counts);
      sent(limit - 1);
      assert.equal((await scene.send()).refusal, "");
      assert.equal(await left(), 1);
      assert.equal((await scene.send()).refusal, "", "it is said in a bounce");
      assert.equal(await left(), 1);
      assert.equal(scene.anna.messages.length, 1);
      assert.ok(scene.anna.messages[0]?.raw.includes(`Diagnostic-Code: smtp;${words}`));
      assert.deepEqual(failures(), [words]);
    });
  }

  it("counts what connectors relay with what mailboxes send, and stops both", async () => {
    licensed({ enabled: 1 });
    sent(9998);
    assert.equal((await scene.send()).refusal, "");
    assert.equal((await relay()).refusal, "");
    assert.equal(await left(), 2);
    assert.equal((await relay()).refusal, "");
    assert.equal((await scene.send()).refusal, "");
    assert.equal(await left(), 2);
    assert.deepEqual(failures(), [TENANT, TENANT]);
  });

  it("counts each recipient outside, and no recipient inside", async () => {
    licensed({ enabled: 1 });
    sent(9999);
    const { bea, carl, postmaster } = scene;
    assert.equal((await relay([bea, carl, postmaster.address])).refusal, "");
    assert.equal(await left(), 0);
    assert.equal(postmaster.messages.length, 1);
    assert.deepEqual(failures(), [TENANT, TENANT]);
    assert.equal((await relay([postmaster.address])).refusal, "");
    assert.equal(postmaster.messages.length, 2);
    assert.equal((await relay([bea])).refusal, "");
    assert.equal(await left(), 1);
  });

  it("forgets what is a day old", async () => {
    licensed({ enabled: 1 });
    sent(10_000);
    await scene.lab.clock.advance(24 * HOUR);
    assert.equal((await relay()).refusal, "");
    assert.equal(await left(), 1);
    assert.deepEqual(
      scene.world.submission.outside?.map(({ recipients }) => recipients),
      [1],
    );
  });

  it("counts nothing that a mail flow rule keeps inside", async () => {
    licensed({ enabled: 1 });
    sent(9999);
    scene.lab.admin("New-TransportRule", {
      ...{ Name: "no", SubjectContainsWords: ["x", "test"], RejectMessageReasonText: "no" },
    });
    assert.equal((await relay()).refusal, "");
    assert.equal((await scene.send()).refusal, "");
    scene.lab.admin("Remove-TransportRule", { Identity: "no", Confirm: false });
    assert.equal(await left(), 0);
    assert.equal((await relay()).refusal, "");
    assert.equal(await left(), 1);
  });

  it("a hundred recipients outside a day from onmicrosoft.com, of all senders together", async () => {
    const { world, carl, anna } = scene;
    const own = `erp@${world.tenant.initialDomain}`;
    const words =
      "550 5.7.236 - Your message can't be sent because your tenant has exceeded its daily limit for sending email from onmicrosoft.com to external recipients.";
    anna.emailAddresses.push(`SMTP:anna@${world.tenant.initialDomain}`);
    const [address] = [anna.address];
    for (let count = 0; count < 98; count += 1) await relay([carl], "hello", own);
    anna.address = `anna@${world.tenant.initialDomain}`;
    const byMailbox = { user: anna.address, message: `From: ${anna.address}\r\n\r\nhello\r\n` };
    assert.equal((await scene.send(byMailbox)).refusal, "");
    assert.equal((await relay([carl], "hello", own.toUpperCase())).refusal, "");
    assert.equal(await left(), 100);
    assert.equal((await relay([carl, scene.postmaster.address], "hello", own)).refusal, "");
    assert.equal((await scene.send(byMailbox)).refusal, "");
    anna.address = address;
    anna.emailAddresses.pop();
    assert.equal(await left(), 100);
    assert.equal(scene.postmaster.messages.length, 1, "it holds for recipients outside alone");
    assert.deepEqual(failures(), [words, words]);
    assert.equal((await relay()).refusal, "");
    assert.equal(await left(), 101, "other domains may send on");
    await scene.lab.clock.advance(24 * HOUR);
    assert.equal((await relay([carl], "hello", own)).refusal, "");
    assert.equal(await left(), 102);
  });

  it("1,188 messages an hour of one sender to a mailbox, and 3,600 of all; mailboxes may send on", async () => {
    const { postmaster, world } = scene;
    const to = [postmaster.address];
    const erp = `erp@${world.tenant.domain}`;
    assert.equal((await relay(to)).refusal, "");
    const [one] = postmaster.messages;
    assert.ok(one);
    const fill = (count: number, from: string) => {
      for (let index = 0; index < count; index += 1) {
        postmaster.messages.push({ ...one, envelope: { from, to } });
      }
    };
    fill(1186, erp);
    assert.equal((await relay(to)).refusal, "");
    assert.equal(postmaster.messages.length, 1188);
    assert.equal((await relay(to, "hello", erp.toUpperCase())).refusal, "");
    assert.equal(postmaster.messages.length, 1188);
    assert.deepEqual(failures(), [
      "550 5.2.121 Recipient's per hour message receive limit from specific sender exceeded",
    ]);
    world.messageTrace.messages = [];
    const other = `mill@${world.tenant.domain}`;
    assert.equal((await relay(to, "hello", other)).refusal, "");
    fill(3600 - 1190, "somebody@other.example");
    assert.equal((await relay(to, "hello", other)).refusal, "");
    assert.equal(postmaster.messages.length, 3600);
    assert.equal((await relay(to, "hello", other)).refusal, "");
    assert.equal(postmaster.messages.length, 3600);
    assert.deepEqual(failures(), [
      "550 5.2.122 Recipient's per hour message receive limit exceeded",
    ]);
    assert.equal((await scene.send({ to })).refusal, "");
    assert.equal(postmaster.messages.length, 3601);
    await scene.lab.clock.advance(HOUR);
    assert.equal((await relay(to)).refusal, "");
    assert.equal(postmaster.messages.length, 3602);
  });

  it("a thousand recipients of a relayed message", async () => {
    const lines = await talk(scene.lab.ports.smtp, loopbackOf(scene.world.addresses.customer[0]), [
      "EHLO host",
      `MAIL FROM:<erp@${scene.world.tenant.domain}>`,
      ...Array.from({ length: 1001 }, (_, index) => `RCPT TO:<r${index}@x${index % 6}.example>`),
      "QUIT",
    ]);
    assert.equal(lines.filter((line) => line === "250 2.1.5 Recipient OK").length, 1000);
    assert.equal(lines.at(-2), "452 4.5.3 Too many recipients");
  });

  it("two hundred recipients of one domain in a relayed message", async () => {
    const lines = await talk(scene.lab.ports.smtp, loopbackOf(scene.world.addresses.customer[0]), [
      "EHLO host",
      `MAIL FROM:<erp@${scene.world.tenant.domain}>`,
      ...Array.from({ length: 201 }, (_, index) => `RCPT TO:<r${index}@x.example>`),
      "RCPT TO:<r@y.example>",
      "QUIT",
    ]);
    assert.equal(lines.filter((line) => line === "250 2.1.5 Recipient OK").length, 201);
    assert.equal(lines.at(-3), "452 4.5.3 Too many recipients");
  });

  const TOO_LARGE =
    "550 5.2.3 RESOLVER.RST.SendSizeLimit.Sender; message too large for this sender";
  it("a message as large as a mailbox sends, and one octet more", async () => {
    const message = scene.message();
    scene.anna.maxSendSize = message.length;
    assert.equal((await scene.send()).refusal, "");
    assert.equal(await left(), 1);
    assert.equal((await scene.send({ message: `${message}x` })).refusal, "");
    assert.equal(await left(), 1);
    assert.deepEqual(failures(), [TOO_LARGE]);
    delete scene.anna.maxSendSize;
  });

  it("35 MB are what a mailbox sends, unless that was changed", async () => {
    const message = scene.message();
    const lines = `${"x".repeat(998)}\r\n`.repeat((35 * 1024 ** 2) / 1000 + 1);
    assert.equal((await scene.send({ message: message + lines })).refusal, "");
    assert.equal(await left(), 0);
    assert.deepEqual(failures(), [TOO_LARGE]);
  });

  it("a message as large as a mailbox receives, and one octet more", async () => {
    const { postmaster, bea } = scene;
    const to = [postmaster.address, bea];
    assert.equal((await relay(to)).refusal, "");
    const [first] = scene.lab.admin("Get-MessageTraceV2", {});
    postmaster.maxReceiveSize = Number(first?.Size);
    assert.equal((await relay(to)).refusal, "");
    assert.equal(postmaster.messages.length, 2);
    assert.equal((await relay(to, "hello!")).refusal, "");
    assert.equal(postmaster.messages.length, 2);
    assert.equal(await left(), 3, "the others get it");
    const words = "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient";
    assert.deepEqual(failures(), [words]);
    assert.equal(
      (await scene.send({ to, message: `${scene.message()}${"x".repeat(500)}` })).refusal,
      "",
    );
    assert.deepEqual(failures(), [words, words]);
    delete postmaster.maxReceiveSize;
  });
});
