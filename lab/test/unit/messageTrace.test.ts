// The message trace: what Exchange records of each message that it took, and what Get-MessageTraceV2 shows of it.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { CmdletError } from "../../src/lab.ts";
import { DIRECTORY_ROLES } from "../../src/world/directoryRoles.ts";
import { makeWorld } from "../../src/world/make.ts";
import { comparableWorld } from "../../story/world.ts";
import { makeExchangeBench } from "./bench.ts";
import { openSubmissionScene, type SubmissionScene } from "./submissionScene.ts";

type Row = Record<string, unknown>;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("the message trace", () => {
  let scene: SubmissionScene;
  let erp: string;
  before(async () => {
    scene = await openSubmissionScene("message trace");
    const { addresses, tenant } = scene.world;
    erp = `erp@${tenant.domain}`;
    scene.lab.admin("New-InboundConnector", {
      ...{ Name: "relay & co", SenderDomains: ["*"], ConnectorType: "OnPremises" },
      SenderIPAddresses: [addresses.customer[0]],
    });
  });
  after(() => scene.lab.close());
  beforeEach(async () => {
    await scene.reset();
    scene.world.messageTrace = { messages: [], queries: { cmdlets: [], graph: [] } };
    Object.assign(scene.world.settings, { traceDelayMs: 0, traceSendEvent: "Send" });
  });

  const trace = (parameters: Row = {}): Row[] => scene.lab.admin("Get-MessageTraceV2", parameters);
  const detail = ({ MessageTraceId, RecipientAddress }: Row, more: Row = {}): Row[] =>
    scene.lab.admin("Get-MessageTraceDetailV2", { MessageTraceId, RecipientAddress, ...more });
  const iso = (ms: number) => new Date(scene.lab.clock.now().getTime() + ms).toISOString();
  const text = (id: string, subject = "test") =>
    `From: ${erp}\r\nTo: x\r\nSubject: ${subject}\r\nMessage-ID: <${id}@erp>\r\n\r\nhello\r\n`;
  async function relay(to: string[], message = text("1"), from = erp): Promise<void> {
    const { lab, world } = scene;
    const envelope = { from, to };
    const client = { from: world.addresses.customer[0], helo: `erp.${world.tenant.domain}` };
    assert.equal((await lab.submit({ ...client, envelope, message })).refusal, "");
    await lab.settle();
  }
  const events = (row: Row | undefined) => detail(row ?? {}).map(({ Event }) => Event);

  it("has a relayed message with its connector, the host outside and its reply", async () => {
    await relay([scene.bea]);
    const { addresses, outside } = scene.world;
    const [row, ...others] = trace({ MessageId: "<1@erp>" });
    assert.deepEqual(others, []);
    assert.deepEqual(
      { ...row, Received: "", MessageTraceId: "" },
      {
        ...{ Received: "", SenderAddress: erp, RecipientAddress: scene.bea, Subject: "test" },
        ...{ Status: "Delivered", ToIP: addresses.outsideMx, FromIP: addresses.customer[0] },
        ...{ Size: text("1").length, MessageId: "<1@erp>", MessageTraceId: "" },
      },
    );
    assert.match(scene.lab.mailbox()[0]?.raw ?? "", new RegExp(String(row?.MessageTraceId)));
    const [received, sent] = detail(row ?? {});
    assert.deepEqual([received?.Event, sent?.Event], ["Receive", "Send"]);
    assert.match(String(received?.Detail), /^Message received by: \S+ using TLS1\.3 with AES256$/);
    assert.match(
      String(received?.Data),
      /^<root>.*<MEP Name="CustomData" Blob="[^"]*S:InboundConnectorData=Name=relay &amp; co" \/><\/root>$/,
    );
    assert.ok(String(sent?.Detail).includes(`${outside.mxHost} at ${addresses.outsideMx}`));
    assert.match(String(sent?.Data), /Name="OutboundIpPoolName" String="\w+"/);
    assert.match(String(sent?.Data), /Name="RecipientStatus" String="250 /);
  });

  it("has what a mailbox submitted: one copy outside, one inside, one to nobody", async () => {
    const { anna, postmaster, bea, world } = scene;
    const nobody = `nobody@${world.tenant.domain}`;
    const to = [bea, postmaster.address, nobody];
    assert.equal((await scene.send({ to })).refusal, "");
    await scene.lab.settle();
    const rows = trace({ SenderAddress: anna.address });
    const of = (address: string) => rows.find((row) => row.RecipientAddress === address);
    assert.equal(rows.length, 3);
    assert.equal(new Set(rows.map(({ MessageTraceId }) => MessageTraceId)).size, 1);
    assert.deepEqual(events(of(bea)), ["Receive", "Send"]);
    assert.deepEqual(events(of(postmaster.address)), ["Receive", "Deliver"]);
    assert.deepEqual(
      [of(postmaster.address)?.Status, of(postmaster.address)?.ToIP],
      ["Delivered", ""],
    );
    assert.equal(of(nobody)?.Status, "Failed");
    const [received, failed] = detail(of(nobody) ?? {});
    assert.doesNotMatch(String(received?.Data), /InboundConnectorData/);
    assert.match(
      String(failed?.Detail),
      /^Reason: \[\{LED=550 5\.1\.10 .*\};\{MSG=\};\{FQDN=\};\{IP=\};\{LRT=\}\]$/,
    );
  });

  it("has an inside mailbox's mail that no connector claims", async () => {
    const { lab, world, anna } = scene;
    const result = await lab.submit({
      ...{ from: world.addresses.stranger, helo: "mx.stranger.example" },
      envelope: { from: "", to: [anna.address] },
      message: text("in"),
    });
    assert.equal(result.refusal, "");
    const [row] = trace({ RecipientAddress: anna.address, FromIP: world.addresses.stranger });
    assert.equal(row?.SenderAddress, "<>");
    assert.deepEqual(events(row), ["Receive", "Deliver"]);
    assert.doesNotMatch(String(detail(row ?? {})[0]?.Data), /InboundConnectorData/);
  });

  it("has what the outside refused after Exchange's 250, and with which reply", async () => {
    const { addresses, outside } = scene.world;
    await relay([`nobody@${outside.domain}`]);
    const [row] = trace({ Status: "Failed" });
    assert.equal(row?.ToIP, addresses.outsideMx);
    const [, failed] = detail(row ?? {});
    const [entry] = scene.world.queue;
    assert.ok(entry?.lastReply.startsWith("5"));
    assert.ok(String(failed?.Detail).startsWith(`Reason: [{LED=${entry?.lastReply}};{MSG=};`));
    assert.ok(String(failed?.Detail).endsWith(`OutboundProxyTargetHostName: ${outside.mxHost}`));
  });

  it("goes with a report to the mailbox whose mail the outside refused, and to nobody else", async () => {
    const { anna, postmaster, world } = scene;
    const nobody = `nobody@${world.outside.domain}`;
    await relay([nobody]);
    assert.deepEqual([anna.messages, postmaster.messages], [[], []]);
    assert.equal((await scene.send({ to: [nobody, scene.bea] })).refusal, "");
    await scene.lab.settle();
    assert.equal(anna.messages.length, 1);
    const [{ raw = "", envelope } = {}] = anna.messages;
    assert.deepEqual(envelope, { from: "", to: [anna.address] });
    assert.match(raw, /^Content-Type: multipart\/report; report-type=delivery-status;/m);
    const status = raw.slice(raw.indexOf("Final-Recipient:")).split("\r\n");
    assert.deepEqual(status.slice(0, 5), [
      ...[`Final-Recipient: rfc822;${nobody}`, "Action: failed", "Status: 5.1.1"],
      `Diagnostic-Code: smtp;${world.queue[1]?.lastReply}`,
      `Remote-MTA: dns;${world.outside.mxHost}`,
    ]);
    assert.ok(!raw.includes(`rfc822;${scene.bea}`));
  });

  it("has what waits as pending, and what then became of it", async () => {
    scene.lab.faults.inject({
      where: { service: "mx", match: "RCPT" },
      what: { kind: "smtp", line: "451 4.7.1 Try again later" },
    });
    await relay([scene.bea]);
    const [row] = trace({ Status: ["Pending", "GettingStatus"] });
    assert.equal(row?.Status, "Pending");
    assert.match(String(detail(row ?? {}, { Event: "DEFER" })[0]?.Detail), /LED=451 4\.7\.1 Try/);
    await scene.lab.clock.advance(60_000);
    await scene.lab.waitForMail(1, 3000);
    await scene.lab.settle();
    assert.deepEqual(events(trace()[0]), ["Receive", "Defer", "Send"]);
    assert.equal(trace()[0]?.Status, "Delivered");
  });

  it("names the event of a sent message as the tenant does, and finds it by either name", async () => {
    await relay([scene.bea]);
    const [row] = trace();
    for (const name of ["Send", "Send external"] as const) {
      scene.world.settings.traceSendEvent = name;
      const found = detail(row ?? {}, { Event: ["SEND"] });
      assert.deepEqual(
        found.map(({ Event }) => Event),
        [name],
      );
    }
  });

  it("shows each event after the trace's delay", async () => {
    scene.world.settings.traceDelayMs = 180_000;
    await relay([scene.bea]);
    assert.deepEqual(trace(), []);
    await scene.lab.clock.advance(180_000);
    assert.equal(trace().length, 1);
  });

  it("finds by each parameter, and nothing else", async () => {
    const { bea, carl, world } = scene;
    const crm = `crm@${world.tenant.domain}`;
    await relay([bea], text("1", "Invoice 1"));
    await relay([carl], text("2", "Order 2"), crm);
    const [second] = trace({ MessageId: "<2@erp>" });
    assert.equal(second?.SenderAddress, crm);
    const id = String(second?.MessageTraceId);
    const bySubject = (Subject: string, SubjectFilterType: string) => ({
      Subject,
      SubjectFilterType,
    });
    for (const [parameters, expected] of [
      [{}, ["<1@erp>", "<2@erp>"]],
      [{ SenderAddress: erp.toUpperCase() }, ["<1@erp>"]],
      [{ RecipientAddress: [carl] }, ["<2@erp>"]],
      [{ RecipientAddress: [carl, bea] }, ["<1@erp>", "<2@erp>"]],
      [{ MessageId: "1@erp" }, []],
      [{ MessageTraceId: id }, ["<2@erp>"]],
      [{ MessageTraceId: id.replaceAll("-", "").toUpperCase() }, ["<2@erp>"]],
      [{ Status: "Delivered" }, ["<1@erp>", "<2@erp>"]],
      [{ Status: ["Failed", "Pending"] }, []],
      [bySubject("voice", "Contains"), ["<1@erp>"]],
      [bySubject("order", "StartsWith"), ["<2@erp>"]],
      [bySubject("order", "EndsWith"), []],
      [bySubject("1", "EndsWith"), ["<1@erp>"]],
      [{ FromIP: world.addresses.customer[0] }, ["<1@erp>", "<2@erp>"]],
      [{ FromIP: world.addresses.stranger }, []],
      [{ ToIP: world.addresses.outsideMx }, ["<1@erp>", "<2@erp>"]],
      [{ ToIP: world.addresses.stranger }, []],
      [{ StartDate: iso(-HOUR), EndDate: iso(HOUR) }, ["<1@erp>", "<2@erp>"]],
      [{ StartDate: iso(-2 * HOUR), EndDate: iso(-HOUR) }, []],
    ] as const) {
      const found = trace(parameters).map(({ MessageId }) => String(MessageId));
      assert.deepEqual(found.toSorted(), expected, JSON.stringify(parameters));
    }
  });

  it("goes back 48 hours without times, and reads on from the last row", async () => {
    const { bea, carl } = scene;
    await relay([carl, bea]);
    const [first, ...rest] = trace({ ResultSize: 1 });
    assert.deepEqual(rest, []);
    const next = { EndDate: first?.Received, StartingRecipientAddress: first?.RecipientAddress };
    const [second, ...none] = trace(next);
    assert.deepEqual(
      [none, [first, second].map((row) => row?.RecipientAddress)],
      [[], [bea, carl]],
    );
    await scene.lab.clock.advance(2 * DAY + HOUR);
    assert.deepEqual(trace(), []);
    assert.equal(trace({ StartDate: iso(-3 * DAY), EndDate: iso(0) }).length, 2);
    assert.deepEqual(detail(first ?? {}), []);
    assert.equal(detail(first ?? {}, { StartDate: iso(-3 * DAY) }).length, 2);
  });

  it("forgets after 90 days, and keeps a bounded number", async () => {
    await relay([scene.bea]);
    const [old] = scene.world.messageTrace.messages;
    assert.ok(old);
    scene.world.messageTrace.messages = Array.from({ length: 2500 }, () => old);
    await relay([scene.carl]);
    assert.equal(scene.world.messageTrace.messages.length, 2000);
    await scene.lab.clock.advance(91 * DAY);
    await relay([scene.carl]);
    assert.equal(scene.world.messageTrace.messages.length, 1);
  });

  it("refuses what Exchange refuses, and counts none of it", async () => {
    await relay([scene.bea]);
    const kept = scene.state();
    for (const [parameters, words] of [
      [{ ResultSize: 0 }, /from 1 to 5000/],
      [{ ResultSize: 5001 }, /from 1 to 5000/],
      [{ StartDate: iso(-91 * DAY), EndDate: iso(-85 * DAY) }, /older than 90 days from today/],
      [{ StartDate: iso(-11 * DAY), EndDate: iso(0) }, /more than 10 days/],
      [{ StartDate: iso(0), EndDate: iso(-HOUR) }, /later than the EndDate/],
      [{ StartDate: "yesterday" }, /ExDateTime/],
      [{ MessageTraceId: "1" }, /System\.Guid/],
      [{ Status: "Lost" }, /Unable to match the identifier name/],
      [{ Subject: "x" }, /must be used together/],
      [{ SubjectFilterType: "Contains" }, /must be used together/],
      [{ Subject: "x", SubjectFilterType: "Is" }, /Unable to match the identifier name/],
      [{ StartingRecipientAddress: scene.bea }, /needs the EndDate/],
    ] as const) {
      assert.throws(
        () => trace(parameters),
        (error) => error instanceof CmdletError && words.test(error.message),
        JSON.stringify(parameters),
      );
    }
    const id = trace()[0]?.MessageTraceId;
    scene.world.messageTrace.queries.cmdlets = [];
    for (const parameters of [{}, { MessageTraceId: id }, { RecipientAddress: scene.bea }]) {
      assert.throws(() => scene.lab.admin("Get-MessageTraceDetailV2", parameters), /mandatory/);
    }
    assert.deepEqual(scene.state(), kept);
  });

  it("answers 100 queries in five minutes", async () => {
    for (let query = 0; query < 100; query += 1) trace();
    const kept = scene.state();
    assert.throws(() => trace(), /Too many requests/);
    assert.deepEqual(scene.state(), kept);
    await scene.lab.clock.advance(5 * 60_000 + 1);
    assert.deepEqual(trace(), []);
  });

  it("is in the dump, and not in what a stack is compared by", async () => {
    const before = comparableWorld(scene.lab);
    await relay([scene.bea]);
    assert.match(JSON.stringify(scene.lab.dump().messageTrace), /<1@erp>/);
    assert.equal(comparableWorld(scene.lab), before);
  });
});

describe("who may trace messages", () => {
  for (const [role, status] of [
    ["Exchange Administrator", 200],
    ["Global Reader", 200],
    ["Exchange Recipient Administrator", 403],
    ["Security Reader", 403],
  ] as const) {
    it(`${role}: ${status}`, async () => {
      const bench = await makeExchangeBench("who traces");
      bench.world.deployer.directoryRoles = [DIRECTORY_ROLES[role]];
      await bench.renewToken();
      const MessageTraceId = makeWorld("any").tenant.id;
      const calls = [
        await bench.post({ CmdletInput: { CmdletName: "Get-MessageTraceV2", Parameters: {} } }),
        await bench.post({
          CmdletInput: {
            CmdletName: "Get-MessageTraceDetailV2",
            Parameters: { MessageTraceId, RecipientAddress: "a@b.example" },
          },
        }),
      ];
      assert.deepEqual(
        calls.map((call) => call.status),
        [status, status],
      );
    });
  }
});
