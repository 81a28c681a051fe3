import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { acceptedDomain } from "../../../providers/exchange/acceptedDomain.ts";
import { thrownBy } from "../tenant/bench.ts";
import { openedTenants, openProviderBench, type ProviderBench } from "./bench.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("an accepted domain", () => {
  let bench: ProviderBench;
  before(async () => {
    bench = await openProviderBench("domain");
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const kind = () => acceptedDomain(bench.run());
  const inputs = (domain = bench.domain) => ({ ...bench.tenant, domain });

  it("check gives the domain in its one writing", async () => {
    const checked = await kind().check({}, inputs(`${bench.domain.toUpperCase()}.`));
    assert.deepEqual(checked, { inputs: inputs(), failures: [] });
  });

  it("an unchanged domain, however written, asks nothing of the tenant", async () => {
    const checked = await kind().check(inputs(), inputs(bench.domain.toUpperCase()));
    assert.deepEqual(checked, { inputs: inputs(), failures: [] });
    assert.deepEqual(bench.events(), []);
  });

  it("a domain that is not known yet passes, and is a change", async () => {
    assert.deepEqual((await kind().check({}, inputs(UNKNOWN))).failures, []);
    const olds = { ...inputs(), mxHost: "x" };
    const diff = await kind().diff(bench.domain, olds, inputs(UNKNOWN));
    assert.deepEqual(diff, { changes: true });
    assert.deepEqual(bench.events(), []);
  });

  for (const domain of [
    "contoso",
    "a b.example",
    "https://contoso.com",
    "*.contoso.com",
    "1.2.3.4",
  ]) {
    it(`"${domain}" is refused without asking the tenant`, async () => {
      const { failures } = await kind().check({}, inputs(domain));
      assert.equal(failures[0]?.property, "domain");
      assert.match(failures[0]?.reason ?? "", /^is not a domain name; write the domain alone/);
      assert.deepEqual(bench.events(), []);
    });
  }

  it("a domain that the tenant has not verified is refused, with those it has", async () => {
    const unverified = bench.lab.world.tenant.domains.find(({ isVerified }) => !isVerified)?.id;
    for (const domain of [unverified, "nowhere.example", `mail.${bench.domain}`]) {
      const { failures } = await kind().check({}, inputs(domain));
      assert.deepEqual([failures[0]?.property, failures.length], ["domain", 1]);
      assert.match(
        failures[0]?.reason ?? "",
        /is not an accepted domain of the tenant \(.*verify it/,
      );
    }
  });

  it("a missing credential is a failure without a property", async (t) => {
    const tenants = openedTenants(t, bench, { ARM_CLIENT_ID: undefined });
    const { failures } = await acceptedDomain(tenants).check({}, inputs());
    assert.equal(failures[0]?.property, "");
    assert.match(failures[0]?.reason ?? "", /^ARM_CLIENT_ID is missing/);
  });

  it("another tenant is refused, another domain is a replacement", async () => {
    const olds = { ...inputs(), tenantId: "11111111-2222-3333-4444-555555555555", mxHost: "x" };
    const { failures } = await kind().check(olds, inputs());
    assert.deepEqual([failures[0]?.property, failures.length], ["tenantId", 1]);
    const diff = await kind().diff(bench.domain, olds, inputs("other.example"));
    assert.deepEqual(diff, { changes: true, replaces: ["domain"] });
    assert.deepEqual(await kind().diff(bench.domain, olds, inputs()), {
      changes: false,
      replaces: [],
    });
  });

  it("the tenant's id in other letters, or not known yet, is no other tenant", async () => {
    for (const tenantId of [bench.tenant.tenantId.toUpperCase(), UNKNOWN]) {
      assert.notEqual(tenantId, bench.tenant.tenantId);
      const { failures } = await kind().check(inputs(), { ...inputs(), tenantId });
      assert.deepEqual(failures, []);
    }
  });

  it("create reads the MX host that Microsoft assigned, and makes nothing", async () => {
    const before = bench.state();
    const { id, outs } = await kind().create(inputs());
    const { mxHost } = bench.lab.world.tenant;
    assert.deepEqual([id, outs], [bench.domain, { ...inputs(), mxHost }]);
    assert.deepEqual(bench.state(), before);
  });

  it("read shows an MX host that has changed", async () => {
    const { id, outs } = await kind().create(inputs());
    bench.lab.world.tenant.mxHost = "contoso-com.n-v1.mx.microsoft";
    assert.deepEqual(await kind().read(id, outs), {
      id,
      props: { ...outs, mxHost: "contoso-com.n-v1.mx.microsoft" },
      inputs: inputs(),
    });
    const updated = await kind().update(id, outs, inputs());
    assert.equal(updated.outs.mxHost, "contoso-com.n-v1.mx.microsoft");
  });

  it("a domain that the tenant has lost has a blank id", async () => {
    const { id, outs } = await kind().create(inputs());
    for (const domain of bench.lab.world.tenant.domains) domain.isVerified = domain.isInitial;
    assert.deepEqual(await kind().read(id, outs), { id: "", props: {} });
  });

  it("a failed read is an error and never a blank id", async () => {
    const { id, outs } = await kind().create(inputs());
    bench.lab.world.deployer.appRoles.graph = [];
    bench.signOut();
    const error = await thrownBy(() => kind().read(id, outs));
    assert.match(error.message, /^Graph GET \/domains: .*grant the app Domain\.Read\.All/);
  });

  it("delete changes nothing, and asks nothing", async () => {
    await kind().create(inputs());
    const asked = bench.events().length;
    const before = bench.state();
    await kind().delete();
    assert.deepEqual([bench.state(), bench.events().length], [before, asked]);
  });
});
