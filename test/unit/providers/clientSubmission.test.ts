import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, mock } from "node:test";
import {
  type ClientSubmissionInputs,
  type ClientSubmissionOutputs,
  clientSubmission,
} from "../../../providers/exchange/clientSubmission.ts";
import { type Around, passTime, useProviderFixture } from "./fixture.ts";
import { lifeOf } from "./life.ts";
import { UNKNOWN } from "./zoneFixture.ts";

const APP = "5b3f6d2c-58a1-4a0e-8d43-6d0b5c6a1111";
const PRINCIPAL = "5b3f6d2c-58a1-4a0e-8d43-6d0b5c6a2222";
const ROLE = "Application SMTP.SendAsApp";

describe("client submission", () => {
  const fixture = useProviderFixture("client submission");
  let address: string;
  before(() => {
    address = `shop@${fixture.domain}`;
  });
  const said = mock.method(console, "log", () => {});
  after(() => said.mock.restore());
  beforeEach(() => {
    const { admin } = fixture.lab;
    admin("New-Mailbox", { Shared: true, Name: "shop", PrimarySmtpAddress: address });
    admin("Set-CASMailbox", { Identity: address, SmtpClientAuthenticationDisabled: false });
    admin("New-ServicePrincipal", { AppId: APP, ObjectId: PRINCIPAL, DisplayName: "shop" });
    const RecipientRestrictionFilter = `PrimarySmtpAddress -eq '${address}'`;
    admin("New-ManagementScope", { Name: "shop", RecipientRestrictionFilter });
    admin("New-ManagementRoleAssignment", {
      Name: "shop",
      App: PRINCIPAL,
      Role: ROLE,
      CustomResourceScope: "shop",
    });
  });

  const life = (around?: Around) =>
    lifeOf<ClientSubmissionInputs, ClientSubmissionOutputs>(() =>
      clientSubmission(fixture.run(around)),
    );
  const lines = () => said.mock.calls.map(({ arguments: [line] }) => String(line));
  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    address,
    appId: APP,
    waitMinutes: 0,
    ...change,
  });

  it("tells what an application has to know, and changes nothing", async () => {
    const before = fixture.state();
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    assert.deepEqual(made.outs, {
      ...declare(),
      host: "smtp.office365.com",
      tokenEndpoint: `https://localhost:${fixture.lab.ports.https}/${fixture.tenant.tenantId}/oauth2/v2.0/token`,
      scope: "https://outlook.office365.com/.default",
      pending: "",
      overdue: "",
    });
    assert.equal((await refresh(made))?.drift, false);
    assert.equal((await up(declare({ waitMinutes: 9 }), made)).step, "same");
    await destroy(made);
    assert.deepEqual(fixture.state(), before);
  });

  const missing: [title: string, take: () => void, says: RegExp][] = [
    [
      "SMTP AUTH",
      () =>
        fixture.lab.admin("Set-CASMailbox", {
          Identity: address,
          SmtpClientAuthenticationDisabled: true,
        }),
      /^SMTP AUTH is off for shop@.*; run pulumi up --refresh to switch it on$/,
    ],
    [
      "the role",
      () => fixture.lab.admin("Remove-ManagementRoleAssignment", { Identity: "shop" }),
      /^Exchange does not return the role "Application SMTP\.SendAsApp" of app 5b3f6d2c-.*; run pulumi up --refresh, which creates the app's service principal and assigns the role again if they are gone$/,
    ],
    [
      "the scope",
      () =>
        fixture.lab.admin("Set-ManagementScope", {
          Identity: "shop",
          RecipientRestrictionFilter: "PrimarySmtpAddress -eq 'other@contoso.com'",
        }),
      /^shop@.* is not in the scope "shop" within which app 5b3f6d2c-.* may send; run pulumi up --refresh to correct the scope$/,
    ],
    [
      "the service principal",
      () => {
        fixture.lab.world.settings.absentObject = "not found";
        fixture.lab.admin("Remove-ManagementRoleAssignment", { Identity: "shop" });
        fixture.lab.admin("Remove-ServicePrincipal", { Identity: APP });
      },
      /^Exchange does not return the role "Application SMTP\.SendAsApp" of app 5b3f6d2c-.*; run pulumi up --refresh, which creates the app/,
    ],
    [
      "the service principal, of which Exchange says nothing but that it has no role,",
      () => {
        fixture.lab.world.settings.absentObject = "empty list";
        fixture.lab.admin("Remove-ManagementRoleAssignment", { Identity: "shop" });
        fixture.lab.admin("Remove-ServicePrincipal", { Identity: APP });
      },
      /^Exchange does not return the role "Application SMTP\.SendAsApp" of app 5b3f6d2c-.*; run pulumi up --refresh, which creates the app's service principal and assigns the role again/,
    ],
    [
      "the mailbox",
      () => fixture.lab.admin("Remove-Mailbox", { Identity: address }),
      /^Exchange does not return the mailbox shop@.*; run pulumi up --refresh, which creates it again/,
    ],
  ];
  it("an adopted mailbox that is gone is to be created again by its owner", async () => {
    const { up, refresh } = life();
    const made = await up({ ...declare(), isAdopted: true });
    fixture.lab.admin("Remove-Mailbox", { Identity: address });
    assert.match(
      (await refresh(made))?.outs.pending ?? "",
      /^Exchange does not return the mailbox shop@\S+; if it is gone, create it again, then run pulumi up --refresh$/,
    );
  });

  for (const [title, take, says] of missing) {
    it(`${title} that is missing is pending, seen by a refresh, and looked for again`, async () => {
      const { up, refresh } = life();
      const made = await up(declare());
      take();
      const refreshed = await refresh(made);
      assert.equal(refreshed?.drift, true);
      assert.match(refreshed?.outs.pending ?? "", says);
      said.mock.resetCalls();
      const still = await up(declare(), refreshed);
      assert.match(
        lines().join(),
        /^shop@.*: until this is known everywhere, .* 535 5\.7\.3 for two$/,
      );
      assert.equal(still.step, "update");
      assert.match(still.outs.pending, says);
      assert.match((await life().up(declare())).outs.pending, says);
    });
  }

  it("without an app, the mailbox's switch alone is looked at", async () => {
    const { lab } = fixture;
    lab.admin("Remove-ManagementRoleAssignment", { Identity: "shop" });
    lab.admin("Remove-ServicePrincipal", { Identity: APP });
    const { appId: _, ...alone } = declare();
    const made = await life().up(alone);
    assert.deepEqual(["appId" in made.outs, made.outs.pending], [false, ""]);
    assert.equal((await life().refresh(made))?.drift, false);
    assert.equal((await life().up(alone, made)).step, "same");
    lab.admin("Set-CASMailbox", { Identity: address, SmtpClientAuthenticationDisabled: null });
    assert.match((await life().refresh(made))?.outs.pending ?? "", /^SMTP AUTH is off for shop@/);
    assert.equal(fixture.asked("Test-ServicePrincipalAuthorization"), 0);
    assert.equal((await life().up(declare(), made)).step, "replace");
  });

  it("a right that Exchange does not return yet is waited for, with a word of what is missing", async (t) => {
    let looks = 0;
    const late: Around = (invoke) => async (cmdlet, parameters) => {
      const answer = await invoke(cmdlet, parameters);
      return cmdlet.startsWith("Test-") && looks++ === 0 ? { ...answer, value: [] } : answer;
    };
    const slow = passTime(t, 31_000);
    said.mock.resetCalls();
    const made = await life((invoke) => slow(late(invoke))).up(declare({ waitMinutes: 31.4 / 60 }));
    assert.deepEqual([made.outs.pending, looks], ["", 2]);
    assert.match(
      lines()[0] ?? "",
      /^waiting, for 31 s so far and at most 0 s more: Exchange does not return the role/,
    );
  });

  it("what a run has waited for in vain is looked at once by the next; anything else is waited for", async () => {
    const { admin } = fixture.lab;
    const looks = async (made?: Parameters<ReturnType<typeof life>["up"]>[1]) => {
      const before = fixture.asked("Get-CASMailbox");
      const next = await life().up(declare({ waitMinutes: 0.015 }), made);
      return { made: next, looks: fixture.asked("Get-CASMailbox") - before };
    };
    admin("Remove-ManagementRoleAssignment", { Identity: "shop" });
    const first = await looks();
    assert.ok(first.looks > 1, `${first.looks} looks`);
    const second = await looks(first.made);
    assert.deepEqual([second.looks, second.made.outs.pending], [1, first.made.outs.pending]);
    admin("Set-CASMailbox", { Identity: address, SmtpClientAuthenticationDisabled: true });
    const third = await looks(second.made);
    assert.ok(third.looks > 1, `${third.looks} looks`);
    assert.match(third.made.outs.pending, /^SMTP AUTH is off for/);
  });

  it("a second role, over another mailbox, is ignored", async () => {
    const { admin, world } = fixture.lab;
    const RecipientRestrictionFilter = "PrimarySmtpAddress -eq 'other@contoso.com'";
    admin("New-ManagementScope", { Name: "other", RecipientRestrictionFilter });
    const assignment = { App: PRINCIPAL, Role: ROLE, CustomResourceScope: "other" };
    admin("New-ManagementRoleAssignment", { Name: "other", ...assignment });
    world.roleAssignments.reverse();
    assert.equal((await life().up(declare())).outs.pending, "");
  });

  it("an unchanged check and a diff ask nothing; another app or mailbox is another one", async () => {
    const { up, refusals } = life();
    const made = await up(declare());
    const asked = fixture.lab.log.events().length;
    assert.equal((await up(declare(), made)).step, "same");
    const kind = clientSubmission(fixture.run());
    assert.deepEqual(await kind.diff(made.id, made.outs, declare({ appId: UNKNOWN })), {
      changes: true,
    });
    for (const change of [{ appId: PRINCIPAL }, { address: "other@contoso.com" }]) {
      assert.deepEqual(await kind.diff(made.id, made.outs, declare(change)), {
        changes: true,
        replaces: ["address"],
      });
    }
    const moved = declare({ tenantId: "11111111-2222-3333-4444-555555555555" });
    assert.match((await refusals(moved, made))[0] ?? "", /^tenantId: is not the tenant/);
    assert.equal(fixture.lab.log.events().length, asked);
  });
});
