// Service principals, scopes, role assignments and permissions in Exchange: read-back and refusals.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { isCovered, parseFilter, writeFilter } from "../../src/exchange/recipientFilter.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { run, stateOf } from "./exchangeState.ts";

const APP = "11111111-1111-4111-8111-111111111111";
const OBJECT = "22222222-2222-4222-8222-222222222222";
const OTHER = "33333333-3333-4333-8333-333333333333";
const ROLE = "Application SMTP.SendAsApp";

describe("access cmdlets", () => {
  let bench: ExchangeBench;
  let domain: string;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    domain = bench.world.tenant.domain;
  });
  const register = (change: object = {}) =>
    bench.invoke("New-ServicePrincipal", { AppId: APP, ObjectId: OBJECT, ...change });
  const scope = (change: object = {}) =>
    bench.invoke("New-ManagementScope", {
      Name: "scope",
      RecipientRestrictionFilter: `PrimarySmtpAddress -eq 'anna@${domain}'`,
      ...change,
    });
  const assign = (change: object = {}) =>
    bench.invoke("New-ManagementRoleAssignment", {
      Name: "assignment",
      App: APP,
      Role: ROLE,
      ...change,
    });

  /** Runs what must be refused, and looks that nothing changed. */
  async function refuse(name: string, parameters: object, words: RegExp): Promise<void> {
    const before = stateOf(bench.world);
    const sure = /^(Set|Add|Remove)-/.test(name) ? { Confirm: false } : {};
    const { status, text } = await bench.invoke(name, { ...sure, ...parameters });
    assert.ok(status >= 400, `${name} was not refused`);
    assert.match(text, words);
    assert.deepEqual(stateOf(bench.world), before);
  }

  it("a service principal is refused that is there already, or has no GUIDs", async () => {
    await register();
    const exists = /ADObjectAlreadyExistsException\|/;
    await refuse("New-ServicePrincipal", { AppId: APP, ObjectId: OTHER }, exists);
    await refuse("New-ServicePrincipal", { AppId: OTHER, ObjectId: OBJECT }, exists);
    await refuse("New-ServicePrincipal", { AppId: "x", ObjectId: OTHER }, /isn't a valid GUID/);
    await refuse("Set-ServicePrincipal", { Identity: APP, ObjectId: OTHER }, /ObjectId$/);
  });

  const filters: [string, string][] = [
    ["PrimarySmtpAddress -eq 'a@b.example'", "((PrimarySmtpAddress -eq 'a@b.example'))"],
    ['primarysmtpaddress -EQ "a@b.example"', "((PrimarySmtpAddress -eq 'a@b.example'))"],
    ["( (Guid -eq 'x') )", "((Guid -eq 'x'))"],
    [
      "EmailAddresses -eq 'smtp:o''b@c.example' -or (Guid -eq 'x' -or Guid -eq 'y')",
      "((EmailAddresses -eq 'smtp:o''b@c.example') -or (Guid -eq 'x') -or (Guid -eq 'y'))",
    ],
  ];
  for (const [given, kept] of filters) {
    it(`the filter ${given} is kept as ${kept}, and that as itself`, () => {
      for (const filter of [given, kept]) {
        const parsed = parseFilter(filter);
        assert.ok(Array.isArray(parsed));
        assert.equal(writeFilter(parsed), kept);
      }
    });
  }

  it("a filter covers by the primary address, any address, or the GUID", () => {
    const [mailbox, other] = bench.world.mailboxes;
    assert.ok(mailbox && other);
    mailbox.emailAddresses.push(`smtp:alias@${domain}`);
    const covered = (filter: string) => {
      const parsed = parseFilter(filter);
      assert.ok(Array.isArray(parsed));
      return [mailbox, other].map((one) => isCovered(writeFilter(parsed), one));
    };
    const { address } = mailbox;
    assert.deepEqual(covered(`PrimarySmtpAddress -eq '${address.toUpperCase()}'`), [true, false]);
    assert.deepEqual(covered(`PrimarySmtpAddress -eq 'alias@${domain}'`), [false, false]);
    assert.deepEqual(covered(`EmailAddresses -eq 'alias@${domain}'`), [true, false]);
    assert.deepEqual(covered(`EmailAddresses -eq 'smtp:alias@${domain}'`), [true, false]);
    assert.deepEqual(covered(`Guid -eq '${mailbox.guid}' -or Guid -eq 'x'`), [true, false]);
  });

  it("a scope gives its filter back rewritten, and takes another one", async () => {
    const made = await scope();
    const [found = {}] = await run(bench, "Get-ManagementScope", { Identity: "SCOPE" });
    assert.deepEqual(made.value, [found]);
    assert.equal(found.RecipientFilter, `((PrimarySmtpAddress -eq 'anna@${domain}'))`);
    const change = { Identity: "scope", RecipientRestrictionFilter: "Guid -eq 'x'" };
    await run(bench, "Set-ManagementScope", change);
    const [changed] = await run(bench, "Get-ManagementScope");
    assert.equal(changed?.RecipientFilter, "((Guid -eq 'x'))");
  });

  const badFilters: [string, RegExp][] = [
    ["MemberOfGroup -eq 'x'", /"MemberOfGroup" is not a recognized filterable property/],
    ["Guid -eq", /Invalid filter syntax/],
    ["Guid -eq 'x", /Invalid filter syntax.*"'x" at position 10/],
    ["(Guid -eq 'x'", /Invalid filter syntax/],
    ["Guid -eq 'x')", /Invalid filter syntax/],
    ["Guid -eq 'x' Guid -eq 'y'", /Invalid filter syntax/],
    ["Guid -eq 'x' -and Guid -eq 'y'", /few operators in filters.*"-and Guid/],
    ["Guid -like 'x*'", /few operators in filters/],
    ["", /needs a RecipientRestrictionFilter/],
  ];
  for (const [filter, words] of badFilters) {
    it(`a scope is refused with the filter "${filter}"`, async () => {
      const Name = "bad";
      await refuse("New-ManagementScope", { Name, RecipientRestrictionFilter: filter }, words);
      await scope();
      const change = { Identity: "scope", RecipientRestrictionFilter: filter };
      await refuse("Set-ManagementScope", change, words);
    });
  }

  it("a scope is kept while it is in use", async () => {
    await scope();
    await register();
    const assigned = await assign({ CustomResourceScope: "scope" });
    assert.equal(assigned.status, 200, assigned.text);
    await refuse("Remove-ManagementScope", { Identity: "scope" }, /used by .*: assignment/);
    await run(bench, "Remove-ManagementRoleAssignment", { Identity: "assignment" });
    await run(bench, "Remove-ManagementScope", { Identity: "scope" });
    await refuse("Get-ManagementScope", { Identity: "scope" }, /couldn't be found/);
  });

  it("an assignment shows role, app and scope, and is found by them", async () => {
    await scope();
    await register();
    const made = await assign({ CustomResourceScope: "SCOPE" });
    const [found = {}] = made.value;
    assert.deepEqual(
      [found.Role, found.RoleAssigneeType, found.CustomResourceScope, "App" in found],
      [ROLE, "ServicePrincipal", "scope", false],
    );
    const read = (parameters: object) => run(bench, "Get-ManagementRoleAssignment", parameters);
    const ofApps = (await read({})).filter((one) => one.RoleAssigneeType === "ServicePrincipal");
    assert.deepEqual(ofApps, [found]);
    for (const parameters of [
      { Identity: "assignment" },
      { Role: ROLE },
      { RoleAssignee: APP },
      { RoleAssigneeType: "ServicePrincipal" },
    ]) {
      assert.deepEqual(await read(parameters), [found], JSON.stringify(parameters));
    }
    assert.deepEqual(await read({ Role: "Application Mail.Send" }), []);
    assert.deepEqual(await read({ Role: ROLE, RoleAssigneeType: "RoleGroup" }), []);
  });

  it("an assignment shows its app by display name, and by object id in some worlds alone", async () => {
    await register();
    await assign();
    await run(bench, "Set-ServicePrincipal", { Identity: APP, DisplayName: "ERP", Confirm: false });
    const { settings } = bench.world;
    const assignee = async () => {
      const [found = {}] = await run(bench, "Get-ManagementRoleAssignment", { Role: ROLE });
      return [found.RoleAssignee, found.RoleAssigneeName];
    };
    settings.roleAssignee = "object id";
    assert.deepEqual(await assignee(), [OBJECT, "ERP"]);
    settings.roleAssignee = "display name";
    assert.deepEqual(await assignee(), ["ERP", "ERP"]);
  });

  it("an assignment without a name is named by role and app", async () => {
    await register();
    const [made] = (await assign({ Name: undefined })).value;
    assert.equal(made?.Name, `${ROLE}-${OBJECT}`);
  });

  it("an assignment is refused that lacks its app, role or scope, or has two scopes", async () => {
    await register();
    await scope();
    await assign();
    const name = "New-ManagementRoleAssignment";
    const good = { Name: "second", App: APP, Role: ROLE };
    const missing = /couldn't be found/;
    await refuse(name, { ...good, App: OTHER }, missing);
    await refuse(name, { ...good, Role: "Application Nonsense" }, missing);
    await refuse(name, { ...good, CustomResourceScope: "x" }, missing);
    await refuse(name, { ...good, RecipientGroupScope: "x" }, missing);
    await refuse(name, { ...good, RecipientAdministrativeUnitScope: "x" }, missing);
    const both = { ...good, CustomResourceScope: "scope", RecipientGroupScope: "x" };
    await refuse(name, both, /AmbiguousParameterSet.*CustomResourceScope, RecipientGroupScope/);
    const change = { Identity: "assignment", Role: "Application Mail.Send" };
    await refuse("Set-ManagementRoleAssignment", change, /Role$/);
  });

  it("a tenant without RBAC for SMTP lacks the role", async () => {
    await register();
    const [role] = await run(bench, "Get-ManagementRole", { Identity: ROLE.toLowerCase() });
    assert.equal(role?.Name, ROLE);
    bench.world.settings.applicationRbac = false;
    await refuse("Get-ManagementRole", { Identity: ROLE }, /couldn't be found/);
    await refuse(
      "New-ManagementRoleAssignment",
      { Name: "a", App: APP, Role: ROLE },
      /couldn't be/,
    );
    const others = await run(bench, "Get-ManagementRole");
    assert.ok(others.some(({ Name }) => Name === "Application Mail.Send"));
    assert.ok(!others.some(({ Name }) => Name === ROLE));
  });

  it("Test-ServicePrincipalAuthorization sees grants before sign-ins do", async () => {
    bench.world.settings.grantDelayMs = 3_600_000;
    await register();
    await scope();
    await assign({ CustomResourceScope: "scope" });
    await assign({ Name: "wide", Role: "Application Mail.Send" });
    const ask = async (parameters: object) =>
      (
        await run(bench, "Test-ServicePrincipalAuthorization", { Identity: APP, ...parameters })
      ).map((line) => Object.values(line));
    assert.deepEqual(await ask({ Resource: `anna@${domain}` }), [
      [ROLE, "SMTP.SendAsApp", "scope", "CustomRecipientScope", "True"],
      ["Application Mail.Send", "Mail.Send", "Organization", "Organization", "True"],
    ]);
    const inScope = async (parameters: object) => (await ask(parameters)).map((line) => line[4]);
    assert.deepEqual(await inScope({ Resource: "postmaster" }), ["False", "True"]);
    assert.deepEqual(await inScope({}), ["Not Run", "Not Run"]);
    await refuse("Test-ServicePrincipalAuthorization", { Identity: OTHER }, /couldn't be found/);
    const nobody = { Identity: APP, Resource: "nobody" };
    await refuse("Test-ServicePrincipalAuthorization", nobody, /'nobody' couldn't be found/);
  });

  describe("an organisation that was never customised", () => {
    const words =
      /InvalidOperationInDehydratedContextException\|The command you tried to run isn't currently allowed in your organization\. To run this command, you first need to run the command: Enable-OrganizationCustomization\./;
    beforeEach(async () => {
      await register();
      bench.world.organization.isDehydrated = true;
    });
    const creations: [string, object][] = [
      ["New-ManagementScope", { Name: "a", RecipientRestrictionFilter: "Guid -eq 'x'" }],
      ["New-ManagementRoleAssignment", { Name: "a", App: APP, Role: ROLE }],
      ["New-AuthenticationPolicy", { Name: "a" }],
      ["New-HostedOutboundSpamFilterPolicy", { Name: "a" }],
    ];

    it("makes no roles, scopes and policies until it is", async () => {
      for (const [name, parameters] of creations) await refuse(name, parameters, words);
      const dehydrated = async () => (await run(bench, "Get-OrganizationConfig"))[0]?.IsDehydrated;
      assert.equal(await dehydrated(), true);
      await run(bench, "Enable-OrganizationCustomization");
      assert.equal(await dehydrated(), false);
      for (const [name, parameters] of creations) await run(bench, name, parameters);
      await refuse("Enable-OrganizationCustomization", {}, /Organization is already enabled/);
    });

    it("may go on to refuse for a while, although it says that it was", async () => {
      bench.world.settings.hydrationMs = 60_000;
      await run(bench, "Enable-OrganizationCustomization");
      assert.equal((await run(bench, "Get-OrganizationConfig"))[0]?.IsDehydrated, false);
      for (const [name, parameters] of creations) await refuse(name, parameters, words);
      await bench.clock.advance(60_000);
      for (const [name, parameters] of creations) await run(bench, name, parameters);
    });
  });

  describe("permissions", () => {
    const full = { Identity: "anna", User: APP, AccessRights: ["FullAccess"] };
    const sendAs = { Identity: "anna", Trustee: APP, AccessRights: "SendAs" };
    beforeEach(register);

    it("are listed with the mailbox's own user first", async () => {
      const read = async (parameters: object = {}) =>
        (await run(bench, "Get-MailboxPermission", { Identity: "anna", ...parameters })).map(
          ({ User, AccessRights }) => [User, AccessRights],
        );
      const self = ["NT AUTHORITY\\SELF", ["FullAccess", "ReadPermission"]];
      assert.deepEqual(await read(), [self]);
      const [added] = await run(bench, "Add-MailboxPermission", full);
      assert.deepEqual([added?.User, added?.AccessRights], [OBJECT, ["FullAccess"]]);
      const more = { ...full, AccessRights: ["FullAccess", "ChangeOwner"] };
      await run(bench, "Add-MailboxPermission", more);
      const theirs = [OBJECT, ["FullAccess", "ChangeOwner"]];
      assert.deepEqual(await read(), [self, theirs]);
      assert.deepEqual(await read({ User: OBJECT }), [theirs]);
      assert.deepEqual(await read({ User: "postmaster" }), []);
      assert.deepEqual(await read({ User: "NT AUTHORITY\\SELF" }), [self]);
      await run(bench, "Remove-MailboxPermission", full);
      assert.deepEqual(await read(), [self, [OBJECT, ["ChangeOwner"]]]);
    });

    it("to send are listed with the recipient's own user first", async () => {
      await run(bench, "Add-RecipientPermission", sendAs);
      const read = async (parameters: object) =>
        (await run(bench, "Get-RecipientPermission", parameters)).map(({ Trustee }) => Trustee);
      assert.deepEqual(await read({ Identity: "anna" }), ["NT AUTHORITY\\SELF", OBJECT]);
      assert.deepEqual(await read({ Trustee: APP }), [OBJECT]);
      assert.deepEqual(await read({ Identity: "postmaster", Trustee: APP }), []);
      await run(bench, "Remove-RecipientPermission", sendAs);
      assert.deepEqual(await read({ Identity: "anna" }), ["NT AUTHORITY\\SELF"]);
    });

    it("that are there already are warned of, and change nothing", async () => {
      await run(bench, "Add-MailboxPermission", full);
      await run(bench, "Add-RecipientPermission", sendAs);
      const before = stateOf(bench.world);
      for (const [name, parameters] of [
        ["Add-MailboxPermission", full],
        ["Add-RecipientPermission", sendAs],
      ] as const) {
        const { value, warnings } = await bench.invoke(name, { ...parameters, Confirm: false });
        assert.deepEqual(value, []);
        assert.match(warnings.join(), /already present on the object "CN=anna,/);
      }
      assert.deepEqual(stateOf(bench.world), before);
    });

    it("that are not there are warned of or refused when they are removed", async () => {
      const words =
        /Can't remove the access control entry on the object "CN=anna,.*because the ACE doesn't exist on the object\./;
      const removals: [string, object][] = [
        ["Remove-MailboxPermission", full],
        ["Remove-RecipientPermission", sendAs],
      ];
      bench.world.settings.absentPermission = "refused";
      for (const [name, parameters] of removals) await refuse(name, parameters, words);
      bench.world.settings.absentPermission = "warned";
      const before = stateOf(bench.world);
      for (const [name, parameters] of removals) {
        const { status, warnings } = await bench.invoke(name, { ...parameters, Confirm: false });
        assert.equal(status, 200);
        assert.match(warnings.join(), words);
      }
      assert.deepEqual(stateOf(bench.world), before);
    });

    it("are refused to nobody, on nothing, and with unknown rights", async () => {
      const add = "Add-MailboxPermission";
      await refuse(add, { ...full, User: "nobody" }, /User or group "nobody" wasn't found/);
      await refuse(add, { ...full, Identity: "nobody" }, /'nobody' couldn't be found/);
      await refuse(add, { ...full, AccessRights: ["Everything"] }, /enumerator names/);
      await refuse(add, { ...full, AccessRights: [] }, /Cannot convert value/);
      await refuse(add, { ...full, Deny: true }, /does not model the parameter Deny/);
      const right = { ...sendAs, AccessRights: "FullAccess" };
      await refuse("Add-RecipientPermission", right, /enumerator names and try again: SendAs/);
    });
  });

  it("Add asks first", async () => {
    await register();
    const before = stateOf(bench.world);
    for (const [name, parameters] of [
      ["Add-MailboxPermission", { Identity: "anna", User: APP, AccessRights: "FullAccess" }],
      ["Add-RecipientPermission", { Identity: "anna", Trustee: APP, AccessRights: "SendAs" }],
    ] as const) {
      const { body } = await bench.invoke(name, parameters);
      assert.match(body["@adminapi.confirmationmessage"] ?? "", new RegExp(name));
    }
    assert.deepEqual(stateOf(bench.world), before);
  });
});
