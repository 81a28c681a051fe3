// Management roles and role groups: what makes them, and what their members may run.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { cmdlets } from "../../src/exchange/cmdlets.ts";
import { BUILT_IN_ROLES, entriesOf, holdersOf } from "../../src/exchange/managementRoles.ts";
import { EXCHANGE_APP_ID } from "../../src/world/makeDirectory.ts";
import { command, EXCHANGE_SCOPE, type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { run, stateOf } from "./exchangeState.ts";
import { appRoleOf } from "./graphClient.ts";

const READER = "Relay Role Reader";
const TWO = ["Get-ServicePrincipal", "Test-ServicePrincipalAuthorization"];

describe("management roles and role groups", () => {
  let bench: ExchangeBench;
  beforeEach(async () => {
    bench = await makeExchangeBench("role groups");
  });

  async function refuse(name: string, parameters: object, words: RegExp): Promise<void> {
    const before = stateOf(bench.world);
    const sure = /^(Set|Remove)-/.test(name) ? { Confirm: false } : {};
    const { status, text } = await bench.invoke(name, { ...sure, ...parameters });
    assert.ok(status >= 400, `${name} was not refused`);
    assert.match(text, words);
    assert.deepEqual(stateOf(bench.world), before);
  }

  /** An app with a secret that may call Exchange, and nothing else yet. */
  async function makeApp(): Promise<{ appId: string; objectId: string; token(): Promise<string> }> {
    const bearer = await bench.tokenFor("https://localhost:8443/.default");
    const ask = async (path: string, body: object) => {
      const response = await bench.graph.request(path, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      assert.ok(response.ok, path);
      return (await response.json()) as Record<string, string>;
    };
    const app = await ask("/v1.0/applications", { displayName: "relay" });
    const { appId = "" } = app;
    const { id: objectId = "" } = await ask("/v1.0/servicePrincipals", { appId });
    const password = await ask(`/v1.0/applications/${app.id}/addPassword`, {});
    const role = appRoleOf(bench, EXCHANGE_APP_ID, "Exchange.ManageAsApp");
    const path = `/v1.0/servicePrincipals/${role.resourceId}/appRoleAssignedTo`;
    await ask(path, { principalId: objectId, ...role });
    return {
      appId,
      objectId,
      async token() {
        const response = await bench.requestToken({
          grant_type: "client_credentials",
          client_id: appId,
          client_secret: String(password.secretText),
          scope: EXCHANGE_SCOPE,
        });
        return ((await response.json()) as { access_token: string }).access_token;
      },
    };
  }

  /** Names of the lab's cmdlets that a token may run; the others are refused with 403. */
  async function allowed(token: string): Promise<string[]> {
    await bench.renewToken(token);
    const names: string[] = [];
    for (const name of Object.keys(cmdlets)) {
      const { status } = await bench.post(command(name, { Nonsense: true }));
      if (status !== 403) names.push(name);
    }
    await bench.renewToken();
    return names.toSorted();
  }

  it("the how-to's cmdlets make a role, a group and a member, who may then run just that", async () => {
    const app = await makeApp();
    assert.deepEqual(await allowed(await app.token()), []);
    await run(bench, "New-ManagementRole", { Name: READER, Parent: "Role Management" });
    const entries = await run(bench, "Get-ManagementRoleEntry", { Identity: `${READER}\\*` });
    for (const { Name } of entries) {
      if (TWO.includes(String(Name))) continue;
      await run(bench, "Remove-ManagementRoleEntry", { Identity: `${READER}\\${Name}` });
    }
    await run(bench, "New-RoleGroup", {
      Name: "Relay Readers",
      Roles: ["View-Only Recipients", READER],
    });
    const { appId: AppId, objectId: ObjectId } = app;
    await run(bench, "New-ServicePrincipal", { AppId, ObjectId, DisplayName: "preview" });
    await run(bench, "Add-RoleGroupMember", { Identity: "Relay Readers", Member: ObjectId });
    const expected = [...(entriesOf("View-Only Recipients", bench.world) ?? []), ...TWO];
    assert.deepEqual(await allowed(await app.token()), expected.toSorted());
    const [group] = await run(bench, "Get-RoleGroup", { Identity: "Relay Readers" });
    assert.deepEqual(group?.Roles, ["View-Only Recipients", READER]);
    assert.deepEqual(group?.Members, [ObjectId]);
    const [member] = await run(bench, "Get-RoleGroupMember", { Identity: "Relay Readers" });
    assert.deepEqual([member?.Name, member?.DisplayName], [ObjectId, "preview"]);
    await run(bench, "Remove-RoleGroupMember", { Identity: "Relay Readers", Member: ObjectId });
    assert.deepEqual(await allowed(await app.token()), []);
  });

  it("a role group's right ends with the service principal in Exchange, and with the group", async () => {
    const { appId: AppId, objectId: ObjectId, token } = await makeApp();
    const join = async () => {
      await run(bench, "New-ServicePrincipal", { AppId, ObjectId });
      await run(bench, "New-RoleGroup", {
        ...{ Name: "g", Roles: ["Transport Hygiene"], Members: [ObjectId] },
      });
      assert.ok((await allowed(await token())).includes("Set-DkimSigningConfig"));
    };
    await join();
    await run(bench, "Remove-ServicePrincipal", { Identity: AppId });
    assert.deepEqual(await allowed(await token()), []);
    await run(bench, "Remove-RoleGroup", { Identity: "g" });
    await join();
    await run(bench, "Remove-RoleGroup", { Identity: "g" });
    assert.deepEqual(await allowed(await token()), []);
  });

  it("a membership counts after its delay, and a directory role in the next token", async () => {
    const { appId: AppId, objectId: ObjectId, token } = await makeApp();
    bench.world.settings.roleGroupDelayMs = 1_800_000;
    await run(bench, "New-ServicePrincipal", { AppId, ObjectId });
    const group = { Identity: "Hygiene Management", Member: ObjectId };
    await run(bench, "Add-RoleGroupMember", group);
    assert.deepEqual(await allowed(await token()), []);
    await bench.clock.advance(1_800_000);
    assert.ok((await allowed(await token())).includes("Set-DkimSigningConfig"));
    await run(bench, "Remove-RoleGroupMember", group);
    const before = await token();
    bench.world.directory.roleAssignments.push({
      ...{ id: "r", principalId: ObjectId, effectiveAt: bench.clock.now().toISOString() },
      roleDefinitionId: "29232cdf-9323-42fd-ade2-1d097af3e4de",
    });
    assert.deepEqual(await allowed(before), []);
    assert.deepEqual(await allowed(await token()), Object.keys(cmdlets).toSorted());
  });

  it("every cmdlet of the lab is held by a role, and no role by nobody", () => {
    const homeless = Object.keys(cmdlets).filter((name) => holdersOf(name).length === 0);
    assert.deepEqual(homeless, []);
    const inGroups = new Set(bench.world.roleGroups.flatMap(({ roles }) => roles));
    assert.deepEqual(
      BUILT_IN_ROLES.filter((role) => !inGroups.has(role)),
      [],
    );
  });

  it("Get-ManagementRole -Cmdlet names the roles that hold a cmdlet", async () => {
    const roles = await run(bench, "Get-ManagementRole", { Cmdlet: "get-serviceprincipal" });
    assert.deepEqual(
      roles.map(({ Name }) => Name),
      ["Role Management", "Mail Relay Role Reader"],
    );
  });

  it("an own role can begin with some of its parent's cmdlets, and has a name of its own", async () => {
    const name = "New-ManagementRole";
    const good = { Name: "Two", Parent: "Role Management", EnabledCmdlets: TWO };
    const [made] = await run(bench, name, good);
    assert.deepEqual(
      [made?.Name, made?.Parent, made?.RoleType, made?.IsRootRole],
      ["Two", "Role Management", "RoleManagement", false],
    );
    const entries = await run(bench, "Get-ManagementRoleEntry", { Identity: "two\\*" });
    assert.deepEqual(
      entries.map(({ Name }) => Name),
      TWO,
    );
    await refuse(name, good, /ADObjectAlreadyExistsException/);
    await refuse(name, { ...good, Name: "Transport Hygiene" }, /ADObjectAlreadyExistsException/);
    await refuse(name, { ...good, Name: "x", Parent: "Nonsense" }, /couldn't be found/);
    const foreign = { ...good, Name: "x", EnabledCmdlets: ["Get-Mailbox"] };
    await refuse(name, foreign, /doesn't have the role entry 'Get-Mailbox'/);
    await refuse(name, { ...good, Name: "x", Parent: "Application Mail.Send" }, /holds no cmdlets/);
  });

  it("what every organisation has is neither changed nor removed", async () => {
    const entry = { Identity: "Role Management\\Get-ServicePrincipal" };
    await refuse("Remove-ManagementRoleEntry", entry, /built-in role 'Role Management'/);
    await refuse("Remove-ManagementRoleEntry", { Identity: "*\\*" }, /couldn't be found/);
    await refuse("Remove-ManagementRole", { Identity: "Role Management" }, /couldn't be found/);
    await refuse("Remove-RoleGroup", { Identity: "Organization Management" }, /is built in/);
  });

  it("a role is kept while a group has it, or another role comes from it", async () => {
    await run(bench, "New-ManagementRole", { Name: "A", Parent: "Role Management" });
    await run(bench, "New-ManagementRole", { Name: "B", Parent: "A" });
    await refuse("Remove-ManagementRole", { Identity: "A" }, /child roles: B/);
    await run(bench, "New-RoleGroup", { Name: "g", Roles: ["B"] });
    await refuse("Remove-ManagementRole", { Identity: "B" }, /assigned: B-g/);
    await run(bench, "Remove-RoleGroup", { Identity: "g" });
    await run(bench, "Remove-ManagementRole", { Identity: "B" });
    await run(bench, "Remove-ManagementRole", { Identity: "A" });
    await refuse("Get-ManagementRole", { Identity: "A" }, /couldn't be found/);
  });

  it("a role group's roles are assignments that can be added and removed", async () => {
    await run(bench, "New-RoleGroup", { Name: "g", Roles: ["Transport Hygiene"] });
    const more = { SecurityGroup: "g", Role: "Audit Logs" };
    const [made] = await run(bench, "New-ManagementRoleAssignment", more);
    const names = async () =>
      (await run(bench, "Get-ManagementRoleAssignment", { RoleAssignee: "g" })).map(
        ({ Name }) => Name,
      );
    assert.deepEqual(await names(), ["Transport Hygiene-g", "Audit Logs-g"]);
    const [read] = await run(bench, "Get-ManagementRoleAssignment", { Identity: "Audit Logs-g" });
    assert.equal(read?.Guid, made?.Guid);
    await refuse("New-ManagementRoleAssignment", more, /ADObjectAlreadyExistsException/);
    const change = { Identity: "Audit Logs-g", Enabled: false };
    await refuse("Set-ManagementRoleAssignment", change, /does not change the role assignments/);
    await run(bench, "Remove-ManagementRoleAssignment", { Identity: "Transport Hygiene-g" });
    assert.deepEqual(await names(), ["Audit Logs-g"]);
    const [group] = await run(bench, "Get-RoleGroup", { Identity: "g" });
    assert.deepEqual(group?.Roles, ["Audit Logs"]);
    assert.deepEqual(bench.world.roleAssignments, []);
  });

  it("a member is refused who is nobody, who is in already, or who is not in", async () => {
    const { administrator } = bench.world.people;
    const g = { Identity: "Hygiene Management" };
    const add = (Member: string) => ({ ...g, Member });
    await refuse("Add-RoleGroupMember", add("nobody"), /wasn't found/);
    await refuse("Remove-RoleGroupMember", add("anna"), /isn't a member/);
    await run(bench, "Add-RoleGroupMember", add(administrator));
    await refuse("Add-RoleGroupMember", add(administrator), /already a member/);
    const { objectId } = await makeApp();
    await refuse("Add-RoleGroupMember", add(objectId), /wasn't found/);
  });

  it("a tenant that was never customised makes neither roles nor groups", async () => {
    bench.world.organization.isDehydrated = true;
    const words = /Enable-OrganizationCustomization/;
    await refuse("New-RoleGroup", { Name: "g" }, words);
    await refuse("New-ManagementRole", { Name: "r", Parent: "Role Management" }, words);
    await run(bench, "Enable-OrganizationCustomization");
    await run(bench, "New-RoleGroup", { Name: "g" });
  });

  it("Remove asks first, and changes nothing", async () => {
    await run(bench, "New-ManagementRole", { Name: "r", Parent: "Role Management" });
    const entry = "r\\Get-ServicePrincipal";
    await run(bench, "Add-RoleGroupMember", { Identity: "Hygiene Management", Member: "anna" });
    const before = stateOf(bench.world);
    for (const [name, parameters] of [
      ["Remove-ManagementRole", { Identity: "r" }],
      ["Remove-ManagementRoleEntry", { Identity: entry }],
      ["Remove-RoleGroupMember", { Identity: "Hygiene Management", Member: "anna" }],
    ] as const) {
      const { body } = await bench.invoke(name, parameters);
      assert.match(body["@adminapi.confirmationmessage"] ?? "", new RegExp(`${name} on '`));
    }
    assert.deepEqual(stateOf(bench.world), before);
  });
});
