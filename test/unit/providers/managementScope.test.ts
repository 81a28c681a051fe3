import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { managementScope } from "../../../providers/exchange/managementScope.ts";
import { thrownBy } from "../tenant/bench.ts";
import { useProviderFixture } from "./fixture.ts";
import { heldIn, namedLife, OWNER, refusalOf, testDehydrated, testNamed } from "./namedLife.ts";

const NAME = "relay-test-erp";

describe("a management scope", () => {
  const fixture = useProviderFixture("management scope");

  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    name: NAME,
    address: "erp@contoso.com",
    ...change,
  });
  const one = { fixture, kind: managementScope, declare };
  const life = () => namedLife(one);
  const filter = () => fixture.lab.world.managementScopes[0]?.recipientFilter;

  testNamed({
    ...one,
    makes: "New-ManagementScope",
    removes: "Remove-ManagementScope",
    another: {},
    renamed: { name: "relay-renamed-erp" },
    removeByHand: () => fixture.lab.admin("Remove-ManagementScope", { Identity: NAME }),
  });
  testDehydrated(one);

  it("holds the one mailbox, however Exchange writes the filter", async () => {
    const made = await life().up(declare({ address: "O'Neill@Contoso.com" }));
    assert.equal(filter(), "((PrimarySmtpAddress -eq 'o''neill@contoso.com'))");
    assert.equal(made.outs.recipientFilter, "PrimarySmtpAddress -eq 'o''neill@contoso.com'");
  });

  it("another address is an update of the same scope", async () => {
    const made = await life().up(declare());
    const updated = await life().up(declare({ address: "crm@contoso.com" }), made);
    assert.deepEqual([updated.step, updated.id], ["update", made.id]);
    assert.equal(filter(), "((PrimarySmtpAddress -eq 'crm@contoso.com'))");
  });

  it("a filter that was widened by hand is drift, and is narrowed again", async () => {
    const made = await life().up(declare());
    const both = "PrimarySmtpAddress -eq 'erp@contoso.com' -or PrimarySmtpAddress -eq 'x@y.com'";
    fixture.lab.admin("Set-ManagementScope", { Identity: NAME, RecipientRestrictionFilter: both });
    const seen = await life().refresh(made);
    assert.equal(seen?.drift, true);
    assert.match(seen?.outs.recipientFilter, / -or /);
    await life().up(declare(), seen);
    assert.equal(filter(), "((PrimarySmtpAddress -eq 'erp@contoso.com'))");
  });

  it("one of the name that holds something else is refused", async () => {
    const RecipientRestrictionFilter = "PrimarySmtpAddress -eq 'anna@contoso.com'";
    fixture.lab.admin("New-ManagementScope", { Name: NAME, RecipientRestrictionFilter });
    assert.match(
      await refusalOf(one, declare()),
      /is the name of a management scope that exists already and is not ours/,
    );
  });

  it("one made by hand in the place of ours is left alone", async () => {
    const made = await life().up(declare());
    fixture.lab.admin("Remove-ManagementScope", { Identity: NAME });
    const RecipientRestrictionFilter = "PrimarySmtpAddress -eq 'anna@contoso.com'";
    fixture.lab.admin("New-ManagementScope", { Name: NAME, RecipientRestrictionFilter });
    const world = heldIn(fixture);
    assert.equal(await life().refresh(made), undefined);
    await life().destroy(made);
    assert.deepEqual(heldIn(fixture), world);
  });

  it("one that an assignment uses can't be removed, and the error is Exchange's", async () => {
    const made = await life().up(declare());
    const app = "aaaaaaaa-1111-4111-8111-111111111111";
    fixture.lab.admin("New-ServicePrincipal", { AppId: app, ObjectId: app });
    fixture.lab.admin("New-ManagementRoleAssignment", {
      App: app,
      Role: "Application SMTP.SendAsApp",
      CustomResourceScope: NAME,
    });
    const error = await thrownBy(() => life().destroy(made));
    assert.match(error.message, /can't be removed because it's being used/);
    assert.equal(fixture.lab.world.managementScopes.length, 1);
  });
});
