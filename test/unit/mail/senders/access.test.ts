import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import {
  APPLICATION_ACCESSES,
  CUSTOMIZE,
  EXCHANGE_ONLINE_APP_ID,
  missingRoleProblem,
  notCustomizedProblem,
  SMTP_APP_ROLE,
  SMTP_MANAGEMENT_ROLE,
  tenantWideProblem,
} from "../../../../mail/senders/access.ts";

it("the names and ids that Microsoft gives are these", () => {
  assert.deepEqual(APPLICATION_ACCESSES, ["rbac", "classic"]);
  assert.equal(EXCHANGE_ONLINE_APP_ID, "00000002-0000-0ff1-ce00-000000000000");
  assert.equal(SMTP_APP_ROLE, "SMTP.SendAsApp");
  assert.equal(SMTP_MANAGEMENT_ROLE, "Application SMTP.SendAsApp");
});

describe("tenantWideProblem", () => {
  // https://learn.microsoft.com/graph/permissions-reference
  const roles = {
    "b633e1c5-b582-4048-a93e-9f11b44c7e96": "Mail.Send",
    "e2a3a72e-5f79-4c64-b1b1-878b674786c9": "Mail.ReadWrite",
    "810c84a8-4a9e-49e6-bf7d-12d183f40d01": "Mail.Read",
    "dc890d15-9560-4a4c-9b7f-a736ec74ec40": "full_access_as_app",
  };
  for (const [id, name] of Object.entries(roles)) {
    it(`refuses ${name}, in any letter case`, () => {
      const value = id.toUpperCase();
      assert.deepEqual(tenantWideProblem("app", value), {
        key: "app",
        value,
        rule: `is ${name}, with which the app reaches every mailbox of the tenant`,
        fix: "give the app a role over its own mailbox instead (RBAC for Applications), as senders with authentication: [oauth] have",
      });
      assert.equal(tenantWideProblem("app", id)?.value, id);
    });
  }
  it("is silent about any other role", () =>
    assert.equal(tenantWideProblem("app", "00000000-0000-0000-0000-000000000000"), undefined));
});

describe("what a tenant lacks for an app's access", () => {
  it("is told with the way around it", () => {
    assert.equal(
      sentence(missingRoleProblem("Application SMTP.SendAsApp")),
      'tenantId: has no management role "Application SMTP.SendAsApp", which lets an app submit mail and is not rolled out in every cloud yet; set m365-smtp-relay:applicationAccess to classic',
    );
    const never =
      "tenantId: is an organisation that was never customised, in which Exchange creates no scopes, limits, policies or rules; have an administrator run Enable-OrganizationCustomization once, which can't be undone";
    assert.equal(sentence(notCustomizedProblem()), never);
    assert.equal(sentence(notCustomizedProblem("fence")), `${never}; or remove fence`);
    assert.ok(never.endsWith(CUSTOMIZE));
  });
  it("repeats no value", () => {
    assert.equal(missingRoleProblem("x").value, undefined);
    assert.equal(notCustomizedProblem().value, undefined);
  });
});
