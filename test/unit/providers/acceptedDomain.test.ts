import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { acceptedDomain } from "../../../providers/exchange/acceptedDomain.ts";
import { thrownBy } from "../tenant/bench.ts";
import { openedTenants, useProviderFixture } from "./fixture.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("an accepted domain", () => {
  const fixture = useProviderFixture("domain");

  const kind = () => acceptedDomain(fixture.run());
  const inputs = (domain = fixture.domain) => ({ ...fixture.tenant, domain });

  it("check gives the domain in canonical form", async () => {
    const checked = await kind().check({}, inputs(`${fixture.domain.toUpperCase()}.`));
    assert.deepEqual(checked, { inputs: inputs(), failures: [] });
  });

  it("an unchanged domain, however written, asks nothing of the tenant", async () => {
    const checked = await kind().check(inputs(), inputs(fixture.domain.toUpperCase()));
    assert.deepEqual(checked, { inputs: inputs(), failures: [] });
    assert.deepEqual(fixture.events(), []);
  });

  it("a domain that is not known yet passes, and is a change", async () => {
    assert.deepEqual((await kind().check({}, inputs(UNKNOWN))).failures, []);
    const olds = { ...inputs(), mxHost: "x" };
    const diff = await kind().diff(fixture.domain, olds, inputs(UNKNOWN));
    assert.deepEqual(diff, { changes: true });
    assert.deepEqual(fixture.events(), []);
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
      assert.deepEqual(fixture.events(), []);
    });
  }

  it("a domain that the tenant has not verified is refused, with those it has", async () => {
    const unverified = fixture.lab.world.tenant.domains.find(({ isVerified }) => !isVerified)?.id;
    for (const domain of [unverified, "nowhere.example", `mail.${fixture.domain}`]) {
      const { failures } = await kind().check({}, inputs(domain));
      assert.deepEqual([failures[0]?.property, failures.length], ["domain", 1]);
      assert.match(
        failures[0]?.reason ?? "",
        /is not an accepted domain of the tenant \(.*verify it/,
      );
    }
  });

  it("a missing credential is a failure without a property", async (t) => {
    const tenants = openedTenants(t, fixture, { ARM_CLIENT_ID: undefined });
    const { failures } = await acceptedDomain(tenants).check({}, inputs());
    assert.equal(failures[0]?.property, "");
    assert.match(failures[0]?.reason ?? "", /^ARM_CLIENT_ID is missing/);
  });

  it("another tenant is refused, another domain is a replacement", async () => {
    const olds = { ...inputs(), tenantId: "11111111-2222-3333-4444-555555555555", mxHost: "x" };
    const { failures } = await kind().check(olds, inputs());
    assert.deepEqual([failures[0]?.property, failures.length], ["tenantId", 1]);
    const diff = await kind().diff(fixture.domain, olds, inputs("other.example"));
    assert.deepEqual(diff, { changes: true, replaces: ["domain"] });
    assert.deepEqual(await kind().diff(fixture.domain, olds, inputs()), {
      changes: false,
      replaces: [],
    });
  });

  it("the tenant's id in other letters, or not known yet, is no other tenant", async () => {
    for (const tenantId of [fixture.tenant.tenantId.toUpperCase(), UNKNOWN]) {
      assert.notEqual(tenantId, fixture.tenant.tenantId);
      const { failures } = await kind().check(inputs(), { ...inputs(), tenantId });
      assert.deepEqual(failures, []);
    }
  });

  it("create reads the MX host that Microsoft assigned, and makes nothing", async () => {
    const before = fixture.state();
    const { id, outs } = await kind().create(inputs());
    const { mxHost } = fixture.lab.world.tenant;
    assert.deepEqual([id, outs], [fixture.domain, { ...inputs(), mxHost }]);
    assert.deepEqual(fixture.state(), before);
  });

  it("read shows an MX host that has changed", async () => {
    const { id, outs } = await kind().create(inputs());
    fixture.lab.world.tenant.mxHost = "contoso-com.n-v1.mx.microsoft";
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
    for (const domain of fixture.lab.world.tenant.domains) domain.isVerified = domain.isInitial;
    assert.deepEqual(await kind().read(id, outs), { id: "", props: {} });
  });

  it("a failed read is an error and never a blank id", async () => {
    const { id, outs } = await kind().create(inputs());
    fixture.lab.world.deployer.appRoles.graph = [];
    fixture.signOut();
    const error = await thrownBy(() => kind().read(id, outs));
    assert.match(error.message, /^Graph GET \/domains: .*grant the app Domain\.Read\.All/);
  });

  it("delete changes nothing, and asks nothing", async () => {
    await kind().create(inputs());
    const asked = fixture.events().length;
    const before = fixture.state();
    await kind().delete();
    assert.deepEqual([fixture.state(), fixture.events().length], [before, asked]);
  });
});
