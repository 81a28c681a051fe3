import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, describe, it } from "node:test";
import { type Certificate, issueCertificate } from "../../src/certificates.ts";
import { EXCHANGE_APP_ID, GRAPH_APP_ID } from "../../src/world/makeDirectory.ts";
import {
  appRoleOf,
  type GraphBench,
  keyOf,
  type MadeApp,
  makeApp,
  makeGraphBench,
} from "./graphClient.ts";

const NOBODY = "00000000-0000-4000-8000-000000000000";
const TRUST = {
  name: "ci",
  issuer: "https://token.actions.githubusercontent.com",
  subject: "repo:one/two:ref:refs/heads/main",
  audiences: ["api://AzureADTokenExchange"],
};

describe("applications in Graph", () => {
  let bench: GraphBench;
  let made: MadeApp;
  let path: string;
  let certificate: Certificate;
  before(async () => {
    bench = await makeGraphBench("applications");
    made = await makeApp(bench);
    path = `/v1.0/applications/${made.id}`;
    certificate = await issueCertificate(bench.secrets.authority, {
      names: ["app"],
      issuer: "self-signed",
    });
    await bench.ask("POST", `${path}/federatedIdentityCredentials`, TRUST);
  });

  const refusals: [string, string, string, object | undefined, number, string][] = [
    ["an app without a name", "POST", "/v1.0/applications", {}, 400, "Request_BadRequest"],
    [
      "a property that apps do not have",
      "POST",
      "/v1.0/applications",
      { displayName: "x", colour: "red" },
      400,
      "Request_BadRequest",
    ],
    [
      "a property that a complex one does not have",
      "PATCH",
      "{app}",
      { web: { implicitGrantSettings: { enable: true } } },
      400,
      "Request_BadRequest",
    ],
    ["a value of another type", "PATCH", "{app}", { tags: "one" }, 400, "Request_BadRequest"],
    ["an unknown audience", "PATCH", "{app}", { signInAudience: "All" }, 400, "Request_BadRequest"],
    [
      "an owner that is not there",
      "POST",
      "/v1.0/applications",
      {
        displayName: "x",
        "owners@odata.bind": [`https://graph.microsoft.com/v1.0/directoryObjects/${NOBODY}`],
      },
      404,
      "Request_ResourceNotFound",
    ],
    [
      "an app that is not there",
      "GET",
      `/v1.0/applications/${NOBODY}`,
      undefined,
      404,
      "Request_ResourceNotFound",
    ],
    [
      "a filter that it can't act on",
      "GET",
      "/v1.0/applications?$filter=endswith(displayName,'x')",
      undefined,
      400,
      "Request_UnsupportedQuery",
    ],
    [
      "a key that is no certificate",
      "PATCH",
      "{app}",
      { keyCredentials: [keyOf("nothing")] },
      400,
      "Request_BadRequest",
    ],
    [
      "a secret that is over before it begins",
      "POST",
      "{app}/addPassword",
      { passwordCredential: { endDateTime: "2020-01-01T00:00:00Z" } },
      400,
      "Request_BadRequest",
    ],
    [
      "to remove a secret that is not there",
      "POST",
      "{app}/removePassword",
      { keyId: NOBODY },
      400,
      "Request_BadRequest",
    ],
    [
      "a second federated credential of the name",
      "POST",
      "{app}/federatedIdentityCredentials",
      { ...TRUST, subject: "another" },
      409,
      "Request_MultipleObjectsWithSameKeyValue",
    ],
    [
      "a second federated credential of the issuer and subject",
      "POST",
      "{app}/federatedIdentityCredentials",
      { ...TRUST, name: "another" },
      400,
      "InvalidFederatedIdentityCredentialValue",
    ],
    [
      "a federated credential with a name that is no part of a URL",
      "POST",
      "{app}/federatedIdentityCredentials",
      { ...TRUST, name: "a b", subject: "another" },
      400,
      "InvalidFederatedIdentityCredentialValue",
    ],
    [
      "an issuer without https",
      "POST",
      "{app}/federatedIdentityCredentials",
      { ...TRUST, name: "another", issuer: "http://ci.example" },
      400,
      "InvalidFederatedIdentityCredentialValue",
    ],
    [
      "two audiences",
      "POST",
      "{app}/federatedIdentityCredentials",
      { ...TRUST, name: "another", subject: "another", audiences: ["a", "b"] },
      400,
      "InvalidFederatedIdentityCredentialValue",
    ],
    [
      "a new name for a federated credential",
      "PATCH",
      "{app}/federatedIdentityCredentials/ci",
      { name: "other" },
      400,
      "InvalidFederatedIdentityCredentialValue",
    ],
    [
      "to remove an owner that is none",
      "DELETE",
      `{app}/owners/${NOBODY}/$ref`,
      undefined,
      404,
      "Request_ResourceNotFound",
    ],
    ["a body that is no object", "PATCH", "{app}", [], 400, "BadRequest"],
  ];
  for (const [what, method, where, body, status, code] of refusals) {
    it(`refuses ${what}, and changes nothing`, async () => {
      const state = bench.state();
      const answer = await bench.ask(method, where.replace("{app}", path), body);
      assert.equal(answer.status, status, answer.message);
      assert.equal(answer.code, code);
      assert.deepEqual(bench.state(), state);
    });
  }

  it("answers a client secret once, when it is created", async () => {
    const order = { passwordCredential: { displayName: "one" } };
    const { body } = await bench.ask("POST", `${path}/addPassword`, order);
    assert.equal(body.secretText.length, 40);
    assert.equal(body.hint, body.secretText.slice(0, 3));
    const read = await bench.ask("GET", path);
    const [held] = read.body.passwordCredentials;
    assert.deepEqual([held.keyId, held.displayName, held.secretText], [body.keyId, "one", null]);
    assert.ok(!JSON.stringify(bench.world).includes(body.secretText));
    await bench.ask("POST", `${path}/removePassword`, { keyId: body.keyId });
    assert.deepEqual((await bench.ask("GET", path)).body.passwordCredentials, []);
  });

  it("accepts a certificate as PEM or DER, and keeps one that is sent without its key", async () => {
    const pem = new X509Certificate(certificate.chain);
    const add = await bench.ask("PATCH", path, { keyCredentials: [keyOf(certificate.chain)] });
    assert.equal(add.status, 204);
    const [held] = (await bench.ask("GET", path)).body.keyCredentials;
    assert.equal(held.key, null);
    assert.equal(held.customKeyIdentifier, pem.fingerprint.replaceAll(":", ""));
    const second = { ...keyOf(""), key: pem.raw.toString("base64"), displayName: "second" };
    await bench.ask("PATCH", path, { keyCredentials: [held, second] });
    const { body } = await bench.ask("GET", `${path}?$select=keyCredentials`);
    assert.deepEqual(
      body.keyCredentials.map(({ key }: { key: string }) => key),
      [pem.raw.toString("base64"), pem.raw.toString("base64")],
    );
    await bench.ask("PATCH", path, { keyCredentials: [] });
    assert.deepEqual((await bench.ask("GET", path)).body.keyCredentials, []);
  });

  it("refuses an end date that is past, or later than the certificate's", async () => {
    const state = bench.state();
    for (const endDateTime of ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"]) {
      const key = { ...keyOf(certificate.chain), endDateTime };
      const answer = await bench.ask("PATCH", path, { keyCredentials: [key] });
      assert.deepEqual([answer.status, answer.code], [400, "KeyCredentialsInvalidEndDate"]);
    }
    const late = await makeGraphBench("late");
    const app = await makeApp(late);
    await late.clock.advance(3660 * 86_400_000);
    await late.use(["Application.ReadWrite.All"]);
    const answer = await late.ask("PATCH", `/v1.0/applications/${app.id}`, {
      keyCredentials: [keyOf(certificate.chain)],
    });
    assert.equal(answer.code, "KeyCredentialsInvalidEndDate");
    assert.deepEqual(bench.state(), state);
  });

  it("refuses a 21st federated credential", async () => {
    const full = await makeApp(bench, "full");
    const federated = `/v1.0/applications/${full.id}/federatedIdentityCredentials`;
    const add = (n: number) =>
      bench.ask("POST", federated, { ...TRUST, name: `ci-${n}`, subject: `workload ${n}` });
    for (let n = 0; n < 20; n += 1) assert.equal((await add(n)).status, 201);
    const answer = await add(20);
    assert.equal(answer.status, 400);
    assert.match(answer.message, /maximum of 20/);
    assert.equal((await bench.ask("GET", federated)).body.value.length, 20);
  });

  it("updates a federated credential, and merges complex properties of an app", async () => {
    const federated = `${path}/federatedIdentityCredentials/ci`;
    assert.equal((await bench.ask("PATCH", federated, { subject: "changed" })).status, 204);
    const { body } = await bench.ask("GET", federated);
    assert.deepEqual([body.subject, body.issuer], ["changed", TRUST.issuer]);
    await bench.ask("PATCH", path, { web: { logoutUrl: "https://a.example" }, notes: "a" });
    await bench.ask("PATCH", path, { web: { homePageUrl: "https://b.example" } });
    const read = (await bench.ask("GET", path)).body;
    assert.equal(read.web.logoutUrl, "https://a.example");
    assert.equal(read.web.homePageUrl, "https://b.example");
    assert.deepEqual([read.notes, read.displayName], ["a", "relay"]);
  });

  it("filters by appId and displayName, ignoring letter case", async () => {
    const named = await makeApp(bench, "It's Named");
    const ids = async (filter: string) => {
      const query = `?$filter=${encodeURIComponent(filter)}`;
      const { body } = await bench.ask("GET", `/v1.0/applications${query}`);
      return body.value.map(({ id }: { id: string }) => id);
    };
    assert.deepEqual(await ids(`appId eq '${named.appId.toUpperCase()}'`), [named.id]);
    assert.deepEqual(await ids("displayName eq 'it''s named'"), [named.id]);
    assert.deepEqual(await ids("displayName eq 'nobody'"), []);
  });

  it("deletes an app's service principal and app roles with it", async () => {
    const app = await makeApp(bench, "gone");
    const role = appRoleOf(bench, EXCHANGE_APP_ID, "SMTP.SendAsApp");
    const assigned = `/v1.0/servicePrincipals/${role.resourceId}/appRoleAssignedTo`;
    const order = { ...role, principalId: app.principalId };
    assert.equal((await bench.ask("POST", assigned, order)).status, 201);
    assert.equal((await bench.ask("DELETE", `/v1.0/applications/${app.id}`)).status, 204);
    const principal = await bench.ask("GET", `/v1.0/servicePrincipals/${app.principalId}`);
    assert.equal(principal.status, 404);
    assert.deepEqual((await bench.ask("GET", assigned)).body.value, []);
  });
});

describe("service principals in Graph", () => {
  let bench: GraphBench;
  let made: MadeApp;
  let assigned: string;
  let order: object;
  before(async () => {
    bench = await makeGraphBench("service principals");
    made = await makeApp(bench);
    const role = appRoleOf(bench, EXCHANGE_APP_ID, "SMTP.SendAsApp");
    assigned = `/v1.0/servicePrincipals/${role.resourceId}/appRoleAssignedTo`;
    order = { ...role, principalId: made.principalId };
    await bench.ask("POST", assigned, order);
  });

  it("refuses a second one for an app, and one without an app", async () => {
    const state = bench.state();
    const second = await bench.ask("POST", "/v1.0/servicePrincipals", { appId: made.appId });
    assert.equal(second.status, 409);
    assert.match(second.message, new RegExp(`service principal name ${made.appId} is already in`));
    const none = await bench.ask("POST", "/v1.0/servicePrincipals", { appId: NOBODY });
    assert.equal(none.status, 400);
    assert.equal(none.body.error.details[0].code, "NoBackingApplicationObject");
    assert.deepEqual(bench.state(), state);
  });

  it("refuses an app role that is granted already or unknown, and an unknown principal", async () => {
    const state = bench.state();
    const cases: [object, RegExp][] = [
      [order, /^Permission being assigned already exists on the object$/],
      [{ ...order, appRoleId: NOBODY }, /^Permission being assigned was not found on application$/],
      [{ ...order, principalId: NOBODY }, /^Not a valid reference update\.$/],
      [{ ...order, resourceId: made.principalId }, /^Not a valid reference update\.$/],
    ];
    for (const [body, message] of cases) {
      const answer = await bench.ask("POST", assigned, body);
      assert.equal(answer.status, 400);
      assert.match(answer.message, message);
    }
    assert.deepEqual(bench.state(), state);
  });

  it("lists an app role on both sides, until it is revoked", async () => {
    const mine = `/v1.0/servicePrincipals/${made.principalId}/appRoleAssignments`;
    const [held] = (await bench.ask("GET", mine)).body.value;
    assert.equal(held.principalDisplayName, "relay");
    assert.equal(held.resourceDisplayName, "Office 365 Exchange Online");
    assert.equal((await bench.ask("GET", `${assigned}/${held.id}`)).body.id, held.id);
    assert.equal((await bench.ask("DELETE", `${assigned}/${held.id}`)).status, 204);
    assert.equal((await bench.ask("DELETE", `${assigned}/${held.id}`)).status, 404);
    assert.deepEqual((await bench.ask("GET", mine)).body.value, []);
  });

  it("refuses changes of Microsoft's own", async () => {
    const filter = encodeURIComponent(`appId eq '${GRAPH_APP_ID}'`);
    const { body } = await bench.ask("GET", `/v1.0/servicePrincipals?$filter=${filter}`);
    const [graph] = body.value;
    assert.ok(graph.appRoles.some(({ value }: { value: string }) => value === "Mail.Send"));
    const state = bench.state();
    const path = `/v1.0/servicePrincipals/${graph.id}`;
    assert.equal((await bench.ask("PATCH", path, { accountEnabled: false })).status, 403);
    assert.equal((await bench.ask("DELETE", path)).status, 403);
    assert.deepEqual(bench.state(), state);
  });
});

describe("app roles that Graph requires", () => {
  it("refuses to write apps, app roles or users with another app role", async () => {
    const bench = await makeGraphBench("rights");
    const made = await makeApp(bench);
    const role = appRoleOf(bench, EXCHANGE_APP_ID, "SMTP.SendAsApp");
    const state = bench.state();
    const requests: [string, string, object?][] = [
      ["POST", "/v1.0/applications", { displayName: "x" }],
      ["PATCH", `/v1.0/applications/${made.id}`, { displayName: "x" }],
      ["POST", `/v1.0/applications/${made.id}/addPassword`, {}],
      ["DELETE", `/v1.0/servicePrincipals/${made.principalId}`],
      [
        "POST",
        `/v1.0/servicePrincipals/${role.resourceId}/appRoleAssignedTo`,
        { ...role, principalId: made.principalId },
      ],
      ["POST", "/v1.0/users", {}],
      ["DELETE", `/v1.0/users/anna@${bench.world.tenant.domain}`],
      ["POST", `/v1.0/users/anna@${bench.world.tenant.domain}/assignLicense`, {}],
    ];
    await bench.use(["Directory.Read.All"]);
    for (const [method, path, body] of requests) {
      const answer = await bench.ask(method, path, body);
      assert.deepEqual([answer.status, answer.code], [403, "Authorization_RequestDenied"], path);
    }
    assert.equal((await bench.ask("GET", `/v1.0/applications/${made.id}`)).status, 200);
    await bench.use(["Application.ReadWrite.All"]);
    assert.equal((await bench.ask(...(requests[4] ?? ["", ""]))).status, 403);
    assert.deepEqual(bench.state(), state);
  });

  it("lets Application.ReadWrite.OwnedBy write owned apps until the ownership is removed", async () => {
    const bench = await makeGraphBench("ownership");
    const foreign = await makeApp(bench, "foreign");
    await bench.use(["Application.ReadWrite.OwnedBy"]);
    const own = await makeApp(bench, "own");
    const oid = bench.world.deployer.servicePrincipalId;
    const owners = (await bench.ask("GET", `/v1.0/applications/${own.id}/owners`)).body.value;
    assert.deepEqual(
      owners.map(({ id }: { id: string }) => id),
      [oid],
    );
    const rename = (id: string) =>
      bench.ask("PATCH", `/v1.0/applications/${id}`, { displayName: "renamed" });
    assert.equal((await rename(foreign.id)).status, 403);
    assert.equal((await rename(own.id)).status, 204);
    const leave = `/v1.0/applications/${own.id}/owners/${oid}/$ref`;
    assert.equal((await bench.ask("DELETE", leave)).status, 204);
    const state = bench.state();
    assert.equal((await rename(own.id)).status, 403);
    assert.equal(
      (await bench.ask("POST", `/v1.0/applications/${own.id}/addPassword`, {})).status,
      403,
    );
    assert.equal((await bench.ask("DELETE", `/v1.0/applications/${own.id}`)).status, 403);
    assert.deepEqual(bench.state(), state);
  });
});
