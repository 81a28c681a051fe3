// Exchange's message trace as Graph shows it.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { TRACE_APP_ID } from "../../src/graph/messageTrace.ts";
import { givenUp, sent, traceArrival, traceEvent } from "../../src/smtp/recordTrace.ts";
import { type GraphBench, makeGraphBench } from "./graphClient.ts";

const PATH = "/v1.0/admin/exchange/tracing/messageTraces";
const DAY = 24 * 3_600_000;
const IDS = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
const [BEA, CARL] = ["bea@outside.example", "o'carl@outside.example"] as const;
const SERVER = { name: "mx.outside.example", address: "203.0.113.7" };

describe("the message trace in Graph", () => {
  let bench: GraphBench;
  beforeEach(async () => {
    bench = await makeGraphBench("graph trace");
    bench.world.settings.traceDelayMs = 0;
    bench.world.settings.traceSendEvent = "Send";
    await bench.use(["Application.ReadWrite.All"]);
    const { status } = await bench.ask("POST", "/v1.0/servicePrincipals", { appId: TRACE_APP_ID });
    assert.equal(status, 201);
    await bench.use(["ExchangeMessageTrace.Read.All"]);
    const at = bench.clock.now();
    IDS.forEach((networkMessageId, index) => {
      traceArrival(bench.world, {
        arrival: { at, networkMessageId, clientAddress: `192.0.2.${index}`, tls: null },
        message: { fields: [`Subject: Rock and Roll ${index}`], body: "" },
        messageId: `<${index}@erp>`,
        sender: "erp@contoso.example",
        recipients: index === 0 ? [BEA, CARL] : [BEA],
        ...{ bytes: 100, host: "host", connector: { name: "relay", isInbound: true } },
      });
    });
    const [id = ""] = IDS;
    traceEvent(
      bench.world,
      { id, recipient: BEA },
      sent(at, { server: SERVER, pool: "normal" }, "250 ok"),
    );
    traceEvent(bench.world, { id, recipient: CARL }, givenUp(at, { code: 550, text: "5.1.1 no" }));
  });

  const iso = (ms: number) =>
    new Date(bench.clock.now().getTime() + ms).toISOString().replace(/\.\d+Z$/, "Z");
  const ask = (filter?: string, more = "") =>
    bench.ask("GET", `${PATH}?${filter ? `$filter=${encodeURIComponent(filter)}&` : ""}${more}`);
  const rows = async (filter?: string, more?: string): Promise<Record<string, unknown>[]> =>
    (await ask(filter, more)).body.value;
  const range = (from: number, to: number) =>
    `receivedDateTime ge ${iso(from)} and receivedDateTime le ${iso(to)}`;

  it("has a row for each recipient, and what happened on the way to one", async () => {
    const [first] = await rows(`id eq '${IDS[0]}' and recipientAddress eq '${BEA}'`);
    assert.deepEqual(
      { ...first, receivedDateTime: "" },
      {
        ...{ id: IDS[0], senderAddress: "erp@contoso.example", recipientAddress: BEA },
        ...{ messageId: "<0@erp>", receivedDateTime: "", subject: "Rock and Roll 0", size: 100 },
        ...{ fromIP: "192.0.2.0", toIP: SERVER.address, status: "delivered" },
      },
    );
    const details = await bench.ask(
      "GET",
      `${PATH}/${IDS[0]}/getDetailsByRecipient(recipientAddress='o''carl@outside.example')`,
    );
    assert.equal(details.status, 200);
    const [received, failed] = details.body.value;
    assert.deepEqual([received.event, failed.event, failed.action], ["Receive", "Fail", ""]);
    assert.equal(failed.description, "Reason: [{LED=550 5.1.1 no};{MSG=};{FQDN=};{IP=};{LRT=}]");
    assert.match(received.data, /^<root><MEP Name="ServerHostName" String="host" \/>/);
  });

  it("finds by each property", async () => {
    for (const [filter, count] of [
      [undefined, 3],
      [range(-DAY, 60_000), 3],
      [range(-2 * DAY, -DAY), 0],
      [`${range(-DAY, 60_000)} and senderAddress eq 'ERP@contoso.example'`, 3],
      ["recipientAddress eq 'o''carl@outside.example'", 1],
      ["messageId eq '<1@erp>'", 1],
      ["status eq 'gettingStatus'", 1],
      ["status eq 'failed'", 1],
      ["fromIP eq '192.0.2.1'", 1],
      [`toIP eq '${SERVER.address}'`, 1],
      ["contains(subject, 'rock AND roll')", 3],
      ["startsWith(subject,'roll')", 0],
      ["endsWith(subject,'Roll 1') and status eq 'gettingStatus'", 1],
    ] as const) {
      assert.equal((await rows(filter)).length, count, filter);
    }
  });

  it("answers in pages", async () => {
    const { body } = await ask(range(-DAY, 60_000), "$top=2");
    assert.equal(body.value.length, 2);
    const next = new URL(body["@odata.nextLink"]);
    const rest = await bench.ask("GET", `${next.pathname}${next.search}`);
    assert.equal(rest.body.value.length, 1);
    assert.equal(rest.body["@odata.nextLink"], undefined);
  });

  async function expectRefused(status: number, pattern: RegExp, filter?: string, more?: string) {
    const kept = structuredClone({ ...bench.world, drawn: 0 });
    const answer = await ask(filter, more);
    assert.equal(answer.status, status, filter);
    assert.match(`${answer.code}: ${answer.message}`, pattern);
    assert.deepEqual({ ...bench.world, drawn: 0 }, kept);
  }

  it("refuses a time of one bound, too long or too old, and other filters and sizes", async () => {
    await expectRefused(400, /both a start and an end/, `receivedDateTime ge ${iso(-DAY)}`);
    await expectRefused(400, /both/, "receivedDateTime ge then and receivedDateTime le now");
    await expectRefused(400, /10 days/, range(-11 * DAY, 0));
    await expectRefused(400, /90 days/, range(-91 * DAY, -85 * DAY));
    await expectRefused(400, /later than its end/, range(0, -DAY));
    await expectRefused(400, /Request_UnsupportedQuery/, "subject eq 'x'");
    await expectRefused(
      400,
      /Request_UnsupportedQuery/,
      "status eq 'failed' or status eq 'pending'",
    );
    await expectRefused(400, /from 1 to 5000/, undefined, "$top=5001");
    await expectRefused(400, /\$top/, undefined, "$top=0");
    await expectRefused(400, /\$orderby/, undefined, "$orderby=subject");
  });

  it("refuses an app without the permission", async () => {
    await bench.use(["Mail.Read", "Directory.Read.All"]);
    await expectRefused(403, /Authorization_RequestDenied/);
  });

  it("refuses a tenant without the service principal that the trace needs, and for a time after", async () => {
    bench.world.settings.traceOnboardingMs = DAY;
    await expectRefused(401, /^Unauthorized: Service principal-less Authentication failed/);
    await bench.clock.advance(DAY + 1000);
    await bench.use(["ExchangeMessageTrace.Read.All"]);
    assert.equal((await ask()).status, 200);
    const { directory } = bench.world;
    directory.servicePrincipals = directory.servicePrincipals.filter(
      ({ appId }) => appId !== TRACE_APP_ID,
    );
    await expectRefused(401, /8bd644d1/);
  });

  it("answers 100 queries in five minutes", async () => {
    for (let query = 0; query < 100; query += 1) assert.equal((await ask()).status, 200);
    await expectRefused(429, /./);
    await bench.clock.advance(5 * 60_000 + 1);
    assert.equal((await ask()).status, 200);
  });
});
