// The audit log: what it records of cmdlets, and who may search it.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { actByHand } from "../../src/exchange/byHand.ts";
import { type ExchangeBench, makeExchangeBench, RELAY } from "./bench.ts";
import { run, stateOf } from "./exchangeState.ts";

const ALICE = "alice@contoso.com";

describe("the audit log", () => {
  let bench: ExchangeBench;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    Object.assign(bench.world.settings, { auditDelayMs: 0, auditedName: "name" });
  });

  const range = { StartDate: "2020-01-01 00:00:00Z", EndDate: "2100-01-01 00:00:00Z" };
  const search = (parameters: object = {}) =>
    run(bench, "Search-UnifiedAuditLog", { ...range, ...parameters });
  /** The newest records first, as the log writes them. */
  const found = async (parameters: object = {}) =>
    (await search(parameters)).map(({ AuditData }) => JSON.parse(String(AuditData)));
  const change = (Comment: string) =>
    actByHand("Set-InboundConnector", { Identity: "relay", Comment }, bench.context, ALICE);

  it("has who ran what on which object, with which parameters and when", async () => {
    await run(bench, "New-InboundConnector", RELAY);
    await bench.clock.advance(60_000);
    change("by hand");
    const [byHand, byApp] = await found();
    assert.deepEqual(
      [byHand.UserId, byHand.UserType, byHand.Operation, byHand.ObjectId, byHand.RecordType],
      [ALICE, 2, "Set-InboundConnector", "relay", 1],
    );
    assert.deepEqual(byHand.Parameters, [
      { Name: "Confirm", Value: "False" },
      { Name: "Identity", Value: "relay" },
      { Name: "Comment", Value: "by hand" },
    ]);
    assert.equal(byHand.CreationTime, bench.clock.now().toISOString().slice(0, 19));
    assert.deepEqual(
      [byApp.AppId, byApp.Operation],
      [bench.world.deployer.clientId, "New-InboundConnector"],
    );
  });

  it("names a recipient by its path, and an object of the configuration as the tenant does", async () => {
    bench.world.settings.auditedName = "organisation and name";
    const { initialDomain, forest } = bench.world.tenant;
    await run(bench, "New-InboundConnector", RELAY);
    const [{ name = "", address = "" } = {}] = bench.world.mailboxes;
    await run(bench, "Set-CASMailbox", { Identity: address, PopEnabled: false });
    assert.deepEqual(
      (await found()).map(({ ObjectId }) => ObjectId),
      [
        `${forest}/Microsoft Exchange Hosted Organizations/${initialDomain}/${name}`,
        `${initialDomain}\\relay`,
      ],
    );
  });

  it("has no record of a cmdlet that was refused, asked back, read, or found nothing to change", async () => {
    await run(bench, "New-InboundConnector", RELAY);
    await bench.invoke("New-InboundConnector", RELAY);
    await bench.invoke("Remove-InboundConnector", { Identity: "relay" });
    await run(bench, "Get-InboundConnector");
    change("");
    assert.equal((await found()).length, 1);
  });

  it("shows a record after a delay, and none from outside the range", async () => {
    await run(bench, "New-InboundConnector", RELAY);
    bench.world.settings.auditDelayMs = 3_600_000;
    assert.deepEqual(await search(), []);
    await bench.clock.advance(3_600_000);
    assert.equal((await search()).length, 1);
    assert.deepEqual(await search({ StartDate: "2099-01-01 00:00:00Z" }), []);
    assert.deepEqual(await search({ EndDate: "2020-01-02 00:00:00Z" }), []);
  });

  it("filters by cmdlet, object, user and type of record, in any letter case", async () => {
    await run(bench, "New-InboundConnector", RELAY);
    change("by hand");
    const operations = async (parameters: object) =>
      (await search(parameters)).map(({ Operations }) => Operations);
    const both = ["Set-InboundConnector", "New-InboundConnector"];
    assert.deepEqual(await operations({ Operations: ["new-inboundconnector"] }), [both[1]]);
    assert.deepEqual(await operations({ ObjectIds: ["RELAY"] }), both);
    assert.deepEqual(await operations({ ObjectIds: "other" }), []);
    assert.deepEqual(await operations({ UserIds: [ALICE] }), [both[0]]);
    assert.deepEqual(await operations({ RecordType: "AzureActiveDirectory" }), []);
  });

  it("gives 100 records by itself, and goes on with the same SessionId until none is left", async () => {
    await run(bench, "New-InboundConnector", RELAY);
    for (let number = 1; number < 150; number++) change(String(number));
    assert.equal((await search()).length, 100);
    const session = { SessionId: "one", SessionCommand: "ReturnLargeSet", ResultSize: 120 };
    const pages = [await search(session), await search(session), await search(session)];
    assert.deepEqual(
      pages.map(({ length }) => length),
      [120, 30, 0],
    );
    const ids = pages.flat().map(({ Identity }) => Identity);
    assert.equal(new Set(ids).size, 150);
    assert.deepEqual([pages[1]?.[0]?.ResultIndex, pages[1]?.[0]?.ResultCount], [121, 150]);
  });

  for (const [what, parameters, words] of [
    ["no record at all", { ResultSize: 0 }, /must be from 1 to 5000/],
    ["more records than 5000", { ResultSize: 5001 }, /must be from 1 to 5000/],
    ["more than 100 without SessionCommand", { ResultSize: 101 }, /needs the SessionCommand/],
    ["a time that is none", { StartDate: "yesterday" }, /ExDateTime/],
    ["an unknown type of record", { RecordType: "Mail" }, /Unable to match the identifier name/],
  ] as const) {
    it(`refuses a search for ${what}`, async () => {
      const before = stateOf(bench.world);
      const { status, text } = await bench.invoke("Search-UnifiedAuditLog", {
        ...range,
        ...parameters,
      });
      assert.equal(status, 400);
      assert.match(text, words);
      assert.deepEqual(stateOf(bench.world), before);
    });
  }

  it("records and shows nothing while auditing is off, and says that it is", async () => {
    await run(bench, "New-InboundConnector", RELAY);
    bench.world.audit.enabled = false;
    change("by hand");
    assert.deepEqual(await search(), []);
    const config = () => run(bench, "Get-AdminAuditLogConfig");
    assert.equal((await config())[0]?.UnifiedAuditLogIngestionEnabled, false);
    bench.world.audit.enabled = true;
    assert.equal((await config())[0]?.UnifiedAuditLogIngestionEnabled, true);
    assert.equal((await search()).length, 1);
  });
});
