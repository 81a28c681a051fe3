import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { thrownBy } from "../tenant/bench.ts";
import { type Around, openProviderBench, type ProviderBench, passTime } from "./bench.ts";

const MARK = "Managed by Pulumi: relay/test/erp (adopted). Changes made by hand are undone.";

describe("adoption of a connector that was there before", () => {
  let bench: ProviderBench;
  before(async () => {
    bench = await openProviderBench("adoption");
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const adopted = () => bench.declared({ name: "Old Relay", adopt: true });
  const makeOld = (change = {}) =>
    bench.byHand({
      Name: "OLD Relay",
      Comment: "Made by Anna in 2019, for the ERP.",
      SenderIPAddresses: ["192.0.2.77", "192.0.2.64/28"],
      TlsSenderCertificateName: `old.${bench.domain}`,
      AssociatedAcceptedDomains: [bench.lab.world.tenant.initialDomain],
      TreatMessagesAsInternal: true,
      RequireTls: true,
      Enabled: false,
      ...change,
    });
  /** The connectors without the time of their last change. */
  const connectors = () => bench.lab.world.connectors.map(({ whenChanged: _, ...rest }) => rest);

  it("it becomes as declared, under its own id, and is not made a second time", async () => {
    const [old] = makeOld();
    const { id, outs } = await bench.create(adopted());
    assert.equal(id, old?.Guid);
    assert.equal(bench.asked("New-InboundConnector"), 1, "by hand alone");
    assert.partialDeepStrictEqual(bench.held("Old Relay"), {
      guid: id,
      comment: MARK,
      enabled: true,
      senderIPAddresses: [bench.address],
      tlsSenderCertificateName: null,
      associatedAcceptedDomains: [bench.domain],
      treatMessagesAsInternal: false,
      requireTls: true,
    });
    assert.partialDeepStrictEqual(outs.before, {
      name: "OLD Relay",
      comment: "Made by Anna in 2019, for the ERP.",
      enabled: false,
      senderIPAddresses: ["192.0.2.64/28", "192.0.2.77"],
    });
  });

  it("delete puts back what was there, and removes nothing", async () => {
    makeOld();
    const before = connectors();
    const { id, outs } = await bench.create(adopted());
    assert.notDeepEqual(connectors(), before);
    await bench.kind().delete(id, outs);
    assert.deepEqual(connectors(), before);
    assert.equal(bench.asked("Remove-InboundConnector"), 0);
  });

  it("delete says so when Exchange takes the original but does not keep it", async (t) => {
    makeOld();
    const { id, outs } = await bench.create(adopted());
    const deaf: Around = (invoke) => async (cmdlet, parameters) =>
      cmdlet === "Set-InboundConnector" ? { value: [], warnings: [] } : invoke(cmdlet, parameters);
    const passing = passTime(t, 70_000);
    const kind = bench.kind((invoke) => passing(deaf(invoke)));
    const { message } = await thrownBy(() => kind.delete(id, outs));
    assert.match(message, /can't be put back as "OLD Relay".*: Exchange keeps .* otherwise/);
  });

  it("the sender's own connector, renamed by hand, is not adopted: it would be removed next", async () => {
    const { outs } = await bench.create();
    bench.lab.admin("Set-InboundConnector", { Identity: outs.guid, Name: "Foo" });
    const before = connectors();
    const news = bench.declared({ name: "Foo", adopt: true });
    const { failures } = await bench.kind().check(outs, news);
    assert.match(
      failures[0]?.reason ?? "",
      /has already, renamed by hand; run pulumi up --refresh/,
    );
    assert.deepEqual(connectors(), before);
  });

  it("another cloud for the same tenant is a change", async () => {
    makeOld();
    const { id, outs, inputs } = await bench.create(adopted());
    const news = { ...inputs, environment: "china" as const };
    assert.equal((await bench.kind().diff(id, outs, news)).changes, true);
  });

  it("a Partner connector becomes OnPremises, and Partner again on delete", async () => {
    makeOld({
      ...{ ConnectorType: "Partner", TreatMessagesAsInternal: false, Enabled: true },
      SenderDomains: ["partner.example", "*.partner.example"],
    });
    const before = connectors();
    const { id, outs } = await bench.create(adopted());
    assert.equal(bench.held("Old Relay")?.connectorType, "OnPremises");
    await bench.kind().delete(id, outs);
    assert.deepEqual(connectors(), before);
  });

  it("what is restored survives updates in between", async () => {
    makeOld();
    const before = connectors();
    const made = await bench.create(adopted());
    const news = bench.certified({ name: "Old Relay", adopt: true });
    const { id, outs } = await bench.update(made, news);
    await bench.kind().delete(id, outs);
    assert.deepEqual(connectors(), before);
  });

  it("what is restored survives a refresh", async () => {
    makeOld();
    const before = connectors();
    const made = await bench.create(adopted());
    const { props } = await bench.kind().read(made.id, made.outs);
    await bench.kind().delete(made.id, props as typeof made.outs);
    assert.deepEqual(connectors(), before);
  });

  it("the cost of a sender domain (smtp:*;5) survives adoption and restore", async () => {
    makeOld({ SenderDomains: ["smtp:*;5"] });
    const made = await bench.create(adopted());
    assert.deepEqual(made.outs.before?.senderDomains, ["smtp:*;5"]);
    const { props } = await bench.kind().read(made.id, made.outs);
    const olds = { ...made, outs: props as typeof made.outs };
    const { outs } = await bench.update(olds, bench.certified({ name: "Old Relay", adopt: true }));
    assert.deepEqual(bench.held("Old Relay")?.senderDomains, ["smtp:*;1"], "adopted");
    await bench.kind().delete(made.id, outs);
    assert.deepEqual(bench.held("OLD Relay")?.senderDomains, ["smtp:*;5"], "put back");
  });

  it("state lost after it: delete puts it back as it was found, without our mark", async () => {
    makeOld();
    await bench.create(adopted());
    bench.lab.admin("Set-InboundConnector", {
      ...{ Identity: "Old Relay", RequireTls: false, SenderDomains: ["smtp:*;5"] },
    });
    const [found] = connectors();
    const again = await bench.create(adopted());
    assert.equal(again.id, found?.guid);
    assert.equal(bench.held("Old Relay")?.requireTls, true);
    await bench.kind().delete(again.id, again.outs);
    assert.deepEqual(connectors(), [{ ...found, comment: "" }]);
    assert.equal(bench.asked("Remove-InboundConnector"), 0);
  });

  it("state lost, and not adopted any more: it is still never removed", async () => {
    makeOld();
    await bench.create(adopted());
    const { id, outs } = await bench.create(bench.declared({ name: "Old Relay" }));
    await bench.kind().delete(id, outs);
    assert.equal(bench.held("Old Relay")?.comment, "");
    assert.equal(bench.asked("Remove-InboundConnector"), 0);
  });

  it("delete of one that is gone is done", async () => {
    makeOld();
    const { id, outs } = await bench.create(adopted());
    bench.lab.admin("Remove-InboundConnector", { Identity: id });
    await bench.kind().delete(id, outs);
    assert.deepEqual(connectors(), []);
  });
});
