import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { managementRoleAssignment } from "../../../providers/exchange/managementRoleAssignment.ts";
import { useProviderFixture } from "./fixture.ts";
import { namedLife, OWNER, refusalOf, testDehydrated, testNamed } from "./namedLife.ts";

const NAME = "relay-test-erp";
const APP = "aaaaaaaa-1111-4111-8111-111111111111";
const OTHER_APP = "cccccccc-3333-4333-8333-333333333333";
/** The object id of an app's enterprise application. */
const objectIdOf = (appId: string) => appId.replaceAll("-4", "-5");
const ROLE = "Application SMTP.SendAsApp";

describe("a management role assignment", () => {
  const fixture = useProviderFixture("role assignment");
  beforeEach(() => {
    for (const AppId of [APP, OTHER_APP]) {
      const ids = { AppId, ObjectId: objectIdOf(AppId) };
      fixture.lab.admin("New-ServicePrincipal", { ...ids, DisplayName: "relay-test-erp" });
    }
    for (const Name of [NAME, "other"]) {
      const RecipientRestrictionFilter = `PrimarySmtpAddress -eq 'anna@${fixture.domain}'`;
      fixture.lab.admin("New-ManagementScope", { Name, RecipientRestrictionFilter });
    }
  });

  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    name: NAME,
    appId: APP,
    objectId: objectIdOf(APP),
    scope: NAME,
    ...change,
  });
  const one = { fixture, kind: managementRoleAssignment, declare };
  const life = () => namedLife(one);
  const held = () => fixture.lab.world.roleAssignments[0];

  testNamed({
    ...one,
    makes: "New-ManagementRoleAssignment",
    removes: "Remove-ManagementRoleAssignment",
    another: { appId: OTHER_APP, objectId: objectIdOf(OTHER_APP) },
    renamed: { name: "relay-renamed-erp" },
    keepsName: true,
    removeByHand: () => fixture.lab.admin("Remove-ManagementRoleAssignment", { Identity: NAME }),
  });
  testDehydrated(one);

  it("gives the app the role for SMTP over the scope", async () => {
    const { outs } = await life().up(declare());
    assert.partialDeepStrictEqual(held(), {
      guid: outs.guid,
      name: NAME,
      role: ROLE,
      customResourceScope: NAME,
      enabled: true,
    });
    assert.deepEqual([outs.appId, outs.role, outs.scope], [APP, ROLE, NAME]);
  });

  it("another scope is an update; another app, or enterprise application, is a replacement", async () => {
    const made = await life().up(declare());
    const updated = await life().up(declare({ scope: "other" }), made);
    assert.deepEqual([updated.step, held()?.customResourceScope], ["update", "other"]);
    for (const change of [{ appId: OTHER_APP }, { objectId: objectIdOf(OTHER_APP) }]) {
      const inputs = await life().checked(declare(change), made);
      const diff = await managementRoleAssignment(fixture.run()).diff(made.id, made.outs, inputs);
      assert.deepEqual(diff.replaces, Object.keys(change));
    }
  });

  it("a wider scope, or one switched off, is drift, and is set right", async () => {
    const made = await life().up(declare());
    for (const change of [{ CustomResourceScope: null }, { Enabled: false }]) {
      fixture.lab.admin("Set-ManagementRoleAssignment", { Identity: NAME, ...change });
      const seen = await life().refresh(made);
      assert.equal(seen?.drift, true);
      await life().up(declare(), seen);
      assert.deepEqual([held()?.customResourceScope, held()?.enabled], [NAME, true]);
    }
  });

  for (const roleAssignee of ["object id", "display name"] as const) {
    describe(`where Exchange shows the app by its ${roleAssignee}, which two apps may share`, () => {
      beforeEach(() => {
        fixture.lab.world.settings.roleAssignee = roleAssignee;
      });

      it("ours is ours, without a look at service principals", async () => {
        const made = await life().up(declare());
        assert.deepEqual([made.outs.appId, made.outs.objectId], [APP, objectIdOf(APP)]);
        const seen = await life().refresh(made);
        assert.deepEqual([seen?.drift, seen?.outs], [false, made.outs]);
        assert.equal((await life().up(declare())).id, made.id, "a killed run's is taken over");
        assert.equal(fixture.asked("Get-ServicePrincipal"), 0);
      });

      it("another app's is refused", async () => {
        byHand();
        assert.match(
          await refusalOf(one, declare()),
          /is the name of a role assignment that exists already and is not ours/,
        );
      });

      it("one that somebody has made anew for another app is not taken for ours", async () => {
        const made = await life().up(declare());
        fixture.lab.admin("Remove-ManagementRoleAssignment", { Identity: NAME });
        byHand();
        const [other] = fixture.lab.world.roleAssignments;
        const seen = await life().refresh({ ...made, id: other?.guid ?? "" });
        assert.equal(seen?.drift, true);
        assert.notEqual(seen?.outs.objectId, objectIdOf(APP));
      });
    });
  }

  const byHand = () =>
    fixture.lab.admin("New-ManagementRoleAssignment", {
      Name: NAME,
      App: OTHER_APP,
      Role: ROLE,
      CustomResourceScope: NAME,
    });

  it("a tenant without the role: the error says what to do", async () => {
    fixture.lab.world.settings.applicationRbac = false;
    assert.match(
      await refusalOf(one, declare()),
      /^tenantId: has no management role "Application SMTP\.SendAsApp".*; set m365-smtp-relay:applicationAccess to classic; nothing was changed$/,
    );
  });
});
