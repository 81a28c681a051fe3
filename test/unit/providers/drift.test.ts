import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type FaultKind, thrownBy } from "../tenant/bench.ts";
import { openProviderBench, type ProviderBench } from "./bench.ts";
import { reading } from "./trouble.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("diff and read of an inbound connector", () => {
  let bench: ProviderBench;
  let made: Awaited<ReturnType<ProviderBench["create"]>>;
  before(async () => {
    bench = await openProviderBench("drift");
  });
  after(() => bench.close());
  beforeEach(async () => {
    bench.reset();
    made = await bench.create(
      bench.declared({ senderIPAddresses: ["198.51.100.9", "198.51.100.16/28"] }),
    );
  });

  type Inputs = typeof made.inputs;
  const changes = async (news: Partial<Inputs>, olds = {}): Promise<boolean> => {
    const all = { ...made.outs, ...olds };
    return (await bench.kind().diff(made.id, all, { ...made.inputs, ...news })).changes;
  };
  const byHand = (change: object) =>
    bench.lab.admin("Set-InboundConnector", { Identity: made.id, ...change });
  const read = () => bench.kind().read(made.id, made.outs);

  it("the same in another writing is no change", async () => {
    const { domain } = bench;
    assert.equal(await changes({}), false);
    assert.equal(
      await changes({
        senderIPAddresses: ["198.51.100.16/28", "198.51.100.9/32", "198.51.100.9"],
        associatedAcceptedDomains: [`${domain.toUpperCase()}.`],
      }),
      false,
    );
    const olds = { tlsSenderCertificateName: "mail.contoso.com" };
    assert.equal(await changes({ tlsSenderCertificateName: "Mail.Contoso.COM" }, olds), false);
  });

  it("every property that is declared otherwise is a change", async () => {
    const others: Partial<Inputs>[] = [
      { name: "other" },
      { comment: "Managed by Pulumi: relay/test/crm. Changes made by hand are undone." },
      { senderIPAddresses: ["198.51.100.9"] },
      { tlsSenderCertificateName: "mail.contoso.com" },
      { associatedAcceptedDomains: [bench.domain, bench.lab.world.tenant.initialDomain] },
      { name: UNKNOWN },
      { senderIPAddresses: ["198.51.100.9", UNKNOWN] },
    ];
    for (const other of others) assert.equal(await changes(other), true, JSON.stringify(other));
  });

  it("what is not ready yet is a change although nothing is declared otherwise", async () => {
    assert.equal(await changes({}, { ready: false }), true);
  });

  it("diff asks nothing of the tenant", async () => {
    const before = bench.events().length;
    await changes({ name: "other" });
    assert.equal(bench.events().length, before);
  });

  it("without drift, read gives what create kept, and the inputs that make it so", async () => {
    const { id, props, inputs } = await read();
    assert.deepEqual([id, props], [made.id, made.outs]);
    assert.deepEqual(inputs, made.inputs);
    assert.deepEqual(bench.held()?.senderDomains, ["smtp:*;1"], "in Exchange's own writing");
  });

  const drifts: [string, object, object][] = [
    ["renamed", { Name: "Renamed" }, { name: "Renamed" }],
    ["disabled", { Enabled: false }, { enabled: false }],
    ["turned into a Partner", { ConnectorType: "Partner" }, { connectorType: "Partner" }],
    ["its mark taken off", { Comment: null }, { comment: "" }],
    ["limited", { SenderDomains: ["a.example"] }, { senderDomains: ["a.example"] }],
    [
      "an address added",
      { SenderIPAddresses: ["198.51.100.9", "198.51.100.16/28", "203.0.113.0/24"] },
      { senderIPAddresses: ["198.51.100.16/28", "198.51.100.9", "203.0.113.0/24"] },
    ],
    [
      "a certificate added",
      { TlsSenderCertificateName: "Evil.example" },
      { tlsSenderCertificateName: "evil.example" },
    ],
    [
      "opened for all domains",
      { AssociatedAcceptedDomains: null },
      { associatedAcceptedDomains: [] },
    ],
    ["TLS dropped", { RequireTls: false }, { requireTls: false }],
    ["made internal", { TreatMessagesAsInternal: true }, { treatMessagesAsInternal: true }],
    ["made hybrid", { CloudServicesMailEnabled: true }, { cloudServicesMailEnabled: true }],
  ];
  for (const [name, change, expected] of drifts) {
    it(`${name} by hand: read shows it in props and inputs, and diff calls for repair`, async () => {
      byHand(change);
      const { id, props, inputs } = await read();
      assert.equal(id, made.id);
      assert.deepEqual(props, { ...made.outs, ...expected });
      assert.deepEqual(inputs, { ...made.inputs, ...expected });
      assert.equal(await changes({}, props), true);
    });
  }

  it("the same addresses in another order are no drift", async () => {
    byHand({ SenderIPAddresses: ["198.51.100.9/32", "198.51.100.16/28"] });
    assert.deepEqual((await read()).props, made.outs);
  });

  it("a connector that is gone has a blank id", async () => {
    bench.lab.admin("Remove-InboundConnector", { Identity: made.id });
    assert.deepEqual(await read(), { id: "", props: {} });
  });

  it("another connector of the same name is not ours: gone", async () => {
    bench.lab.admin("Remove-InboundConnector", { Identity: made.id });
    bench.byHand({ Name: "relay-test-erp", Comment: made.outs.comment });
    assert.deepEqual(await read(), { id: "", props: {} });
  });

  const troubles: [string, FaultKind][] = [
    ["a server error", { kind: "status", status: 500, retryAfter: 0.01 }],
    ["throttling", { kind: "status", status: 429, retryAfter: 0.01 }],
    ["a refused token", { kind: "expiredToken" }],
  ];
  for (const [name, what] of troubles) {
    it(`${name} is never read as "gone"`, async () => {
      bench.lab.faults.inject({ where: { service: "exchange" }, what, times: 4 });
      const error = await thrownBy(read);
      assert.match(error.message, /^Get-InboundConnector: /);
    });
  }

  it("an answer that holds no connector, or another one, is never read as gone", async () => {
    const empty = await thrownBy(() => bench.kind(reading([])).read(made.id, made.outs));
    assert.match(empty.message, /^Get-InboundConnector: Exchange answered nothing when asked for/);
    const [other] = bench.byHand({ SenderIPAddresses: ["192.0.2.9"] });
    assert.ok(other);
    const kind = bench.kind(reading([other]));
    const { message } = await thrownBy(() => kind.read(made.id, made.outs));
    assert.match(message, /answered with connector "by hand" when asked for ".*"; run it again$/);
    assert.ok(message.includes(made.id));
  });

  it("a lost right is never read as gone", async () => {
    for (const gzip of [true, false]) {
      bench.lab.world.settings.forbiddenLabelledGzip = gzip;
      bench.lab.world.deployer.directoryRoles = [];
      bench.signOut();
      assert.match((await thrownBy(read)).message, /assign its service principal Exchange Admin/);
    }
    bench.lab.world.deployer.clientId = "11111111-2222-3333-4444-555555555555";
    bench.signOut();
    assert.match((await thrownBy(read)).message, /^sign-in to tenant .*AADSTS700016/);
  });
});
