import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type AdoptedApplicationOutputs,
  adoptedApplication,
} from "../../../providers/exchange/adoptedApplication.ts";
import { useProviderFixture } from "./fixture.ts";
import { lifeOf } from "./life.ts";
import { OWNER } from "./namedLife.ts";

const APP = "00000000-0000-4000-8000-0000000000a1";
const PRINCIPAL = "00000000-0000-4000-8000-0000000000b1";

describe("an adopted app", () => {
  const fixture = useProviderFixture("adopted app");

  const mailbox = () => `anna@${fixture.domain}`;
  const admin = (cmdlet: string, parameters: Record<string, unknown>) =>
    fixture.lab.admin(cmdlet, parameters);
  const makeApp = () =>
    admin("New-ServicePrincipal", { AppId: APP, ObjectId: PRINCIPAL, DisplayName: "Shop" });
  const right = { User: PRINCIPAL, AccessRights: ["FullAccess"], Confirm: false };
  const giveAccess = () => admin("Add-MailboxPermission", { Identity: mailbox(), ...right });
  const giveRole = (scope: string) => {
    admin("New-ManagementScope", {
      ...{ Name: "shop", RecipientRestrictionFilter: `PrimarySmtpAddress -eq '${scope}'` },
    });
    admin("New-ManagementRoleAssignment", {
      ...{ App: APP, Role: "Application SMTP.SendAsApp", CustomResourceScope: "shop" },
    });
  };
  const life = () =>
    lifeOf<object, AdoptedApplicationOutputs>(() => adoptedApplication(fixture.run()));
  const declared = (change: object = {}) => ({
    ...{ ...fixture.tenant, owner: OWNER, appId: APP.toUpperCase(), mailbox: mailbox() },
    ...change,
  });

  for (const [by, give] of [
    ["full access", giveAccess],
    ["a role", () => giveRole(mailbox())],
  ] as const) {
    it(`that gets in by ${by} is read, and never written`, async () => {
      makeApp();
      give();
      const untouched = fixture.state();
      const made = await life().up(declared());
      assert.partialDeepStrictEqual(made.outs, { appId: APP, objectId: PRINCIPAL, pending: "" });
      assert.equal((await life().up(declared(), made)).step, "same");
      assert.equal((await life().refresh(made))?.drift, false);
      await life().destroy(made);
      assert.deepEqual(fixture.state(), untouched);
    });
  }

  it("is refused where Exchange does not know it, or does not let it in", async () => {
    const refused = async (says: RegExp) =>
      assert.match((await life().refusals(declared())).join("\n"), says);
    await refused(/Exchange has no service principal of this app/);
    makeApp();
    await refused(/does not let this app submit mail as anna@/);
    giveRole(`postmaster@${fixture.domain}`);
    await refused(/does not let this app submit mail as anna@/);
  });

  it("is drift and pending once its right is gone, and no up gives it back", async () => {
    makeApp();
    giveAccess();
    const made = await life().up(declared());
    admin("Remove-MailboxPermission", { Identity: mailbox(), ...right });
    const seen = await life().refresh(made);
    assert.equal(seen?.drift, true);
    const again = await life().up(declared(), seen);
    assert.equal(again.step, "update");
    assert.match(again.outs.pending, /does not let app \S+ submit mail as \S+ any more/);
    giveAccess();
    assert.equal((await life().up(declared(), again)).outs.pending, "");
  });

  it("is gone when its service principal is", async () => {
    makeApp();
    giveAccess();
    const made = await life().up(declared());
    admin("Remove-ServicePrincipal", { Identity: APP, Confirm: false });
    assert.equal(await life().refresh(made), undefined);
  });
});
