import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type Bench, EXCHANGE_SCOPE, makeBench, ORIGIN } from "./bench.ts";

interface Page {
  value: Record<string, unknown>[];
  "@odata.nextLink"?: string;
}

describe("the tenant in Graph", () => {
  let bench: Bench;
  let token: string;
  before(async () => {
    bench = await makeBench();
    token = await bench.tokenFor(`${ORIGIN}/.default`);
  });

  const get = (path: string, bearer = token) =>
    bench.graph.request(path, { headers: { authorization: `Bearer ${bearer}` } });
  const codeOf = async (response: Response) =>
    ((await response.json()) as { error: { code: string } }).error.code;

  it("lists verified and unverified domains", async () => {
    const { value } = (await (await get("/v1.0/domains")).json()) as Page;
    assert.deepEqual(
      value.map(({ id, isVerified }) => ({ id, isVerified })),
      bench.world.tenant.domains.map(({ id, isVerified }) => ({ id, isVerified })),
    );
  });

  it("honours $select and pages by $top", async () => {
    const first = (await (await get("/v1.0/domains?$top=2&$select=id")).json()) as Page;
    assert.deepEqual(Object.keys(first.value[0] ?? {}), ["id"]);
    assert.equal(first.value.length, 2);
    const link = new URL(first["@odata.nextLink"] ?? "");
    const second = (await (await get(`${link.pathname}${link.search}`)).json()) as Page;
    assert.equal(second.value.length, 1);
    assert.equal(second["@odata.nextLink"], undefined);
  });

  it("answers the MX host as a service configuration record", async () => {
    const { domain, mxHost } = bench.world.tenant;
    const response = await get(`/v1.0/domains/${domain}/serviceConfigurationRecords`);
    const { value } = (await response.json()) as Page;
    const mx = value.find((one) => one["@odata.type"] === "#microsoft.graph.domainDnsMxRecord");
    assert.equal(mx?.mailExchange, mxHost);
    assert.equal(mx?.preference, 0);
    assert.deepEqual(
      value.map(({ recordType }) => recordType),
      ["Mx", "Txt", "CName"],
    );
  });

  it("answers the subscribed SKUs and the organisation", async () => {
    const skus = (await (await get("/v1.0/subscribedSkus")).json()) as Page;
    assert.match(JSON.stringify(skus.value), /EXCHANGE_S_STANDARD/);
    // What the default world and every other one has: a SKU that contains only Exchange, with free licences.
    const exchange = skus.value.find((one) => one.skuPartNumber === "EXCHANGESTANDARD");
    const { prepaidUnits, consumedUnits } = exchange as {
      prepaidUnits: { enabled: number };
      consumedUnits: number;
    };
    assert.ok(prepaidUnits.enabled > consumedUnits);
    const organizations = (await (await get("/v1.0/organization?$select=id")).json()) as Page;
    assert.deepEqual(organizations.value, [{ id: bench.world.tenant.id }]);
  });

  it("answers the organisation's country and usage location, or null", async () => {
    const path = "/v1.0/organization?$select=countryLetterCode,defaultUsageLocation";
    const countries = async () => ((await (await get(path)).json()) as Page).value[0];
    assert.deepEqual(await countries(), { countryLetterCode: "NL", defaultUsageLocation: null });
    Object.assign(bench.world.tenant, { countryLetterCode: null, defaultUsageLocation: "DE" });
    assert.deepEqual(await countries(), { countryLetterCode: null, defaultUsageLocation: "DE" });
    Object.assign(bench.world.tenant, { countryLetterCode: "NL", defaultUsageLocation: null });
  });

  it("refuses a missing token, and one for another resource", async () => {
    const missing = await bench.graph.request("/v1.0/domains");
    assert.equal(missing.status, 401);
    const wrong = await get("/v1.0/domains", await bench.tokenFor(EXCHANGE_SCOPE));
    assert.equal(wrong.status, 401);
    assert.equal(await codeOf(wrong), "InvalidAuthenticationToken");
  });

  it("refuses a token without the app role", async () => {
    const other = await makeBench("other");
    other.world.deployer.appRoles.graph = ["User.Read.All"];
    const bearer = await other.tokenFor(`${ORIGIN}/.default`);
    const response = await other.graph.request("/v1.0/domains", {
      headers: { authorization: `Bearer ${bearer}` },
    });
    assert.equal(response.status, 403);
    assert.equal(await codeOf(response), "Authorization_RequestDenied");
  });

  it("answers 404 for an unknown domain", async () => {
    const response = await get("/v1.0/domains/nowhere.example");
    assert.equal(response.status, 404);
    assert.equal(await codeOf(response), "Request_ResourceNotFound");
  });

  it("refuses unknown routes, query options and properties, and logs them", async () => {
    const refused = bench.log.count({ service: "graph", refused: true });
    for (const path of [
      "/v1.0/contacts",
      "/beta/domains",
      "/v1.0/domains?$filter=x",
      "/v1.0/domains?$top=0",
      "/v1.0/domains?$select=nothing",
    ]) {
      assert.equal((await get(path)).status, 400, path);
    }
    assert.equal(bench.log.count({ service: "graph", refused: true }), refused + 5);
  });

  it("answers an injected 429 as often as injected, with Retry-After", async () => {
    bench.faults.inject({
      where: { service: "graph", match: "/v1.0/domains" },
      what: { kind: "status", status: 429, retryAfter: 7 },
      times: 2,
    });
    assert.equal((await get("/v1.0/organization")).status, 200);
    assert.equal((await get("/v1.0/domains")).headers.get("retry-after"), "7");
    assert.equal((await get("/v1.0/domains")).status, 429);
    assert.equal((await get("/v1.0/domains")).status, 200);
    assert.deepEqual(bench.faults.list(), []);
  });
});
