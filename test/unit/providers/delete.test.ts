import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type FaultKind, thrownBy } from "../tenant/bench.ts";
import { type Around, openProviderBench, type ProviderBench, passTime } from "./bench.ts";
import { following, reading } from "./trouble.ts";

const THEIRS = "Managed by Pulumi: relay/prod/erp. Changes made by hand are undone.";

describe("delete of an inbound connector", () => {
  let bench: ProviderBench;
  let made: Awaited<ReturnType<ProviderBench["create"]>>;
  before(async () => {
    bench = await openProviderBench("delete");
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
  const remove = (around?: Around) => bench.kind(around).delete(made.id, made.outs);
  /** What a removal throws, which must change nothing. */
  async function refused(around?: Around): Promise<string> {
    const before = bench.state();
    const { message } = await thrownBy(() => remove(around));
    assert.deepEqual(bench.state(), before, "nothing was changed");
    assert.equal(bench.asked("Remove-InboundConnector"), 0);
    return message;
  }

  it("a removal whose answer was lost, and that finds nothing the next time, is done", async (t) => {
    strike("Remove-InboundConnector", { kind: "replyLost" });
    await remove(passTime(t, 10_000));
    assert.deepEqual(bench.lab.world.connectors, []);
    assert.equal(bench.asked("Remove-InboundConnector"), 2);
  });

  it("one that was made and does not show yet is not forgotten by delete or refresh", async (t) => {
    const outs = { ...made.outs, ready: false, pending: "does not show yet" };
    const held = bench.held();
    assert.ok(held);
    held.hiddenReads = 99;
    const kind = bench.kind(passTime(t, 10_000));
    const { message } = await thrownBy(() => kind.delete(made.id, outs));
    assert.match(message, /does not show in Exchange yet/);
    const read = await bench.kind(passTime(t, 10_000)).read(made.id, outs);
    assert.deepEqual([read.id, read.props], [made.id, outs]);
    held.hiddenReads = 0;
    await bench.kind().delete(made.id, outs);
    assert.deepEqual(bench.lab.world.connectors, []);
  });

  it("delete removes the connector, also when reads show it on", async () => {
    strike("Remove-InboundConnector", { kind: "stale", reads: 1 });
    await remove();
    assert.deepEqual(bench.lab.world.connectors, []);
    assert.equal(bench.asked("Remove-InboundConnector"), 1);
    assert.deepEqual(
      bench.events().filter(({ refused }) => refused),
      [],
    );
  });

  it("a connector that shows on for a minute after its removal is told", async (t) => {
    strike("Remove-InboundConnector", { kind: "stale", reads: 9 });
    const kind = bench.kind(passTime(t, 30_000));
    const error = await thrownBy(() => kind.delete(made.id, made.outs));
    assert.match(
      error.message,
      /"relay-test-erp" \(.*\) still shows a minute after it was removed$/,
    );
  });

  it("delete removes nobody else's", async () => {
    bench.byHand({ Name: "relay-test-erp-2", Comment: THEIRS });
    bench.byHand({ Name: "by hand" });
    await remove();
    assert.deepEqual(
      bench.lab.world.connectors.map(({ name }) => name),
      ["relay-test-erp-2", "by hand"],
    );
  });

  it("delete of a connector that is gone is done, even if its name is taken again", async () => {
    bench.lab.admin("Remove-InboundConnector", { Identity: made.id });
    bench.byHand({ Name: "relay-test-erp", Comment: made.outs.comment });
    const before = bench.state();
    await remove();
    assert.deepEqual(bench.state(), before);
  });

  for (const Comment of [
    "",
    "Kept for the auditors.",
    `x ${"Managed by Pulumi: relay/test/erp. "}`,
  ]) {
    it(`delete of one whose comment is "${Comment}" is refused`, async () => {
      byHand({ Comment });
      const message = await refused();
      assert.match(message, /bears our mark no more, so nothing was done to remove it/);
    });
  }

  it("delete of one that another stack or sender marks is refused", async () => {
    for (const owner of ["relay/prod/erp", "relay/test/erp2", "relay/test/er"]) {
      byHand({ Comment: THEIRS.replace("relay/prod/erp", owner) });
      const message = await refused();
      assert.ok(message.includes(`is now managed by ${owner}, so nothing was done to remove it`));
    }
  });

  it("delete of one that was renamed by hand finds it by id", async () => {
    byHand({ Name: "mine" });
    await remove();
    assert.deepEqual(bench.lab.world.connectors, []);
  });

  it("delete that may not look is an error, not done", async () => {
    bench.lab.world.deployer.directoryRoles = [];
    bench.signOut();
    const message = await refused();
    assert.match(message, /^Get-InboundConnector: .*Exchange Administrator/);
  });

  it("an answer that holds no connector, or another one, is an error and not done", async () => {
    assert.match(
      await refused(reading([])),
      /^Get-InboundConnector: Exchange answered nothing when asked for ".*"; run it again$/,
    );
    const other = reading([{ Guid: "11111111-2222-3333-4444-555555555555", Name: "other" }]);
    assert.match(await refused(other), /answered with connector "other" when asked for/);
  });

  it("an empty answer to the look whether it is gone is an error and not done", async () => {
    let removed = false;
    const error = await thrownBy(() =>
      remove((invoke) => async (cmdlet, parameters) => {
        if (removed) return { value: [], warnings: [] };
        removed = cmdlet === "Remove-InboundConnector";
        return invoke(cmdlet, parameters);
      }),
    );
    assert.match(error.message, /^Get-InboundConnector: Exchange answered nothing/);
  });

  it("one that somebody else removes at the same moment is done", async () => {
    const meanwhile = following("Get-InboundConnector", () => {
      if (bench.held()) bench.lab.admin("Remove-InboundConnector", { Identity: made.id });
    });
    await remove(meanwhile);
    assert.deepEqual(bench.lab.world.connectors, []);
    assert.equal(bench.asked("Remove-InboundConnector"), 2);
  });

  it("a lost reply: not found at the second try is done", async () => {
    const twice: Around = (invoke) => async (cmdlet, parameters) => {
      if (cmdlet === "Remove-InboundConnector") await invoke(cmdlet, parameters);
      return invoke(cmdlet, parameters);
    };
    await remove(twice);
    assert.deepEqual(bench.lab.world.connectors, []);
    assert.equal(bench.asked("Remove-InboundConnector"), 2);
  });

  it("a removal that Exchange refuses is an error", async () => {
    strike("Remove-InboundConnector", { kind: "status", status: 429, retryAfter: 3600 });
    const error = await thrownBy(remove);
    assert.match(error.message, /^Remove-InboundConnector: /);
    assert.equal(bench.held()?.guid, made.id);
  });
});
