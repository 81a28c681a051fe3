import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type FaultKind, thrownBy } from "../tenant/bench.ts";
import { openProviderBench, type ProviderBench, passTime } from "./bench.ts";
import { following, halfMadeBy } from "./trouble.ts";

const MARK = "Managed by Pulumi: relay/test/erp. Changes made by hand are undone.";

describe("create of an inbound connector", () => {
  let bench: ProviderBench;
  before(async () => {
    bench = await openProviderBench("create");
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const strike = (match: string, what: FaultKind, times = 1) =>
    bench.lab.faults.inject({ where: { service: "exchange", match }, what, times });

  /** Create after a check that saw nothing wrong, while `meanwhile` changes the tenant. */
  async function refused(meanwhile: () => void, change = {}): Promise<Error> {
    const inputs = await bench.checked(bench.declared(change));
    meanwhile();
    const before = bench.state();
    const error = await thrownBy(() => bench.kind().create(inputs));
    assert.deepEqual(bench.state(), before, "nothing was changed");
    assert.equal(bench.asked("Set-InboundConnector"), 0);
    return error;
  }

  it("by address: Exchange holds a marked OnPremises connector for these domains", async () => {
    const { id, outs } = await bench.create();
    const { domain, address } = bench;
    const held = bench.held();
    assert.partialDeepStrictEqual(held, {
      guid: id,
      name: "relay-test-erp",
      enabled: true,
      connectorType: "OnPremises",
      comment: MARK,
      senderIPAddresses: [address],
      senderDomains: ["smtp:*;1"],
      associatedAcceptedDomains: [domain],
      requireTls: true,
      tlsSenderCertificateName: null,
      restrictDomainsToIPAddresses: false,
      restrictDomainsToCertificate: false,
      cloudServicesMailEnabled: false,
      treatMessagesAsInternal: false,
    });
    assert.deepEqual(outs, {
      ...bench.declared(),
      ...{ connectorType: "OnPremises", enabled: true, comment: MARK, senderDomains: ["*"] },
      ...{ tlsSenderCertificateName: "", requireTls: true, treatMessagesAsInternal: false },
      ...{ cloudServicesMailEnabled: false, guid: id, ready: true, pending: "", ownWay: {} },
      before: null,
    });
    assert.equal(bench.lab.world.connectors.length, 1);
  });

  it("by certificate: Exchange holds the name and no address", async () => {
    const { outs } = await bench.create(bench.certified());
    const held = bench.held();
    assert.deepEqual(
      [held?.tlsSenderCertificateName, held?.senderIPAddresses],
      [`mail.${bench.domain}`, []],
    );
    assert.deepEqual([outs.ready, outs.senderIPAddresses], [true, []]);
  });

  it("nothing that the lab has to refuse is asked of it", async () => {
    await bench.create();
    assert.deepEqual(
      bench.events().filter(({ refused }) => refused),
      [],
    );
  });

  it("a name that was taken since the check is refused", async () => {
    const error = await refused(() => bench.byHand({ Name: "Relay-Test-ERP" }));
    assert.match(error.message, /^name: "Relay-Test-ERP" is the name of a connector that exists/);
    assert.match(error.message, /; nothing was changed$/);
    assert.equal(bench.asked("New-InboundConnector"), 1, "by hand alone");
  });

  it("a connector that was made since the check and matches the same is refused", async () => {
    const error = await refused(() => bench.byHand({ SenderIPAddresses: [bench.address] }));
    assert.match(error.message, /^senderIPAddresses: .* is also what "by hand" matches by/);
  });

  for (const type of [
    "ADObjectAlreadyExistsException",
    "ErrorInboundConnectorAlreadyExistsException",
  ] as const) {
    it(`a name taken between looking and making (${type}): theirs stays`, async () => {
      bench.lab.world.settings.nameTaken = type;
      const inputs = await bench.checked();
      const kind = bench.kind((invoke) => (cmdlet, parameters) => {
        if (cmdlet === "New-InboundConnector") bench.byHand({ Name: "relay-test-erp" });
        return invoke(cmdlet, parameters);
      });
      const error = await thrownBy(() => kind.create(inputs));
      assert.match(error.message, /^New-InboundConnector: .*already exists/);
      const held = bench.held();
      assert.deepEqual([held?.comment, held?.senderIPAddresses], ["", ["192.0.2.251"]]);
      assert.equal(bench.lab.world.connectors.length, 1);
    });

    it(`one of ours that shows only once its name is taken (${type}) is found`, async () => {
      bench.lab.world.settings.nameTaken = type;
      const { id } = await bench.create();
      const late = bench.kind((invoke) => async (cmdlet, parameters) => {
        const result = await invoke(cmdlet, parameters);
        return "Identity" in parameters || cmdlet !== "Get-InboundConnector"
          ? result
          : { ...result, value: [] };
      });
      const again = await late.create(await bench.checked());
      assert.deepEqual([again.id, again.outs.ready], [id, true]);
      assert.equal(bench.lab.world.connectors.length, 1);
    });
  }

  it("one of ours that state has lost is found again, put right and not made twice", async () => {
    const first = await bench.create();
    bench.lab.admin("Set-InboundConnector", {
      Identity: first.id,
      SenderIPAddresses: ["192.0.2.9"],
    });
    const second = await bench.create();
    assert.equal(second.id, first.id);
    assert.deepEqual(second.outs, first.outs);
    assert.deepEqual(bench.held()?.senderIPAddresses, [bench.address]);
    await bench.kind().delete(second.id, second.outs);
    assert.deepEqual(bench.lab.world.connectors, []);
  });

  it("a lost reply: the connector is found by its mark and not made twice", async () => {
    strike("New-InboundConnector", { kind: "replyLost" });
    const { id, outs } = await bench.create();
    assert.deepEqual([bench.held()?.guid, outs.ready], [id, true]);
    assert.equal(bench.asked("New-InboundConnector"), 1);
    assert.equal(bench.lab.world.connectors.length, 1);
  });

  it("a lost reply to one that does not show at once: it is waited for, by name", async () => {
    strike("New-InboundConnector", { kind: "replyLost" });
    strike("New-InboundConnector", { kind: "invisible", reads: 1 });
    const { id, outs } = await bench.create();
    assert.deepEqual([bench.held()?.guid, outs.ready], [id, true]);
    assert.equal(bench.lab.world.connectors.length, 1);
  });

  it("one that a killed run made, and that does not show yet, is found and not made twice", async () => {
    strike("New-InboundConnector", { kind: "invisible", reads: 2 });
    const kind = bench.kind((invoke) => async (cmdlet, parameters) => {
      const result = await invoke(cmdlet, parameters);
      if (cmdlet === "New-InboundConnector") throw new Error("killed");
      return result;
    });
    const inputs = await bench.checked(bench.declared(), {}, kind);
    assert.equal((await thrownBy(() => kind.create(inputs))).message, "killed");
    const { id, outs } = await bench.kind().create(inputs);
    assert.deepEqual([bench.held()?.guid, outs.ready, outs.before], [id, true, null]);
    assert.equal(bench.lab.world.connectors.length, 1);
  });

  it("no answer, and nothing was made: told, and the next run makes it", async (t) => {
    const inputs = await bench.checked();
    const before = bench.state();
    strike("New-InboundConnector", { kind: "status", status: 502 });
    const error = await thrownBy(() => bench.kind(passTime(t, 20_000)).create(inputs));
    assert.match(error.message, /^New-InboundConnector: injected by the lab/);
    assert.deepEqual(bench.state(), before);
    assert.equal((await bench.create()).outs.ready, true);
  });

  it("throttling and busy servers are waited out", async () => {
    const busy: FaultKind = { kind: "status", status: 429, retryAfter: 0.01 };
    strike("New-InboundConnector", busy, 2);
    strike("Get-InboundConnector", { ...busy, status: 503 }, 3);
    assert.equal((await bench.create()).outs.ready, true);
    assert.equal(bench.lab.world.connectors.length, 1);
  });

  it("a connector that does not show at once is waited for", async () => {
    strike("New-InboundConnector", { kind: "invisible", reads: 1 });
    const { outs } = await bench.create();
    assert.deepEqual([outs.ready, outs.pending], [true, ""]);
  });

  it("one that does not show for a minute is kept as pending, and finished later", async (t) => {
    strike("New-InboundConnector", { kind: "invisible", reads: 2 });
    const made = await bench.create(bench.declared(), passTime(t, 70_000));
    assert.equal(made.outs.ready, false);
    assert.match(
      made.outs.pending,
      /"relay-test-erp" does not show in Exchange yet; run pulumi up/,
    );
    const held = bench.held();
    assert.equal(held?.guid, made.id);
    assert.ok(held);
    held.hiddenReads = 0;
    const { outs } = await bench.update(made, bench.declared());
    assert.deepEqual([outs.ready, outs.pending], [true, ""]);
  });

  it("one that is pending still: the next up waits, then finishes it or says so", async (t) => {
    strike("New-InboundConnector", { kind: "invisible", reads: 4 });
    const made = await bench.create(bench.declared(), passTime(t, 70_000));
    const held = bench.held();
    assert.ok(held);
    held.hiddenReads = 9;
    const looked = bench.asked("Get-InboundConnector");
    const kind = bench.kind(passTime(t, 10_000));
    const error = await thrownBy(() => kind.update(made.id, made.outs, made.inputs));
    assert.match(
      error.message,
      /"relay-test-erp" \(.*\) does not show in Exchange yet; run it again in a few/,
    );
    assert.ok(bench.asked("Get-InboundConnector") >= looked + 2, "it waited");
    assert.equal(bench.asked("Set-InboundConnector"), 0);
    held.hiddenReads = 1;
    const { outs } = await bench.kind().update(made.id, made.outs, made.inputs);
    assert.deepEqual([outs.ready, outs.pending], [true, ""]);
  });

  it("reads that fail after it was made: half made, and finished by the next up", async () => {
    const noReads = following("New-InboundConnector", () =>
      strike("Get-InboundConnector", { kind: "status", status: 500, retryAfter: 0.01 }, 4),
    );
    const { id, outs } = await halfMadeBy(() => bench.create(bench.declared(), noReads));
    assert.deepEqual([id, outs.before], [bench.held()?.guid, null]);
    const done = await bench.kind().update(id, outs, await bench.checked());
    assert.deepEqual([done.outs.ready, bench.lab.world.connectors.length], [true, 1]);
  });

  it("an E5 developer tenant that looks like another: Exchange's words, nothing made", async () => {
    bench.lab.world.settings.connectorOffering = "refused";
    const error = await refused(() => {});
    assert.match(error.message, /^New-InboundConnector: .*can't create an inbound connector/);
  });

  it("without the right to write, the role is named and nothing is made", async () => {
    const error = await refused(() => {
      bench.lab.world.deployer.directoryRoles = ["f2ef992c-3afb-46b9-b7cf-a126ee74c451"];
      bench.signOut();
    });
    assert.match(error.message, /^New-InboundConnector: .*Exchange Administrator/);
  });

  it("a text in the comment that only looks like our mark is not ours", async () => {
    for (const Comment of [`x ${MARK}`, "Managed by Pulumi: relay/test/erp", MARK.toUpperCase()]) {
      bench.reset();
      const taken = () => bench.byHand({ Name: "relay-test-erp", Comment });
      assert.match((await refused(() => taken())).message, /exists already and is not ours/);
    }
  });
});
