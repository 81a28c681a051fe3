// What a sweep sees of a tenant, and what is deleted for good.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { GRAPH_PERMISSIONS } from "../../../mail/rights/graph.ts";
import {
  findInTenant,
  purgeFromEntra,
  purgeMailbox,
  type TenantSweep,
} from "../../../tenant/leftovers.ts";
import { openTenantBench, type TenantBench, thrownBy } from "./bench.ts";

const MARK = "Managed by Pulumi: m365-smtp-relay/prod/shop. Changes made by hand are undone.";

describe("what a sweep sees of a tenant", () => {
  let bench: TenantBench;
  let domain: string;
  before(async () => {
    bench = await openTenantBench("leftovers");
    ({ domain } = bench.lab.world.tenant);
  });
  after(() => bench.lab.close());
  beforeEach(() => bench.reset());

  const admin = (name: string, parameters: Record<string, unknown>) =>
    bench.lab.admin(name, parameters);
  const makeMailbox = () => {
    admin("New-Mailbox", { Shared: true, Name: "relay-prod-shop", Alias: "relay-prod-shop" });
    admin("Set-Mailbox", { Identity: "relay-prod-shop", CustomAttribute15: MARK });
  };
  const find = async (change: Partial<TenantSweep> = {}) => {
    const nothing = { stack: "prod", needed: new Set<never>(), mailboxes: [], trustees: [] };
    return findInTenant(await bench.connect(), { ...nothing, ...change });
  };
  const may = (...roles: string[]) => {
    bench.lab.world.deployer.appRoles.graph = roles;
  };

  it("is the mailbox, its account, and both once they are deleted", async () => {
    makeMailbox();
    const there = (await find()).found.filter(({ name }) => name.startsWith("relay-prod"));
    assert.deepEqual(
      there.map(({ kind }) => kind),
      ["user", "mailbox"],
    );
    admin("Remove-Mailbox", { Identity: "relay-prod-shop" });
    const { found } = await find();
    const [user, mailbox] = found.filter(({ name }) => name.startsWith("relay-prod"));
    assert.deepEqual([user?.kind, mailbox?.kind], ["deletedUser", "deletedMailbox"]);
    assert.equal(mailbox?.account, user?.id);
    assert.equal(mailbox?.mark, MARK);
    assert.ok(Date.parse(user?.deletedAt ?? "") > 0 && Date.parse(mailbox?.deletedAt ?? "") > 0);
  });

  it("is a mail flow rule, by its mark in Comments and by its name", async () => {
    admin("New-TransportRule", { Name: "relay-prod-shop", Comments: MARK, PrependSubject: "[x]" });
    admin("New-TransportRule", { Name: "Footer", PrependSubject: "[x]" });
    const rules = (await find()).found.filter(({ kind }) => kind === "flowRule");
    assert.deepEqual(
      rules.map(({ name, mark, where }) => [name, mark, where]),
      [
        ["relay-prod-shop", MARK, "Exchange"],
        ["Footer", "", "Exchange"],
      ],
    );
    const { guid } = bench.lab.world.mailFlow.transportRules[0] ?? {};
    assert.equal(rules[0]?.command, `Remove-TransportRule -Identity '${guid}' -Confirm:$false`);
  });

  it("is a right that a sender of the stack holds on a mailbox that stays", async () => {
    makeMailbox();
    const address = `relay-prod-shop@${domain}`;
    const anna = `anna@${domain}`;
    const rights = { mailboxes: [anna], trustees: [address] };
    assert.equal((await find(rights)).found.filter(({ kind }) => kind === "sendAs").length, 0);
    admin("Add-RecipientPermission", { Identity: anna, Trustee: address, AccessRights: "SendAs" });
    admin("Add-MailboxPermission", { Identity: anna, User: address, AccessRights: "FullAccess" });
    const held = (await find(rights)).found.filter(({ because }) => because !== undefined);
    assert.deepEqual(
      held.map(({ kind, name }) => `${kind} ${name}`),
      [`sendAs ${anna}`, `fullAccess ${anna}`],
    );
  });

  it("has to be seen where the stack has things of the kind; else what is not seen is named", async () => {
    may("Domain.Read.All");
    const needed = await thrownBy(() => find({ needed: new Set(["application"]) }));
    assert.match(needed.message, /grant the app Application\.Read\.All/);
    makeMailbox();
    const { found, unseen } = await find({ needed: new Set(["mailbox"]) });
    assert.deepEqual(
      found.filter(({ where }) => where === "Entra"),
      [],
    );
    assert.ok(found.some(({ kind }) => kind === "mailbox"));
    assert.equal(unseen.length, 6);
    assert.match(
      unseen.join("\n"),
      /^nobody has looked for any user, which this stack does not have: /m,
    );
  });

  it("is seen in Exchange as far as its roles go", async () => {
    const { directoryRoles } = bench.lab.world.readers[0] ?? {};
    bench.lab.world.deployer.directoryRoles = directoryRoles ?? [];
    const { found, unseen } = await find({ needed: new Set(["connector"]) });
    assert.ok(found.length > 0);
    assert.match(unseen.join("\n"), /^nobody has looked for any service principal in Exchange, /m);
    const error = await thrownBy(() => find({ needed: new Set(["exchangeServicePrincipal"]) }));
    assert.match(error.message, /Get-ServicePrincipal/);
  });

  it("is deleted for good, the user before the mailbox; a second time is no error", async () => {
    makeMailbox();
    admin("Remove-Mailbox", { Identity: "relay-prod-shop" });
    const { deletedItems } = bench.lab.world;
    const [user, mailbox] = [
      deletedItems.users[0]?.id ?? "",
      deletedItems.mailboxes[0]?.guid ?? "",
    ];
    may(...bench.lab.world.deployer.appRoles.graph, GRAPH_PERMISSIONS.deletedUsers);
    const connection = await bench.connect();
    assert.match(
      (await thrownBy(() => purgeMailbox(connection, mailbox))).message,
      /because there is a soft deleted user/,
    );
    for (let time = 0; time < 2; time += 1) {
      await purgeFromEntra(connection, { kind: "deletedUser", id: user });
      await purgeMailbox(connection, mailbox);
    }
    assert.deepEqual(bench.lab.world.deletedItems, {
      ...{ applications: [], servicePrincipals: [], users: [], mailboxes: [] },
    });
  });

  it("is not deleted for good without the permission, which the refusal names", async () => {
    makeMailbox();
    admin("Remove-Mailbox", { Identity: "relay-prod-shop" });
    const id = bench.lab.world.deletedItems.users[0]?.id ?? "";
    const connection = await bench.connect();
    const error = await thrownBy(() => purgeFromEntra(connection, { kind: "deletedUser", id }));
    assert.match(error.message, /grant the app User\.DeleteRestore\.All/);
    assert.equal(bench.lab.world.deletedItems.users.length, 1);
  });
});
