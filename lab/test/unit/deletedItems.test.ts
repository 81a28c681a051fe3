// What Entra and Exchange keep of what was deleted: for 30 days, listed, deleted for good by those who may.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type Lab, openLab } from "../../src/lab.ts";
import { comparableWorld } from "../../story/world.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { run, stateOf } from "./exchangeState.ts";
import { type GraphBench, makeApp, makeGraphBench } from "./graphClient.ts";

const DAY = 24 * 3_600_000;
const BIN = "/v1.0/directory/deletedItems";
const ALL = [
  "Application.ReadWrite.All",
  "User.ReadWrite.All",
  "User.DeleteRestore.All",
  "LicenseAssignment.ReadWrite.All",
];

describe("the directory's deleted items", () => {
  let bench: GraphBench;
  beforeEach(async () => {
    bench = await makeGraphBench("deleted items");
    await bench.use(ALL);
  });

  const kept = async (type: string, query = "") =>
    (await bench.ask("GET", `${BIN}/microsoft.graph.${type}${query}`)).body.value;
  const makeUser = async () => {
    const { id, ...rest } = (
      await bench.ask("POST", "/v1.0/users", {
        accountEnabled: true,
        displayName: "Relay",
        mailNickname: "relay",
        passwordProfile: { password: "Sup3r-Secret!" },
        usageLocation: "NL",
        userPrincipalName: `relay@${bench.world.tenant.domain}`,
      })
    ).body;
    assert.ok(id, JSON.stringify(rest));
    return String(id);
  };

  it("an app registration goes there with its service principal", async () => {
    const { id, appId, principalId } = await makeApp(bench);
    await bench.ask("DELETE", `/v1.0/applications/${id}`);
    const [app, ...apps] = await kept("application", "?$select=id,displayName,deletedDateTime");
    assert.deepEqual([app.id, app.displayName, apps], [id, "relay", []]);
    assert.equal(Date.parse(app.deletedDateTime) > 0, true);
    const principals = await kept("servicePrincipal", `?$filter=appId eq '${appId}'`);
    assert.deepEqual(
      principals.map((one: { id: string; displayName: string }) => [one.id, one.displayName]),
      [[principalId, "relay"]],
    );
  });

  it("a service principal that is deleted alone leaves its app registration", async () => {
    const { id, principalId } = await makeApp(bench);
    await bench.ask("DELETE", `/v1.0/servicePrincipals/${principalId}`);
    assert.equal((await kept("servicePrincipal")).length, 1);
    assert.equal((await kept("application")).length, 0);
    assert.equal((await bench.ask("GET", `/v1.0/applications/${id}`)).status, 200);
  });

  it("a user keeps its names, after its object id, and its names are free", async () => {
    const id = await makeUser();
    await bench.ask("DELETE", `/v1.0/users/${id}`);
    const [user] = await kept("user", "?$filter=startswith(displayName,'REL')");
    assert.equal(
      user.userPrincipalName,
      `${id.replaceAll("-", "")}relay@${bench.world.tenant.domain}`,
    );
    assert.equal("deletedDateTime" in user, false, "it has to be selected");
    assert.notEqual(await makeUser(), id);
  });

  it("one is read, and deleted for good", async () => {
    const { id } = await makeApp(bench);
    await bench.ask("DELETE", `/v1.0/applications/${id}`);
    assert.equal((await bench.ask("GET", `${BIN}/${id}`)).body.displayName, "relay");
    assert.equal((await bench.ask("DELETE", `${BIN}/${id}`)).status, 204);
    assert.equal((await bench.ask("GET", `${BIN}/${id}`)).status, 404);
    assert.equal((await bench.ask("DELETE", `${BIN}/${id}`)).status, 404);
    assert.equal((await kept("servicePrincipal")).length, 1, "its service principal stays");
  });

  it("is not deleted for good by an app that may only delete", async () => {
    const id = await makeUser();
    await bench.ask("DELETE", `/v1.0/users/${id}`);
    await bench.use(["User.ReadWrite.All", "Application.ReadWrite.All"]);
    const { status, code } = await bench.ask("DELETE", `${BIN}/${id}`);
    assert.deepEqual([status, code], [403, "Authorization_RequestDenied"]);
    assert.equal((await kept("user")).length, 1);
  });

  it("is not listed to an app that may not read its type", async () => {
    await bench.use(["User.Read.All"]);
    const { status } = await bench.ask("GET", `${BIN}/microsoft.graph.application`);
    assert.equal(status, 403);
    assert.equal((await bench.ask("GET", `${BIN}/microsoft.graph.user`)).status, 200);
  });

  it("is gone after 30 days", async () => {
    const { id } = await makeApp(bench);
    await bench.ask("DELETE", `/v1.0/applications/${id}`);
    await bench.clock.advance(30 * DAY - 60_000);
    await bench.use(ALL);
    assert.equal((await kept("application")).length, 1);
    await bench.clock.advance(60_000);
    assert.equal((await kept("application")).length, 0);
  });

  it("has no list of all types", async () => {
    assert.equal((await bench.ask("GET", BIN)).status, 400);
  });
});

describe("soft-deleted mailboxes", () => {
  let bench: ExchangeBench;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    await run(bench, "New-Mailbox", { Shared: true, Name: "relay-x", Alias: "relay-x" });
    await run(bench, "Set-Mailbox", { Identity: "relay-x", CustomAttribute15: "Managed by us: x" });
  });
  const kept = (parameters: object = {}) =>
    run(bench, "Get-Mailbox", { SoftDeletedMailbox: true, ...parameters });
  const purge = (Identity: unknown) =>
    bench.invoke("Remove-Mailbox", { Identity, PermanentlyDelete: true, Confirm: false });

  it("Remove-Mailbox keeps the mailbox and its account, with their marks", async () => {
    const [before] = await run(bench, "Get-Mailbox", { Identity: "relay-x" });
    await run(bench, "Remove-Mailbox", { Identity: "relay-x" });
    const [mailbox, ...others] = await kept();
    assert.deepEqual(others, []);
    assert.equal(mailbox?.Guid, before?.Guid);
    assert.equal(mailbox?.CustomAttribute15, "Managed by us: x");
    assert.equal(mailbox?.ExternalDirectoryObjectId, before?.ExternalDirectoryObjectId);
    assert.match(String(mailbox?.Identity), /^Soft Deleted Objects\\/);
    assert.equal((await bench.invoke("Get-Mailbox", { Identity: "relay-x" })).status, 404);
    assert.deepEqual(
      bench.world.deletedItems.users.map(({ id }) => id),
      [before?.ExternalDirectoryObjectId],
    );
    await run(bench, "New-Mailbox", { Shared: true, Name: "relay-x", Alias: "relay-x" });
  });

  it("one is deleted for good once its account is", async () => {
    await run(bench, "Remove-Mailbox", { Identity: "relay-x" });
    const [mailbox] = await kept();
    const before = stateOf(bench.world);
    const refused = await purge(mailbox?.Guid);
    assert.equal(refused.status, 400);
    assert.match(refused.text, /because there is a soft deleted user; please remove the soft/);
    assert.deepEqual(stateOf(bench.world), before);
    bench.world.deletedItems.users = [];
    assert.equal((await kept())[0]?.ExternalDirectoryObjectId, "");
    assert.equal((await purge(mailbox?.Guid)).status, 200);
    assert.deepEqual(await kept(), []);
  });

  it("one is not deleted for good while Exchange has not learnt that its account is", async () => {
    bench.world.settings.userPurgeDelayMs = 3_600_000;
    await run(bench, "Remove-Mailbox", { Identity: "relay-x" });
    const [mailbox] = await kept();
    bench.world.deletedItems.users = [];
    for (const one of bench.world.deletedItems.mailboxes) {
      one.accountPurged = bench.clock.now().toISOString();
    }
    assert.match((await purge(mailbox?.Guid)).text, /because there is a soft deleted user/);
    assert.equal((await kept())[0]?.ExternalDirectoryObjectId, mailbox?.ExternalDirectoryObjectId);
    await bench.clock.advance(3_600_000);
    assert.equal((await purge(mailbox?.Guid)).status, 200);
  });

  it("a mailbox that is in use is not deleted for good", async () => {
    const before = stateOf(bench.world);
    assert.equal((await purge("relay-x")).status, 404);
    assert.deepEqual(stateOf(bench.world), before);
  });

  it("Filter finds mailboxes by mark, name or display name, in either place", async () => {
    const Filter = "CustomAttribute15 -like 'managed by us: *' -or DisplayName -eq 'nobody'";
    assert.equal((await run(bench, "Get-Mailbox", { Filter })).length, 1);
    assert.deepEqual(await kept({ Filter }), []);
    await run(bench, "Remove-Mailbox", { Identity: "relay-x" });
    assert.deepEqual(await run(bench, "Get-Mailbox", { Filter }), []);
    assert.equal((await kept({ Filter })).length, 1);
    assert.deepEqual(await kept({ Filter: "Name -like 'relay-y*'" }), []);
    const { status, text } = await bench.invoke("Get-Mailbox", { Filter: "Alias -eq 'x'" });
    assert.equal(status, 400);
    assert.match(text, /"Alias" is not a recognized filterable property/);
  });

  it("are gone after 30 days", async () => {
    await run(bench, "Remove-Mailbox", { Identity: "relay-x" });
    await bench.clock.advance(30 * DAY);
    await bench.renewToken();
    assert.deepEqual(await kept(), []);
  });
});

describe("two worlds are compared", () => {
  let lab: Lab;
  it("without what is kept of deleted objects, or with it", async () => {
    lab = await openLab({ seed: "compared" });
    try {
      const before = comparableWorld(lab);
      const all = comparableWorld(lab, { deletedItems: true });
      lab.admin("New-Mailbox", { Shared: true, Name: "relay-x" });
      lab.admin("Remove-Mailbox", { Identity: "relay-x" });
      assert.equal(comparableWorld(lab), before);
      assert.notEqual(comparableWorld(lab, { deletedItems: true }), all);
      lab.world.deletedItems.users = [];
      lab.admin("Remove-Mailbox", { Identity: "relay-x", PermanentlyDelete: true });
      assert.equal(comparableWorld(lab, { deletedItems: true }), all);
    } finally {
      await lab.close();
    }
  });
});
