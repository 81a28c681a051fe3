// Entra's policies and the tenant's subscriptions as Graph shows them.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type GraphBench, makeApp, makeGraphBench } from "./graphClient.ts";

const DEFAULT = "/v1.0/policies/defaultAppManagementPolicy";
const CUSTOM = "/v1.0/policies/appManagementPolicies";
const SECURITY_DEFAULTS = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy";
const CONDITIONAL_ACCESS = "/v1.0/identity/conditionalAccess/policies";
const ID = "db9d4b58-3488-4da4-9994-49773c454e33";

describe("policies in Graph", () => {
  let bench: GraphBench;
  beforeEach(async () => {
    bench = await makeGraphBench("policies");
  });

  it("are not set in a new tenant", async () => {
    await bench.use(["Policy.Read.All"]);
    const { body } = await bench.ask("GET", DEFAULT);
    assert.deepEqual(
      [body.isEnabled, body.applicationRestrictions],
      [false, { passwordCredentials: [], keyCredentials: [] }],
    );
    assert.equal((await bench.ask("GET", SECURITY_DEFAULTS)).body.isEnabled, false);
    for (const path of [CUSTOM, CONDITIONAL_ACCESS]) {
      assert.deepEqual((await bench.ask("GET", path)).body.value, []);
    }
  });

  it("show what administrators have set, and for which apps", async () => {
    const { appId } = await makeApp(bench);
    await bench.use(["Policy.Read.All"]);
    const { organization, policies } = bench.world;
    organization.securityDefaults = true;
    const restrictions = { passwordCredentials: [], keyCredentials: [] };
    const custom = { id: ID, displayName: "ours", isEnabled: true, restrictions };
    policies.appManagement.push({ ...custom, appliesTo: [appId] });
    assert.equal((await bench.ask("GET", SECURITY_DEFAULTS)).body.isEnabled, true);
    const [shown] = (await bench.ask("GET", CUSTOM)).body.value;
    assert.deepEqual(shown, { ...custom, description: null });
    const { body } = await bench.ask("GET", `${CUSTOM}/${ID}/appliesTo`);
    assert.deepEqual(
      body.value.map((one: { appId: string }) => one.appId),
      [appId],
    );
    assert.equal((await bench.ask("GET", `${CUSTOM}/${appId}/appliesTo`)).status, 404);
  });

  it("forbid an app's new secrets, or long ones: its own policy before the default one", async () => {
    const { id, appId } = await makeApp(bench);
    const add = (passwordCredential: object = {}) =>
      bench.ask("POST", `/v1.0/applications/${id}/addPassword`, { passwordCredential });
    const { defaultAppManagement, appManagement } = bench.world.policies;
    const held = {
      maxLifetime: null,
      restrictForAppsCreatedAfterDateTime: null,
      state: "enabled" as const,
    };
    defaultAppManagement.applicationRestrictions.passwordCredentials.push({
      ...held,
      restrictionType: "passwordAddition",
    });
    assert.equal((await add()).status, 200);
    defaultAppManagement.isEnabled = true;
    const kept = bench.state();
    const refused = await add();
    assert.deepEqual(
      [refused.status, refused.code],
      [400, "CredentialTypeNotAllowedAsPerAppPolicy"],
    );
    assert.deepEqual(bench.state(), kept);
    const lifetime = { ...held, restrictionType: "passwordLifetime", maxLifetime: "P90D" };
    appManagement.push({
      ...{ id: ID, displayName: "ours", isEnabled: true, appliesTo: [appId] },
      restrictions: { passwordCredentials: [lifetime], keyCredentials: [] },
    });
    assert.equal((await add()).code, "CredentialInvalidLifetimeAsPerAppPolicy");
    assert.deepEqual(bench.state(), kept);
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    assert.equal((await add({ endDateTime: inDays(80) })).status, 200);
    lifetime.maxLifetime = "P4DT12H30M5S";
    lifetime.restrictForAppsCreatedAfterDateTime = "2999-01-01T00:00:00Z" as unknown as null;
    assert.equal((await add({ endDateTime: inDays(80) })).status, 200);
  });

  it("are refused without Policy.Read.All, those of sign-ins in words of their own", async () => {
    for (const [path, code] of [
      [DEFAULT, "Authorization_RequestDenied"],
      [CUSTOM, "Authorization_RequestDenied"],
      [SECURITY_DEFAULTS, "AccessDenied"],
      [CONDITIONAL_ACCESS, "AccessDenied"],
    ] as const) {
      const answer = await bench.ask("GET", path);
      assert.deepEqual([answer.status, answer.code], [403, code], path);
    }
  });

  it("say of each subscription whether it is a trial, and what becomes of it", async () => {
    const [sku] = bench.world.tenant.skus;
    assert.ok(sku);
    Object.assign(sku, { isTrial: true, enabled: 0, lockedOut: 25 });
    const [trial, paid] = (await bench.ask("GET", "/v1.0/directory/subscriptions")).body.value;
    assert.deepEqual(
      [trial.skuId, trial.isTrial, trial.status, trial.totalLicenses],
      [sku.skuId, true, "LockedOut", 25],
    );
    assert.deepEqual([paid.isTrial, paid.status], [false, "Enabled"]);
    const [shown] = (await bench.ask("GET", "/v1.0/subscribedSkus")).body.value;
    assert.deepEqual([shown.capabilityStatus, shown.prepaidUnits.lockedOut], ["LockedOut", 25]);
  });
});
