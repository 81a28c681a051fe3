// The sign-in log as Graph shows it: which secret an app got its token with.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { recordSignIn } from "../../src/entra/signInLog.ts";
import { type GraphBench, makeGraphBench } from "./graphClient.ts";

const SINCE = "2020-01-01T00:00:00Z";

describe("the sign-in log in Graph", () => {
  let bench: GraphBench;
  let appId: string;
  let secret: { readonly keyId: string; readonly secretText: string };

  const logOf = (app: string, from = SINCE) =>
    bench.ask(
      "GET",
      `/beta/auditLogs/signIns?$filter=${encodeURIComponent(`signInEventTypes/any(t: t eq 'servicePrincipal') and appId eq '${app}' and createdDateTime ge ${from}`)}`,
    );

  beforeEach(async () => {
    bench = await makeGraphBench("sign-in log");
    const { body } = await bench.ask("POST", "/v1.0/applications", { displayName: "crm" });
    appId = String(body.appId);
    await bench.ask("POST", "/v1.0/servicePrincipals", { appId });
    const added = await bench.ask("POST", `/v1.0/applications/${body.id}/addPassword`, {});
    secret = added.body as unknown as typeof secret;
    await bench.use(["AuditLog.Read.All"]);
    recordSignIn(bench.context, bench.secrets, { clientId: appId, secret: secret.secretText });
  });

  it("says which secret an app used, and never the secret", async () => {
    const { status, body } = await logOf(appId);
    assert.equal(status, 200);
    const [signIn, ...others] = body.value as Record<string, unknown>[];
    assert.equal(signIn?.servicePrincipalCredentialKeyId, secret.keyId);
    assert.deepEqual(others, []);
    assert.ok(!JSON.stringify(body).includes(secret.secretText));
    assert.deepEqual((await logOf(appId, "2999-01-01T00:00:00Z")).body.value, []);
    assert.deepEqual((await logOf("another")).body.value, []);
  });

  it("shows a sign-in after the log's delay", async () => {
    bench.world.settings.signInLogDelayMs = 60_000;
    assert.deepEqual((await logOf(appId)).body.value, []);
  });

  it("refuses a tenant without the licence, an app without the permission, and other filters", async () => {
    assert.equal((await bench.ask("GET", "/beta/auditLogs/signIns")).status, 400);
    bench.world.settings.signInLog = "not licensed";
    const { status, code } = await logOf(appId);
    assert.deepEqual(
      [status, code],
      [403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"],
    );
    await bench.use(["Application.ReadWrite.All"]);
    assert.equal((await logOf(appId)).code, "Authorization_RequestDenied");
  });
});
