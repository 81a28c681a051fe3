import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Around, openProviderBench, type ProviderBench, passTime } from "./bench.ts";
import { following, halfMadeBy, unanswered } from "./trouble.ts";

describe("an adoption that fails after its first write", () => {
  let bench: ProviderBench;
  let original: object[];
  before(async () => {
    bench = await openProviderBench("adoption half made");
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.reset();
    bench.byHand({
      ...{ Name: "OLD Relay", Comment: "Made by Anna.", SenderDomains: ["smtp:*;5"] },
      ...{ SenderIPAddresses: ["192.0.2.77"], TreatMessagesAsInternal: true, Enabled: false },
    });
    original = connectors();
  });

  const adopted = () => bench.declared({ name: "Old Relay", adopt: true });
  /** The connectors without the time of their last change. */
  const connectors = () => bench.lab.world.connectors.map(({ whenChanged: _, ...rest }) => rest);
  const BEFORE = {
    ...{ name: "OLD Relay", comment: "Made by Anna.", senderDomains: ["smtp:*;5"] },
    ...{ senderIPAddresses: ["192.0.2.77"], treatMessagesAsInternal: true, enabled: false },
  };

  /** Every read after the write meets a server error. */
  const noReads: Around = (invoke) =>
    following("Set-InboundConnector", () => {
      const what = { kind: "status", status: 500, retryAfter: 0.01 } as const;
      const where = { service: "exchange", match: "Get-InboundConnector" } as const;
      bench.lab.faults.inject({ where, what, times: 4 });
    })(invoke);
  /** Exchange reads back another address than it was sent; the list before the write is as it is. */
  const otherAddress: Around = (invoke) => async (cmdlet, parameters) => {
    const result = await invoke(cmdlet, parameters);
    const value = result.value.map((one) => ({ ...one, SenderIPAddresses: ["192.0.2.1"] }));
    return "Identity" in parameters ? { ...result, value } : result;
  };
  const troubles: [string, Around, RegExp, number?][] = [
    ["reads that fail", noReads, /^Get-InboundConnector: .*; run pulumi up again$/],
    [
      "a write whose answer is lost",
      unanswered("Set-InboundConnector"),
      /^Set-InboundConnector: no answer.*; run pulumi up again$/,
    ],
    ["a value that Exchange keeps otherwise", otherAddress, /^Exchange keeps sender/, 70_000],
  ];
  for (const [name, around, words, pass] of troubles) {
    const strike = async (t: Parameters<typeof passTime>[0]) => {
      const passing =
        pass === undefined ? (invoke: Parameters<Around>[0]) => invoke : passTime(t, pass);
      const made = await halfMadeBy(() =>
        bench.create(adopted(), (invoke) => passing(around(invoke))),
      );
      assert.match(made.reason, words);
      assert.partialDeepStrictEqual(made.outs.before, BEFORE);
      assert.equal(made.id, bench.held("Old Relay")?.guid, "it was written");
      return made;
    };

    it(`${name}: kept with what was there before, which delete puts back`, async (t) => {
      const { id, outs } = await strike(t);
      await bench.kind().delete(id, outs);
      assert.deepEqual(connectors(), original);
      assert.equal(bench.asked("Remove-InboundConnector"), 0);
    });

    it(`${name}: the next up finishes it, and delete then puts it back`, async (t) => {
      const made = await strike(t);
      const inputs = await bench.checked(adopted(), made.outs);
      assert.equal((await bench.kind().diff(made.id, made.outs, inputs)).changes, true);
      const { outs } = await bench.kind().update(made.id, made.outs, inputs);
      assert.deepEqual([outs.ready, outs.pending, outs.before], [true, "", made.outs.before]);
      await bench.kind().delete(made.id, outs);
      assert.deepEqual(connectors(), original);
    });
  }

  it("a write of which nobody knows, and that did not run, is done by the next up", async () => {
    const what = { kind: "status", status: 502, retryAfter: 0.01 } as const;
    const where = { service: "exchange", match: "Set-InboundConnector" } as const;
    bench.lab.faults.inject({ where, what, times: 4 });
    const made = await halfMadeBy(() => bench.create(adopted()));
    assert.deepEqual(connectors(), original);
    assert.partialDeepStrictEqual(made.outs.before, BEFORE);
    const inputs = await bench.checked(adopted(), made.outs);
    const { outs } = await bench.kind().update(made.id, made.outs, inputs);
    assert.equal(bench.held("Old Relay")?.enabled, true);
    await bench.kind().delete(made.id, outs);
    assert.deepEqual(connectors(), original);
  });

  it("a write that ran, and whose next tries were refused as busy: kept with what was there", async () => {
    const where = { service: "exchange", match: "Set-InboundConnector" } as const;
    bench.lab.faults.inject({ where, what: { kind: "replyLost" } });
    const busy = { kind: "status", status: 429, retryAfter: 0.01 } as const;
    bench.lab.faults.inject({ where, what: busy, times: 3 });
    const made = await halfMadeBy(() => bench.create(adopted()));
    assert.match(made.reason, /an earlier try may have run/);
    assert.partialDeepStrictEqual(made.outs.before, BEFORE);
    await bench.kind().delete(made.id, made.outs);
    assert.deepEqual(connectors(), original);
  });

  it("a write that never ran: delete finds the original and leaves it", async () => {
    const made = await halfMadeBy(() =>
      bench.create(adopted(), (invoke) => async (cmdlet, parameters) => {
        if (cmdlet === "Set-InboundConnector")
          await unanswered(cmdlet)(async () => NOTHING)(cmdlet, {});
        return invoke(cmdlet, parameters);
      }),
    );
    assert.deepEqual(connectors(), original);
    await bench.kind().delete(made.id, made.outs);
    assert.deepEqual(connectors(), original);
    assert.equal(bench.asked("Set-InboundConnector"), 0);
  });

  it("the same name in other letters is the same connector: no replacement", async () => {
    const { id, outs } = await bench.create(adopted());
    const inputs = await bench.checked(bench.declared({ name: "OLD RELAY", adopt: true }), outs);
    const { replaces } = await bench.kind().diff(id, outs, inputs);
    assert.deepEqual(replaces, []);
    const own = bench.declared({ name: "old relay", adopt: false });
    const { failures } = await bench.kind().check(outs, own);
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["adopt"],
    );
  });
});

const NOTHING = { value: [], warnings: [] };
