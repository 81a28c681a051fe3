// What Entra says when an app asks for a token of a user, or of another tenant.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { EXCHANGE_SCOPE } from "./bench.ts";
import { type GraphBench, type MadeApp, makeApp, makeGraphBench } from "./graphClient.ts";

const PASSWORD = "An0ther-Secret!";
const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

describe("other grants than client credentials", () => {
  let bench: GraphBench;
  let app: MadeApp;
  let secret: string;
  let anna: { id: string; userPrincipalName: string; accountEnabled: boolean };
  beforeEach(async () => {
    bench = await makeGraphBench("user grants");
    app = await makeApp(bench);
    const path = `/v1.0/applications/${app.id}/addPassword`;
    secret = (await bench.ask("POST", path, { passwordCredential: {} })).body.secretText;
    const { users } = bench.world.directory;
    const found = users.find(({ userPrincipalName }) => userPrincipalName.startsWith("anna@"));
    assert.ok(found);
    anna = found;
    bench.secrets.userPasswords[anna.id] = PASSWORD;
  });

  /** What Entra said, which issued nothing and changed nothing. */
  async function said(
    form: Record<string, string>,
    tenant?: string,
  ): Promise<[number, string, number, string]> {
    const [state, issued] = [bench.state(), bench.secrets.issuedTokens.length];
    const response = await bench.requestToken({ client_id: app.appId, ...form }, tenant);
    const body = (await response.json()) as {
      error: string;
      error_codes: number[];
      error_description: string;
    };
    assert.deepEqual(bench.state(), state);
    assert.equal(bench.secrets.issuedTokens.length, issued);
    const [words = ""] = body.error_description.split(" Trace ID");
    return [response.status, body.error, body.error_codes[0] ?? 0, words];
  }
  const asAnna = (change: Record<string, string> = {}) => ({
    grant_type: "password",
    scope: EXCHANGE_SCOPE,
    username: anna.userPrincipalName,
    password: PASSWORD,
    client_secret: secret,
    ...change,
  });

  it("an app that is no public client must prove itself before a user is looked at", async () => {
    const { client_secret: _, ...withoutSecret } = asAnna();
    const forgotten = [
      401,
      "invalid_client",
      7000218,
      "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ];
    for (const change of [{}, { password: "wrong" }, { username: "nobody@nowhere.example" }]) {
      assert.deepEqual(await said({ ...withoutSecret, ...change }), forgotten);
    }
    for (const grant of [
      { grant_type: "authorization_code", code: "x" },
      { grant_type: "refresh_token", refresh_token: "x" },
      { grant_type: DEVICE_CODE, device_code: "x" },
    ]) {
      assert.deepEqual(await said(grant), forgotten);
    }
    assert.equal((await said(asAnna({ client_secret: "wrong" })))[2], 7000215);
  });

  it("a public client needs no secret, and gets no token without consent either", async () => {
    const { client_secret: _, ...withoutSecret } = asAnna();
    await bench.ask("PATCH", `/v1.0/applications/${app.id}`, { isFallbackPublicClient: true });
    assert.equal((await said(withoutSecret))[2], 65001);
    assert.equal((await said({ ...withoutSecret, password: "wrong" }))[2], 50126);
    const machine = { grant_type: "client_credentials", scope: EXCHANGE_SCOPE };
    assert.equal((await said(machine))[2], 7000216);
  });

  it("no user's password is of use to an app that nobody consented to", async () => {
    const grant = "invalid_grant";
    const unknown = await said(asAnna({ username: "nobody@nowhere.example" }));
    assert.deepEqual(unknown.slice(0, 3), [400, grant, 50034]);
    assert.deepEqual(await said(asAnna({ password: "wrong" })), [
      400,
      grant,
      50126,
      "AADSTS50126: Error validating credentials due to invalid username or password.",
    ]);
    assert.deepEqual(await said(asAnna()), [
      400,
      grant,
      65001,
      `AADSTS65001: The user or administrator has not consented to use the application with ID '${app.appId}' named 'relay'. Send an interactive authorization request for this user and resource.`,
    ]);
    anna.accountEnabled = false;
    assert.deepEqual((await said(asAnna())).slice(1, 3), [grant, 50057]);
  });

  it("no code and no refresh token is good, a token of the app's own neither", async () => {
    const own = await bench.tokenFor(EXCHANGE_SCOPE);
    const malformed = [
      400,
      "invalid_grant",
      9002313,
      "AADSTS9002313: Invalid request. Request is malformed or invalid.",
    ];
    const proof = { client_secret: secret };
    const code = { grant_type: "authorization_code", code: own, redirect_uri: "https://a.example" };
    const refresh = { grant_type: "refresh_token", refresh_token: own };
    assert.deepEqual(await said({ ...proof, ...code }), malformed);
    assert.deepEqual(await said({ ...proof, ...refresh }), malformed);
    assert.deepEqual(await said({ ...proof, grant_type: DEVICE_CODE, device_code: own }), [
      400,
      "invalid_grant",
      7000014,
      "AADSTS7000014: The provided value for the input parameter 'device_code' is not valid.",
    ]);
  });

  it("a grant needs its own parameters, and takes those of no other", async () => {
    const proof = { client_secret: secret };
    const without = (grant_type: string) => said({ ...proof, grant_type, scope: EXCHANGE_SCOPE });
    for (const [grant, parameter] of [
      ["password", "username"],
      ["authorization_code", "code"],
      ["refresh_token", "refresh_token"],
      [DEVICE_CODE, "device_code"],
    ] as const) {
      const [, , code, words] = await without(grant);
      assert.equal(code, 900144);
      assert.ok(words.endsWith(`parameter: '${parameter}'.`), words);
    }
    const mixed = { ...proof, grant_type: "client_credentials", scope: EXCHANGE_SCOPE };
    assert.equal((await said({ ...mixed, username: "anna" }))[2], 9000411);
    assert.equal((await without("implicit"))[2], 70003);
    assert.equal((await without("constructor"))[2], 70003);
  });

  it("an app of one tenant is refused at the endpoint of all, and at another tenant's", async () => {
    const form = { grant_type: "client_credentials", scope: EXCHANGE_SCOPE, client_secret: secret };
    assert.deepEqual(await said(form, "common"), [
      400,
      "invalid_request",
      50194,
      `AADSTS50194: Application '${app.appId}'(relay) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
    ]);
    assert.equal((await said({ ...form, client_id: "nobody" }, "common"))[2], 90002);
    assert.equal((await said(form, "11111111-1111-4111-8111-111111111111"))[2], 90002);
  });

  it("a resource that the tenant does not have is named as it was asked for", async () => {
    const [status, error, code, words] = await said({
      grant_type: "client_credentials",
      scope: "https://vault.azure.net/.default",
      client_secret: secret,
    });
    assert.deepEqual([status, error, code], [400, "invalid_resource", 500011]);
    const { id } = bench.world.tenant;
    assert.ok(
      words.startsWith(
        `AADSTS500011: The resource principal named https://vault.azure.net was not found in the tenant named ${id}. `,
      ),
    );
  });
});
