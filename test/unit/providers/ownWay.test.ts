import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { InboundConnectorOutputs } from "../../../providers/exchange/inboundConnector.ts";
import { type Around, openProviderBench, type ProviderBench, passTime } from "./bench.ts";
import { halfMadeBy } from "./trouble.ts";

describe("what Exchange keeps otherwise than it was sent", () => {
  let bench: ProviderBench;
  before(async () => {
    bench = await openProviderBench("own way");
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const diff = async (made: { id: string; outs: object; inputs: object }) => {
    const { changes } = await bench
      .kind()
      .diff(made.id, made.outs as InboundConnectorOutputs, made.inputs as InboundConnectorOutputs);
    return changes;
  };

  it("an offering that creates disabled: pending names Support, and stays a change", async (t) => {
    bench.lab.world.settings.connectorOffering = "disabled";
    const made = await bench.create(bench.declared(), passTime(t, 4000));
    assert.equal(bench.held()?.enabled, false);
    assert.deepEqual([made.outs.ready, made.outs.ownWay], [false, { enabled: false }]);
    assert.match(
      made.outs.pending,
      /keeps connector "relay-test-erp" disabled .*Microsoft Support/,
    );
    assert.equal(await diff(made), true);
    const read = await bench.kind().read(made.id, made.outs);
    assert.partialDeepStrictEqual(read.props, { ready: false, pending: made.outs.pending });
    assert.equal(read.inputs?.enabled, false);

    const still = await bench.update(made, bench.declared(), passTime(t, 4000));
    assert.deepEqual(still.outs, made.outs);
  });

  it("once Support has enabled it, update finishes and the next diff is empty", async (t) => {
    bench.lab.world.settings.connectorOffering = "disabled";
    const made = await bench.create(bench.declared(), passTime(t, 4000));
    bench.lab.world.settings.connectorOffering = "normal";
    const done = await bench.update(made, bench.declared());
    assert.deepEqual([done.outs.ready, done.outs.pending, done.outs.ownWay], [true, "", {}]);
    assert.equal(bench.held()?.enabled, true);
    assert.equal(await diff(done), false);
  });

  it("once Support has enabled it, a refresh is enough too", async (t) => {
    bench.lab.world.settings.connectorOffering = "disabled";
    const made = await bench.create(bench.declared(), passTime(t, 4000));
    bench.lab.world.settings.connectorOffering = "normal";
    bench.lab.admin("Set-InboundConnector", { Identity: made.id, Enabled: true });
    const { props } = await bench.kind().read(made.id, made.outs);
    assert.partialDeepStrictEqual(props, { ready: true, pending: "", enabled: true });
    assert.equal(await diff({ ...made, outs: props }), false);
  });

  it("RequireTls that Exchange ignores: ready, no change to come, and no drift", async (t) => {
    bench.lab.world.settings.requireTlsOnPremises = "ignored";
    const made = await bench.create(bench.declared(), passTime(t, 4000));
    assert.equal(bench.held()?.requireTls, false);
    assert.deepEqual([made.outs.ready, made.outs.ownWay], [true, { requireTls: false }]);
    assert.equal(await diff(made), false);
    const read = await bench.kind().read(made.id, made.outs);
    assert.deepEqual(read.props, made.outs);
    assert.equal(read.inputs?.requireTls, true);
    assert.equal(await diff({ ...made, outs: read.props }), false);
  });

  it("RequireTls that holds, and is then switched off by hand, is drift", async () => {
    const made = await bench.create();
    bench.lab.admin("Set-InboundConnector", { Identity: made.id, RequireTls: false });
    const { props, inputs } = await bench.kind().read(made.id, made.outs);
    assert.partialDeepStrictEqual(
      { props, inputs },
      {
        props: { requireTls: false },
        inputs: { requireTls: false },
      },
    );
    assert.equal(await diff({ ...made, outs: props }), true);
  });

  /** An Exchange that reads back another address than it was sent. */
  const otherAddress: Around = (invoke) => async (cmdlet, parameters) => {
    const result = await invoke(cmdlet, parameters);
    if (cmdlet !== "Get-InboundConnector") return result;
    const value = result.value.map((object) => ({ ...object, SenderIPAddresses: ["192.0.2.1"] }));
    return { ...result, value };
  };

  it("what is half made for another property keeps nothing of Exchange's own way", async (t) => {
    bench.lab.world.settings.requireTlsOnPremises = "ignored";
    const pass = passTime(t, 70_000);
    const { id, outs } = await halfMadeBy(() =>
      bench.create(bench.declared(), (invoke) => pass(otherAddress(invoke))),
    );
    assert.deepEqual(outs.ownWay, {});
    const inputs = await bench.checked();
    const { props } = await bench.kind(otherAddress).read(id, outs);
    assert.partialDeepStrictEqual(props, { senderIPAddresses: ["192.0.2.1"], requireTls: false });
    assert.equal(await diff({ id, outs: props, inputs }), true);
  });

  it("anything else is half made: kept with its id and reason, and finished by update", async (t) => {
    const pass = passTime(t, 70_000);
    const { id, outs, reason } = await halfMadeBy(() =>
      bench.create(bench.declared(), (invoke) => pass(otherAddress(invoke))),
    );
    assert.equal(id, bench.held()?.guid);
    assert.match(
      reason,
      /keeps senderIPAddresses \["192\.0\.2\.1"\] of connector "relay-test-erp" otherwise/,
    );
    const inputs = await bench.checked();
    assert.equal(await diff({ id, outs, inputs }), true);
    const done = await bench.kind().update(id, outs, inputs);
    assert.deepEqual([done.outs.ready, done.outs.guid], [true, id]);
  });
});
