import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { graph } from "../../../tenant/graph.ts";
import { type FaultKind, openTenantBench, type TenantBench, thrownBy } from "./bench.ts";

describe("Microsoft Graph", () => {
  let bench: TenantBench;
  before(async () => {
    bench = await openTenantBench("directory");
  });
  after(() => bench.lab.close());
  beforeEach(() => bench.reset());

  const open = async () => graph(await bench.connect());
  const strike = (what: FaultKind, times = 1) =>
    bench.lab.faults.inject({ where: { service: "graph" }, what, times });

  it("accepted domains are the verified ones alone, lower case and sorted", async () => {
    const { domains, domain, initialDomain } = bench.lab.world.tenant;
    assert.ok(domains.some(({ isVerified }) => !isVerified));
    domains.push({ id: "AAA.Example", isInitial: false, isDefault: false, isVerified: true });
    const expected = ["aaa.example", domain, initialDomain].sort();
    assert.deepEqual(await (await open()).acceptedDomains(), expected);
  });

  it("the MX host is the one that Microsoft assigned, not a computed one", async () => {
    const { tenant } = bench.lab.world;
    tenant.mxHost = "Contoso-com.N-v1.mx.Microsoft";
    assert.equal(await (await open()).mxHost(tenant.domain), "contoso-com.n-v1.mx.microsoft");
  });

  it("a domain without Exchange: the error says where to switch it on", async () => {
    const unverified = bench.lab.world.tenant.domains.find(({ isVerified }) => !isVerified);
    const id = unverified?.id ?? "";
    const error = await thrownBy(async () => (await open()).mxHost(id));
    assert.match(
      error.message,
      new RegExp(`^Graph lists no MX record for ${id}: enable the Exchange service`),
    );
  });

  it("a domain of somebody else: Graph's own words, and what was asked", async () => {
    const error = await thrownBy(async () => (await open()).mxHost("nowhere.example"));
    assert.match(
      error.message,
      /^Graph GET \/domains\/nowhere\.example\/serviceConf.*does not exist/,
    );
  });

  it("a domain's name can't lead to another path", async () => {
    await thrownBy(async () => (await open()).mxHost("../subscribedSkus?x=#"));
    const paths = bench.events().filter(({ service }) => service === "graph");
    assert.deepEqual(
      paths.map(({ what }) => /^GET \/v1\.0\/domains\/[^?#]+\/serviceConf/.test(what)),
      [true],
    );
  });

  it("subscriptions with the names of their plans, and their units", async () => {
    const { tenant } = bench.lab.world;
    const [sku] = tenant.skus;
    assert.ok(sku);
    tenant.skus = [sku];
    Object.assign(sku, { enabled: 0, warning: 4, suspended: 2, consumed: 3 });
    assert.deepEqual(await (await open()).subscriptions(), [
      {
        skuId: sku?.skuId,
        skuPartNumber: sku?.skuPartNumber,
        capabilityStatus: "Warning",
        servicePlans: ["EXCHANGE_S_STANDARD", "TEAMS1", "SHAREPOINTSTANDARD"],
        otherPlans: [
          "57ff2da0-773e-42df-b2af-ffb7a2317929",
          "c7699d2e-19aa-44de-8edf-1736da088ca1",
        ],
        units: { enabled: 0, warning: 4, suspended: 2, consumed: 3 },
      },
    ]);
  });

  it("the usage location is the organisation's own, else the country that it signed up in", async () => {
    const { tenant } = bench.lab.world;
    for (const [own, country, expected] of [
      ["DE", "NL", "DE"],
      [null, "NL", "NL"],
      [null, null, undefined],
    ] as const) {
      Object.assign(tenant, { defaultUsageLocation: own, countryLetterCode: country });
      assert.equal(await (await open()).usageLocation(), expected);
    }
  });

  it("a user's licences and country are read and written", async () => {
    const client = await open();
    const { tenant, directory } = bench.lab.world;
    const [user] = directory.users;
    const [sku] = tenant.skus;
    const id = user?.id ?? "";
    const skuId = sku?.skuId ?? "";
    assert.deepEqual(await client.user(id), {
      ...{ skuIds: [skuId], ownSkuIds: [skuId], usageLocation: "NL" },
    });
    assert.equal(await client.setUsageLocation(id, "DE"), true);
    assert.equal(await client.changeLicenses(id, { remove: [skuId] }), true);
    assert.deepEqual(await client.user(id), {
      ...{ skuIds: [], ownSkuIds: [], usageLocation: "DE" },
    });
    Object.assign(sku ?? {}, { enabled: 99 });
    assert.equal(await client.changeLicenses(id, { add: [skuId] }), true);
    assert.deepEqual(await client.user(id), {
      ...{ skuIds: [skuId], ownSkuIds: [skuId], usageLocation: "DE" },
    });
    Object.assign(user ?? {}, { licenses: [], groupLicenses: [skuId] });
    assert.deepEqual(await client.user(id), {
      ...{ skuIds: [skuId], ownSkuIds: [], usageLocation: "DE" },
    });
  });

  it("a user who is not there is no error, and nothing is written", async () => {
    const before = structuredClone(bench.lab.world.directory);
    const client = await open();
    const nobody = "11111111-2222-4333-8444-555555555555";
    assert.deepEqual(
      [
        await client.user(nobody),
        await client.setUsageLocation(nobody, "DE"),
        await client.changeLicenses(nobody, {}),
      ],
      [undefined, false, false],
    );
    assert.deepEqual(bench.lab.world.directory, before);
  });

  it("a write that is refused comes in Graph's words with what was asked", async () => {
    const client = await open();
    const [user] = bench.lab.world.directory.users;
    const order = { add: ["11111111-2222-4333-8444-555555555555"] };
    const { message } = await thrownBy(() => client.changeLicenses(user?.id ?? "", order));
    assert.match(
      message,
      /^Graph POST \/users\/.*\/assignLicense: License .* does not correspond to a valid company/,
    );
  });

  it("403 names the application permission that is missing", async () => {
    bench.lab.world.deployer.appRoles.graph = [];
    const client = await open();
    const { domain } = bench.lab.world.tenant;
    const id = bench.lab.world.directory.users[0]?.id ?? "";
    for (const [ask, permission] of [
      [() => client.acceptedDomains(), "Domain.Read.All"],
      [() => client.mxHost(domain), "Domain.Read.All"],
      [() => client.subscriptions(), "LicenseAssignment.Read.All"],
      [() => client.usageLocation(), "Organization.Read.All"],
      [() => client.user(id), "User.Read.All, to deploy User.ReadWrite.All,"],
      [() => client.setUsageLocation(id, "DE"), "User.ReadWrite.All"],
      [() => client.changeLicenses(id, {}), "User.ReadWrite.All"],
    ] as const) {
      const { message } = await thrownBy(ask);
      assert.match(message, /^Graph (GET|PATCH|POST) \/.*: Insufficient privileges/);
      assert.ok(message.includes(`grant the app ${permission} (Microsoft Graph, application`));
    }
  });

  for (const status of [429, 503, 504] as const) {
    it(`${status} is tried again after Retry-After`, async () => {
      strike({ kind: "status", status, retryAfter: 0.01 }, 2);
      assert.equal((await (await open()).acceptedDomains()).length, 2);
      assert.equal(bench.asked("GET /v1.0/domains"), 3);
    });
  }

  it("an error that stays is reported in Graph's words with the path", async () => {
    strike({ kind: "status", status: 500 }, 9);
    const error = await thrownBy(async () => (await open()).acceptedDomains());
    assert.match(error.message, /^Graph GET \/domains: injected by the lab; run it again$/);
  });

  it("a lost answer is told as one, with what to do", async () => {
    strike({ kind: "replyLost" });
    const error = await thrownBy(async () => (await open()).acceptedDomains());
    assert.match(error.message, /^Graph GET \/domains: no answer \(.+\); run it again$/);
  });

  it("a failed sign-in asks nothing of Graph and comes in Entra's words", async () => {
    const client = graph(await bench.connect({ ARM_CLIENT_SECRET: "wrong-secret" }));
    const { message } = await thrownBy(() => client.acceptedDomains());
    assert.match(message, /^sign-in to tenant .*AADSTS7000215/);
    assert.doesNotMatch(message, /no answer|run it again/);
    assert.ok(!message.includes("wrong-secret"));
    assert.equal(bench.asked("GET /v1.0/domains"), 0);
  });
});
