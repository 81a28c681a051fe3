import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { thrownBy } from "../tenant/bench.ts";
import { openProviderBench, type ProviderBench } from "./bench.ts";

const MARK = "Managed by Pulumi: relay/test/erp (adopted). Changes made by hand are undone.";
const THEIRS = MARK.replace("/test/", "/prod/");

describe("an adoption that is refused, and one that changes", () => {
  let bench: ProviderBench;
  before(async () => {
    bench = await openProviderBench("adoption refused");
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const adopted = (name = "Old Relay") => bench.declared({ name, adopt: true });
  const makeOld = (change = {}) => bench.byHand({ Name: "Old Relay", ...change });
  const byHand = (change: object) =>
    bench.lab.admin("Set-InboundConnector", { Identity: "Old Relay", ...change });
  /** What an act throws, which must change nothing. */
  async function refused(act: () => Promise<unknown>): Promise<string> {
    const before = bench.state();
    const { message } = await thrownBy(act);
    assert.deepEqual(bench.state(), before, "nothing was changed");
    return message;
  }
  const failure = async (inputs = adopted(), olds = {}) => {
    const { failures } = await bench.kind().check(olds, inputs);
    assert.equal(failures.length, 1, JSON.stringify(failures));
    return `${failures[0]?.property}: ${failures[0]?.reason}`;
  };

  it("without leave to adopt, nothing is touched", async () => {
    makeOld();
    const inputs = await bench.checked(adopted());
    const message = await refused(() => bench.kind().create({ ...inputs, adopt: false }));
    assert.match(message, /"Old Relay" is the name of a connector that exists already/);
    assert.match(message, /; nothing was changed$/);
  });

  it("the connector of a hybrid organisation is left alone, in check and at create", async () => {
    makeOld();
    const inputs = await bench.checked(adopted());
    byHand({ ConnectorSource: "HybridWizard" });
    const words = /name: .*is the connector of the organisation's hybrid configuration; leave it/;
    assert.match(await failure(), words);
    assert.match(
      await refused(() => bench.kind().create(inputs)),
      /^name: "Old Relay" is the connector of the organisation's hybrid configuration/,
    );
  });

  it("a name that no connector has is refused with those there are, in check", async () => {
    assert.match(await failure(), /^name: shall be adopted, but .* that is there \(none\)/);
    makeOld();
    assert.match(
      await failure(adopted("Old Rely")),
      /no connector of that name; .*\("Old Relay"\), or drop adoptConnector$/,
    );
  });

  it("one that was removed since the check is refused at create, and not made", async () => {
    const [old] = makeOld();
    const inputs = await bench.checked(adopted());
    bench.lab.admin("Remove-InboundConnector", { Identity: old?.Guid });
    const message = await refused(() => bench.kind().create(inputs));
    assert.match(message, /^name: "Old Relay" shall be adopted, but .*; nothing was changed$/);
    assert.equal(bench.asked("New-InboundConnector"), 1, "by hand alone");
  });

  it("one that another stack has taken since the check is refused at create", async () => {
    makeOld();
    const inputs = await bench.checked(adopted());
    byHand({ Comment: THEIRS });
    const message = await refused(() => bench.kind().create(inputs));
    assert.match(message, /that relay\/prod\/erp manages/);
  });

  it("Exchange refuses what it was made into: told, and it stays as it was", async () => {
    makeOld({ ConnectorType: "Partner", RestrictDomainsToIPAddresses: true });
    const message = await refused(() => bench.create(adopted()));
    assert.match(message, /^Set-InboundConnector: .*valid only when ConnectorType is Partner/);
  });

  it("delete of one that somebody else has taken over is refused", async () => {
    makeOld();
    const { id, outs } = await bench.create(adopted());
    byHand({ Comment: THEIRS });
    const message = await refused(() => bench.kind().delete(id, outs));
    assert.match(message, /is now managed by relay\/prod\/erp, so nothing was done/);
  });

  it("a restore that Exchange refuses says what to do, and changes nothing", async () => {
    const { acceptedDomains, initialDomain } = bench.lab.world.tenant;
    makeOld({ Name: "OLD Relay", AssociatedAcceptedDomains: [initialDomain] });
    const { id, outs } = await bench.create(adopted());
    acceptedDomains.splice(
      acceptedDomains.findIndex(({ name }) => name === initialDomain),
      1,
    );
    const message = await refused(() => bench.kind().delete(id, outs));
    assert.match(message, /^connector "Old Relay" \(.*\) can't be put back as "OLD Relay", as it/);
    assert.match(message, /Set-InboundConnector: .*; clear the way and destroy again, or let go/);
    assert.ok(message.includes(id) && message.includes("pulumi state delete"));
  });

  it("to adopt or not, and another one to adopt, is a replacement; a new name is none", async () => {
    const outs = { guid: "1", ready: true, pending: "", ownWay: {}, before: null };
    makeOld();
    makeOld({ Name: "Second" });
    const ours = await bench.checked();
    const [old, second] = [await bench.checked(adopted()), await bench.checked(adopted("Second"))];
    const replaced = { changes: true, replaces: ["adopt"] };
    for (const [olds, news, expected] of [
      [ours, old, replaced],
      [old, ours, replaced],
      [old, second, replaced],
      [ours, { ...ours, name: "relay-test-crm" }, { changes: true, replaces: [] }],
      [old, old, { changes: false, replaces: [] }],
    ] as const) {
      assert.deepEqual(await bench.kind().diff("1", { ...olds, ...outs }, news), expected);
    }
    assert.equal(bench.asked("Set-InboundConnector"), 0);
  });

  it("to adopt or not can't change under the same name: told without asking the tenant", async () => {
    makeOld();
    const olds = await bench.checked(adopted());
    bench.reset();
    assert.match(
      await failure(bench.declared({ name: "Old Relay" }), olds),
      /^adopt: changes what connector "Old Relay" is: an adopted one; remove the sender, run up, /,
    );
    assert.match(
      await failure(adopted(), { ...olds, adopt: false }),
      /^adopt: changes what connector "Old Relay" is: one of ours; remove the sender/,
    );
    assert.deepEqual(bench.events(), []);
  });
});
