// Who may submit mail as whom: what the cmdlets grant, from when on, and what a sign-in makes of it.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import {
  appMayUse,
  basicAuthOf,
  maySendAs,
  smtpAuthOf,
} from "../../src/exchange/submissionRights.ts";
import type { Mailbox } from "../../src/world/recipients.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { run, stateOf } from "./exchangeState.ts";

const APP = "11111111-1111-4111-8111-111111111111";
const OBJECT = "22222222-2222-4222-8222-222222222222";
const MINUTE = 60_000;

describe("rights to submit mail", () => {
  let bench: ExchangeBench;
  let domain: string;
  let anna: Mailbox;
  let postmaster: Mailbox;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    domain = bench.world.tenant.domain;
    [postmaster, anna] = bench.world.mailboxes as [Mailbox, Mailbox];
  });
  const now = () => bench.clock.now();
  const may = (mailbox: Mailbox, change: Partial<Parameters<typeof appMayUse>[1]> = {}) =>
    appMayUse(bench.world, { appId: APP, objectId: OBJECT, roles: [], ...change }, mailbox, now());
  const register = () => run(bench, "New-ServicePrincipal", { AppId: APP, ObjectId: OBJECT });
  const scope = (address: string) =>
    run(bench, "New-ManagementScope", {
      Name: "scope",
      RecipientRestrictionFilter: `PrimarySmtpAddress -eq '${address}'`,
    });
  const assign = (change: object = {}) =>
    run(bench, "New-ManagementRoleAssignment", {
      Name: "assignment",
      App: OBJECT,
      Role: "Application SMTP.SendAsApp",
      ...change,
    });
  const classic = { roles: ["SMTP.SendAsApp"] };

  it("SMTP AUTH: the mailbox's value wins over the organisation's", async () => {
    const { organization } = bench.world;
    const set = (value: boolean | null) =>
      run(bench, "Set-CASMailbox", { Identity: "anna", SmtpClientAuthenticationDisabled: value });
    const auth = () => smtpAuthOf(bench.world, anna, now());
    assert.equal(auth(), "off for the tenant");
    await set(false);
    assert.equal(auth(), "allowed");
    organization.smtpClientAuthenticationDisabled = false;
    await set(null);
    assert.equal(auth(), "allowed");
    await set(true);
    assert.equal(auth(), "off for the mailbox");
  });

  it("port 587 goes by the switch after a while, also when it is thrown twice", async () => {
    bench.world.settings.smtpAuthDelayMs = 12 * MINUTE;
    const set = (value: boolean) =>
      run(bench, "Set-CASMailbox", { Identity: "anna", SmtpClientAuthenticationDisabled: value });
    const auth = () => smtpAuthOf(bench.world, anna, now());
    await set(false);
    assert.equal(auth(), "off for the tenant");
    await bench.clock.advance(10 * MINUTE);
    await set(true);
    assert.equal(auth(), "off for the tenant");
    await bench.clock.advance(10 * MINUTE);
    assert.equal(auth(), "off for the tenant");
    await bench.clock.advance(2 * MINUTE);
    assert.equal(auth(), "off for the mailbox");
    await set(false);
    assert.equal(auth(), "off for the mailbox");
    await bench.clock.advance(12 * MINUTE);
    assert.equal(auth(), "allowed");
  });

  it("a scoped role reaches the mailboxes of its filter alone", async () => {
    await register();
    assert.equal(may(anna), false);
    await scope(anna.address);
    await assign({ CustomResourceScope: "scope" });
    assert.deepEqual([may(anna), may(postmaster)], [true, false]);
  });

  it("a role without a scope reaches every mailbox", async () => {
    await register();
    await assign();
    assert.deepEqual([may(anna), may(postmaster)], [true, true]);
  });

  it("another app, another object id, another role, a disabled assignment reach nothing", async () => {
    await register();
    await assign({ Role: "Application Mail.Send" });
    assert.equal(may(anna), false);
    await assign({ Name: "second" });
    assert.equal(may(anna), true);
    assert.equal(may(anna, { appId: OBJECT }), false);
    assert.equal(may(anna, { objectId: APP }), false);
    await run(bench, "Set-ManagementRoleAssignment", { Identity: "second", Enabled: false });
    assert.equal(may(anna), false);
  });

  it("a wrong object id is taken, and shows at sign-in alone", async () => {
    const made = await bench.invoke("New-ServicePrincipal", { AppId: APP, ObjectId: APP });
    assert.equal(made.status, 200);
    await assign({ App: APP });
    assert.equal(may(anna), false);
  });

  it("a token with SMTP.SendAsApp is judged by FullAccess alone", async () => {
    await register();
    await assign();
    assert.deepEqual([may(anna), may(anna, classic)], [true, false]);
    const right = { Identity: "anna", User: OBJECT };
    await run(bench, "Add-MailboxPermission", { ...right, AccessRights: "ReadPermission" });
    assert.equal(may(anna, classic), false);
    await run(bench, "Add-MailboxPermission", { ...right, AccessRights: "FullAccess" });
    assert.deepEqual([may(anna, classic), may(postmaster, classic)], [true, false]);
    await run(bench, "Remove-ManagementRoleAssignment", { Identity: "assignment" });
    assert.deepEqual([may(anna), may(anna, classic)], [false, true]);
    await run(bench, "Remove-MailboxPermission", { ...right, AccessRights: "FullAccess" });
    assert.equal(may(anna, classic), false);
  });

  it("grants count after a while, removals at once", async () => {
    bench.world.settings.grantDelayMs = 30 * MINUTE;
    await register();
    await bench.clock.advance(20 * MINUTE);
    await assign();
    await run(bench, "Add-MailboxPermission", {
      Identity: "anna",
      User: OBJECT,
      AccessRights: ["FullAccess"],
    });
    await bench.clock.advance(20 * MINUTE);
    assert.deepEqual([may(anna), may(anna, classic)], [false, false]);
    await bench.clock.advance(10 * MINUTE);
    assert.deepEqual([may(anna), may(anna, classic)], [true, true]);
    await run(bench, "Remove-ServicePrincipal", { Identity: APP });
    assert.deepEqual([may(anna), may(anna, classic)], [false, false]);
    assert.deepEqual(bench.world.roleAssignments, []);
    assert.deepEqual(bench.world.mailboxPermissions, []);
  });

  it("a service principal counts after a while", async () => {
    bench.world.settings.grantDelayMs = 30 * MINUTE;
    await register();
    bench.world.settings.grantDelayMs = 0;
    await assign();
    assert.equal(may(anna), false);
    await bench.clock.advance(30 * MINUTE);
    assert.equal(may(anna), true);
  });

  it("a scope's new filter counts after a while, the old one until then", async () => {
    await register();
    await scope(anna.address);
    await assign({ CustomResourceScope: "scope" });
    bench.world.settings.grantDelayMs = 30 * MINUTE;
    const set = (address: string) =>
      run(bench, "Set-ManagementScope", {
        Identity: "scope",
        RecipientRestrictionFilter: `PrimarySmtpAddress -eq '${address}'`,
      });
    await set(`nobody@${domain}`);
    await bench.clock.advance(20 * MINUTE);
    await set(postmaster.address);
    await bench.clock.advance(20 * MINUTE);
    assert.deepEqual([may(anna), may(postmaster)], [true, false]);
    const judge = async (Resource: string) =>
      (await run(bench, "Test-ServicePrincipalAuthorization", { Identity: APP, Resource }))[0];
    assert.equal((await judge("postmaster"))?.InScope, "True");
    assert.equal((await judge("anna"))?.InScope, "False");
    await bench.clock.advance(10 * MINUTE);
    assert.deepEqual([may(anna), may(postmaster)], [false, true]);
  });

  it("an assignment's new scope counts after a while, the old one until then", async () => {
    await register();
    await scope(anna.address);
    await assign({ CustomResourceScope: "scope" });
    bench.world.settings.grantDelayMs = 30 * MINUTE;
    await run(bench, "Set-ManagementRoleAssignment", {
      Identity: "assignment",
      CustomResourceScope: null,
    });
    assert.deepEqual([may(anna), may(postmaster)], [true, false]);
    await bench.clock.advance(30 * MINUTE);
    assert.deepEqual([may(anna), may(postmaster)], [true, true]);
  });

  it("From is an own address, or one that SendAs was given for", async () => {
    const maySend = (from: string, objectId?: string) =>
      maySendAs(bench.world, anna, from, now(), objectId);
    await run(bench, "Set-Mailbox", {
      Identity: "anna",
      EmailAddresses: [`SMTP:anna@${domain}`, `smtp:ann@${domain}`],
    });
    assert.equal(maySend(`Anna@${domain}`), true);
    assert.equal(maySend(`ann@${domain}`), true);
    assert.equal(maySend(`nobody@${domain}`), false);
    assert.equal(maySend(postmaster.address), false);
    await register();
    const right = { Identity: "postmaster", AccessRights: "SendAs" };
    bench.world.settings.grantDelayMs = MINUTE;
    await run(bench, "Add-RecipientPermission", { ...right, Trustee: APP });
    assert.equal(maySend(postmaster.address, OBJECT), false);
    await bench.clock.advance(MINUTE);
    assert.deepEqual(
      [maySend(postmaster.address, OBJECT), maySend(postmaster.address, APP)],
      [true, false],
    );
    assert.equal(maySend(postmaster.address), false);
    await run(bench, "Add-RecipientPermission", { ...right, Trustee: "anna" });
    await bench.clock.advance(MINUTE);
    assert.equal(maySend(postmaster.address), true);
    await run(bench, "Remove-RecipientPermission", { ...right, Trustee: "anna" });
    assert.equal(maySend(postmaster.address), false);
    assert.equal(maySendAs(bench.world, postmaster, anna.address, now()), false);
  });

  it("passwords: the user's policy, else the default one, else security defaults", async () => {
    const { organization } = bench.world;
    const basic = () => basicAuthOf(bench.world, anna);
    assert.equal(basic(), "allowed");
    organization.securityDefaults = true;
    assert.equal(basic(), "security defaults");
    organization.securityDefaults = false;
    await run(bench, "New-AuthenticationPolicy", { Name: "none" });
    await run(bench, "New-AuthenticationPolicy", { Name: "smtp", AllowBasicAuthSmtp: true });
    organization.defaultAuthenticationPolicy = "none";
    assert.equal(basic(), "basic off");
    await run(bench, "Set-User", { Identity: "anna", AuthenticationPolicy: "smtp" });
    assert.equal(basic(), "allowed");
    await run(bench, "Set-AuthenticationPolicy", { Identity: "smtp", AllowBasicAuthSmtp: false });
    assert.equal(basic(), "basic off");
  });

  it("asking changes nothing", async () => {
    await register();
    await assign();
    const before = stateOf(bench.world);
    may(anna);
    may(anna, classic);
    maySendAs(bench.world, anna, postmaster.address, now(), OBJECT);
    assert.deepEqual(stateOf(bench.world), before);
  });
});
