import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type FaultKind, thrownBy } from "../tenant/bench.ts";
import { type Around, openProviderBench, type ProviderBench } from "./bench.ts";
import { following, halfMadeBy, unanswered } from "./trouble.ts";

const THEIRS = "Managed by Pulumi: relay/prod/erp. Changes made by hand are undone.";

describe("update of an inbound connector", () => {
  let bench: ProviderBench;
  let made: Awaited<ReturnType<ProviderBench["create"]>>;
  before(async () => {
    bench = await openProviderBench("change");
  });
  after(() => bench.close());
  beforeEach(async () => {
    bench.reset();
    made = await bench.create();
  });

  const byHand = (change: object) =>
    bench.lab.admin("Set-InboundConnector", { Identity: made.id, ...change });
  const strike = (match: string, what: FaultKind) =>
    bench.lab.faults.inject({ where: { service: "exchange", match }, what });
  const update = (news: Partial<typeof made.inputs> = {}, around?: Around) =>
    bench.kind(around).update(made.id, made.outs, { ...made.inputs, ...news });
  /** What an act throws, which must change nothing. */
  async function refused(act: () => Promise<unknown>): Promise<string> {
    const before = bench.state();
    const { message } = await thrownBy(act);
    assert.deepEqual(bench.state(), before, "nothing was changed");
    return message;
  }

  it("from address to certificate and back: each time the other is cleared", async () => {
    const certified = await bench.update(made, bench.certified());
    assert.deepEqual(
      [bench.held()?.senderIPAddresses, bench.held()?.tlsSenderCertificateName],
      [[], `mail.${bench.domain}`],
    );
    const back = await bench.update(certified, bench.declared());
    assert.deepEqual(
      [bench.held()?.senderIPAddresses, bench.held()?.tlsSenderCertificateName],
      [[bench.address], null],
    );
    assert.deepEqual(back.outs, made.outs);
    assert.equal(bench.lab.world.connectors.length, 1);
  });

  it("a new name renames the connector and keeps its id", async () => {
    const { outs } = await bench.update(made, bench.declared({ name: "relay-test-crm" }));
    assert.deepEqual([outs.guid, outs.name], [made.id, "relay-test-crm"]);
    assert.equal(bench.held("relay-test-crm")?.guid, made.id);
    assert.equal(bench.lab.world.connectors.length, 1);
  });

  it("a new owner writes a new mark", async () => {
    const owner = "relay/test/crm";
    const comment = made.outs.comment.replace("relay/test/erp", owner);
    const { outs } = await update({ owner, comment });
    assert.equal(bench.held()?.comment, comment);
    await bench.kind().delete(made.id, outs);
    assert.deepEqual(bench.lab.world.connectors, []);
  });

  it("changes by hand are undone, whatever it was renamed to", async () => {
    byHand({ Name: "mine", SenderIPAddresses: ["192.0.2.1"], CloudServicesMailEnabled: true });
    const { outs } = await update();
    assert.deepEqual(outs, made.outs);
    assert.partialDeepStrictEqual(bench.held(), {
      guid: made.id,
      senderIPAddresses: [bench.address],
      cloudServicesMailEnabled: false,
    });
  });

  it("a mark that was taken off is put back", async () => {
    byHand({ Comment: "" });
    await update();
    assert.equal(bench.held()?.comment, made.outs.comment);
  });

  it("a rename onto a name that is taken is refused by Exchange", async () => {
    bench.byHand({ Name: "taken" });
    const message = await refused(() => update({ name: "taken" }));
    assert.match(message, /^Set-InboundConnector: The object 'CN=taken,.*already exists/);
  });

  it("update of a connector that is gone says how to make it again, and makes none", async () => {
    bench.lab.admin("Remove-InboundConnector", { Identity: made.id });
    const message = await refused(() => update({ name: "relay-test-crm" }));
    assert.match(
      message,
      /"relay-test-erp" \(.*\) is not in Exchange any more; run pulumi up --ref/,
    );
    assert.ok(message.includes(made.id));
  });

  it("update of a connector that another stack has taken over is refused", async () => {
    byHand({ Comment: THEIRS });
    const message = await refused(() => update({ name: "relay-test-crm" }));
    assert.match(message, /is now managed by relay\/prod\/erp, so nothing was done to change it/);
    assert.match(message, /pulumi state delete/);
  });

  it("reads that fail after the write: half made, and the next up finishes it", async () => {
    const inputs = { ...made.inputs, name: "relay-test-crm" };
    const noReads = following("Set-InboundConnector", () => {
      const what = { kind: "status", status: 500, retryAfter: 0.01 } as const;
      const where = { service: "exchange", match: "Get-InboundConnector" } as const;
      bench.lab.faults.inject({ where, what, times: 4 });
    });
    const half = await halfMadeBy(() => update(inputs, noReads));
    assert.match(half.reason, /^Get-InboundConnector: .*; run pulumi up again$/);
    assert.equal((await bench.kind().diff(made.id, half.outs, inputs)).changes, true);
    const { outs } = await bench.kind().update(made.id, half.outs, inputs);
    assert.deepEqual(outs, { ...made.outs, name: "relay-test-crm" });
  });

  it("a write whose answer is lost for good: half made, and a change to come", async () => {
    const inputs = { ...made.inputs, name: "relay-test-crm" };
    const half = await halfMadeBy(() => update(inputs, unanswered("Set-InboundConnector")));
    assert.equal((await bench.kind().diff(made.id, half.outs, inputs)).changes, true);
  });

  for (const who of ["the stack", "the sender"]) {
    it(`${who} is renamed: the old mark counts as ours, and the new one is written`, async () => {
      const owner = who === "the stack" ? "relay/prod/erp" : "relay/test/crm";
      const sibling = made.outs.comment.replace("/erp", "/web");
      bench.byHand({ Comment: sibling, SenderIPAddresses: [bench.address] });
      const { outs } = await bench.update(made, bench.declared({ owner }));
      const comment = made.outs.comment.replace("relay/test/erp", owner);
      assert.deepEqual([outs.comment, bench.held()?.comment], [comment, comment]);
      await bench.kind().delete(made.id, outs);
      assert.equal(bench.held(), undefined);
    });
  }

  it("a mark that was cleared by hand: check of a change passes, and update puts it back", async () => {
    byHand({ Comment: "" });
    const senderIPAddresses = [bench.address, "198.51.100.222"];
    const { outs } = await bench.update(made, bench.declared({ senderIPAddresses }));
    assert.equal(bench.held()?.comment, made.outs.comment);
    await bench.kind().delete(made.id, outs);
    assert.deepEqual(bench.lab.world.connectors, []);
  });

  it("a throttled update goes through", async () => {
    const what = { kind: "status", status: 429, retryAfter: 0.01 } as const;
    bench.lab.faults.inject({ where: { service: "exchange" }, what, times: 3 });
    assert.equal((await update({ name: "relay-test-crm" })).outs.ready, true);
  });

  it("an update that reads do not show at once is waited for", async () => {
    strike("Set-InboundConnector", { kind: "stale", reads: 1 });
    const { outs } = await update({ name: "relay-test-crm" });
    assert.deepEqual([outs.ready, outs.name], [true, "relay-test-crm"]);
    assert.equal(bench.held("relay-test-crm")?.guid, made.id);
  });

  for (const emptyOutcome of ["value", "no body"] as const) {
    it(`what Exchange answers to a silent success ("${emptyOutcome}") is enough`, async () => {
      bench.lab.world.settings.emptyOutcome = emptyOutcome;
      const { outs } = await update({ name: "relay-test-crm" });
      assert.equal(outs.ready, true);
      await bench.kind().delete(made.id, outs);
      assert.deepEqual(bench.lab.world.connectors, []);
    });
  }
});
