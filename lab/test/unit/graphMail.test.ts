// What arrived in mailboxes, as Graph shows it, and to whom.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { publicClientOf } from "../../src/entra/publicClients.ts";
import { actByHand } from "../../src/exchange/byHand.ts";
import type { StoredMessage } from "../../src/world/mail.ts";
import type { Mailbox } from "../../src/world/recipients.ts";
import { ORIGIN } from "./bench.ts";
import { type GraphBench, makeGraphBench } from "./graphClient.ts";

const ID = "<o'neill+1@erp.example>";
const RAW = [
  "Received: from b (192.0.2.1)",
  " by c; Mon, 23 Nov 2026 10:00:01 +0000",
  "Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000",
  "Subject: ä",
  `Message-ID: ${ID}`,
  "",
  "body",
].join("\r\n");

describe("mail in Graph", () => {
  let bench: GraphBench;
  let anna: Mailbox;
  beforeEach(async () => {
    bench = await makeGraphBench("graph mail");
    await bench.use(["Mail.ReadBasic.All"]);
    const found = bench.world.mailboxes.find(({ address }) => address.startsWith("anna@"));
    assert.ok(found);
    anna = found;
  });

  const store = (folder: StoredMessage["folder"]) =>
    anna.messages.push({
      ...{ at: "2026-11-23T10:00:01.500Z", clientAddress: "192.0.2.1", helo: "b", tls: null },
      ...{ envelope: { from: "erp@erp.example", to: [anna.address] }, folder },
      raw: Buffer.from(RAW).toString("latin1"),
    });
  const find = (id: string, select = "internetMessageHeaders,parentFolderId,receivedDateTime") => {
    const filter = encodeURIComponent(`internetMessageId eq '${id.replaceAll("'", "''")}'`);
    return bench.ask(
      "GET",
      `/v1.0/users/${anna.address}/messages?$filter=${filter}&$select=${select}`,
    );
  };
  const folder = async (name: string) =>
    (await bench.ask("GET", `/v1.0/users/${anna.address}/mailFolders/${name}?$select=id`)).body.id;

  it("finds a message by its id, with its header in order and unfolded, and says the folder", async () => {
    store("junk");
    const { status, body } = await find(ID);
    assert.equal(status, 200);
    assert.deepEqual(body.value, [
      {
        internetMessageHeaders: [
          { name: "Received", value: "from b (192.0.2.1) by c; Mon, 23 Nov 2026 10:00:01 +0000" },
          { name: "Received", value: "from a by b; Mon, 23 Nov 2026 10:00:00 +0000" },
          { name: "Subject", value: "ä" },
          { name: "Message-ID", value: ID },
        ],
        parentFolderId: await folder("junkemail"),
        receivedDateTime: "2026-11-23T10:00:01Z",
      },
    ]);
    assert.notEqual(await folder("junkemail"), await folder("inbox"));
    assert.deepEqual((await find("<other@erp.example>")).body.value, []);
  });

  it("has headers by $select alone, none of what was sent, and nothing of what is in quarantine", async () => {
    store("inbox");
    store("quarantine");
    const [{ folder: _, ...sent } = assert.fail()] = anna.messages;
    anna.sentItems.push(sent);
    const all = await bench.ask("GET", `/v1.0/users/${anna.address}/messages`);
    assert.equal(all.body.value.length, 2);
    assert.ok(!("internetMessageHeaders" in all.body.value[0]));
    const [arrived, copy] = (await find(ID)).body.value;
    assert.equal(arrived.parentFolderId, await folder("inbox"));
    assert.equal(copy.parentFolderId, await folder("sentitems"));
    assert.equal(copy.internetMessageHeaders, undefined);
  });

  it("refuses who is nobody, who has no mailbox, a folder that is none, and other filters", async () => {
    const said = async (path: string) => {
      const { status, code, message } = await bench.ask("GET", `/v1.0/users/${path}`);
      return [status, code, message];
    };
    const state = bench.state();
    assert.deepEqual(await said("nobody@contoso.example/messages"), [
      404,
      "ErrorInvalidUser",
      "The requested user 'nobody@contoso.example' is invalid.",
    ]);
    const { users } = bench.world.directory;
    const without = users.find(
      ({ id }) => !bench.world.mailboxes.some((one) => one.externalDirectoryObjectId === id),
    );
    assert.ok(without);
    const [status, code] = await said(`${without.id}/messages`);
    assert.deepEqual([status, code], [404, "MailboxNotEnabledForRESTAPI"]);
    assert.equal((await said(`${anna.address}/mailFolders/spam`))[1], "ErrorInvalidIdMalformed");
    const other = encodeURIComponent("subject eq 'x'");
    assert.equal((await said(`${anna.address}/messages?$filter=${other}`))[0], 400);
    assert.deepEqual(bench.state(), state);
  });

  it("shows a person the own mailbox alone, and needs the delegated permission", async () => {
    const use = async (scopes: string[]) => {
      const order = { client: publicClientOf("graph"), audience: ORIGIN, scopes, openId: [] };
      bench.useToken(await bench.signIns.tokenFor(anna.address, order));
    };
    store("inbox");
    const denied = { status: 403, code: "ErrorAccessDenied" };
    await use(["User.Read"]);
    const answer = await find(ID);
    assert.deepEqual({ status: answer.status, code: answer.code }, denied);
    await use(["Mail.ReadBasic"]);
    assert.equal((await find(ID)).body.value.length, 1);
    const other = bench.world.mailboxes.find((one) => one !== anna);
    assert.ok(other);
    const { status, code } = await bench.ask("GET", `/v1.0/users/${other.address}/messages`);
    assert.deepEqual({ status, code }, denied);
  });

  it("shows an app without a permission the mailboxes in its scope of RBAC for Applications", async () => {
    const { clientId: AppId, servicePrincipalId: ObjectId } = bench.world.deployer;
    const run = (cmdlet: string, parameters: Record<string, unknown>) =>
      actByHand(cmdlet, parameters, bench.context);
    store("inbox");
    await bench.use([]);
    assert.deepEqual(
      [(await find(ID)).status, (await find(ID)).code],
      [401, "NoPermissionsInAccessToken"],
    );
    run("New-ServicePrincipal", { AppId, ObjectId });
    run("New-ManagementScope", {
      Name: "verify",
      RecipientRestrictionFilter: `PrimarySmtpAddress -eq '${anna.address}'`,
    });
    run("New-ManagementRoleAssignment", {
      ...{ App: AppId, Role: "Application Mail.ReadBasic", CustomResourceScope: "verify" },
    });
    await bench.clock.advance(bench.world.settings.grantDelayMs);
    assert.equal((await find(ID)).body.value.length, 1);
    const other = bench.world.mailboxes.find((one) => one !== anna);
    const path = `/v1.0/users/${other?.address}/messages`;
    assert.equal((await bench.ask("GET", path)).status, 401);
    run("Remove-ManagementRoleAssignment", {
      Identity: bench.world.roleAssignments.at(-1)?.name,
      Confirm: false,
    });
    assert.equal((await find(ID)).status, 401);
  });
});
