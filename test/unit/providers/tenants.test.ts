import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inboundConnector } from "../../../providers/exchange/inboundConnector.ts";
import { thrownBy } from "../tenant/bench.ts";
import { openedTenants, useProviderFixture } from "./fixture.ts";

describe("the tenants of a run", () => {
  const fixture = useProviderFixture("tenants");
  const token = "/oauth2/v2.0/token";

  it("opening them looks for no credential and asks nothing", async (t) => {
    openedTenants(t, fixture, { ARM_CLIENT_ID: undefined });
    assert.deepEqual(fixture.events(), []);
  });

  it("the sign-ins of the check serve the whole life of a connector", async (t) => {
    const kind = inboundConnector(openedTenants(t, fixture));
    const inputs = await fixture.checked(fixture.declared(), {}, kind);
    const { id, outs } = await kind.create(inputs);
    await kind.read(id, outs);
    await kind.delete(id, outs);
    assert.deepEqual(fixture.lab.world.connectors, []);
    // The two reads of Graph begin at once, each with a sign-in of its own.
    assert.ok(fixture.events().filter(({ what }) => what.endsWith(token)).length <= 3);
    assert.equal(fixture.asked("GET /metadata/endpoints"), 1);
  });

  it("the facts: verified domains, subscriptions, every connector", async (t) => {
    fixture.byHand({});
    const facts = await openedTenants(t, fixture).facts(fixture.tenant);
    const { domain, initialDomain, skus } = fixture.lab.world.tenant;
    assert.deepEqual(facts.acceptedDomains, [domain, initialDomain].sort());
    assert.deepEqual(
      facts.subscriptions.map(({ skuPartNumber }) => skuPartNumber),
      skus.map(({ skuPartNumber }) => skuPartNumber),
    );
    assert.deepEqual(
      facts.connectors.map(({ Name }) => Name),
      ["by hand"],
    );
  });

  it("the facts hold every connector, also of a tenant with more than a list or a page has", async (t) => {
    for (const Name of ["a", "b", "c"]) fixture.byHand({ Name });
    const { settings } = fixture.lab.world;
    Object.assign(settings, { defaultResultSize: 2, pageSize: 2 });
    const { connectors } = await openedTenants(t, fixture).facts(fixture.tenant);
    assert.equal(connectors.length, 3);
  });

  it("a tenant's own endpoint is looked for once in a run", async (t) => {
    fixture.lab.world.settings.endpointRedirect = 308;
    const tenants = openedTenants(t, fixture);
    for (const _ of [1, 2, 3])
      await (await tenants.invoke(fixture.tenant))("Get-AcceptedDomain", {});
    assert.equal(fixture.events().filter(({ service }) => service === "web").length, 1);
    assert.equal(fixture.asked("Get-AcceptedDomain"), 3);
  });

  it("a stack of another tenant than the environment's is refused before any sign-in", async (t) => {
    const tenants = openedTenants(t, fixture);
    const tenantId = "11111111-2222-3333-4444-555555555555";
    const error = await thrownBy(() => tenants.facts({ ...fixture.tenant, tenantId }));
    assert.match(error.message, /^ARM_TENANT_ID: .* is not the tenant of this stack/);
    assert.equal(fixture.events().filter(({ what }) => what.endsWith(token)).length, 0);
  });
});
