// What is read of a tenant's apps, and what becomes of the stack file, on the lab.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { parse } from "yaml";
import { SMTP_MANAGEMENT_ROLE } from "../../../mail/senders/access.ts";
import { adoptRelay } from "../../../scripts/adopt/adopt.ts";
import { readApps } from "../../../scripts/adopt/readApps.ts";
import { namesIn } from "../../../scripts/adopt/readRoles.ts";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { openProviderFixture, type ProviderFixture } from "../providers/fixture.ts";
import { thrownBy } from "../tenant/bench.ts";

/** Variable that names the DNS server to ask. */
const DNS = "M365_SMTP_RELAY_DNS_SERVER";

const guid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

describe("bootstrap --adopt", () => {
  let fixture: ProviderFixture;
  let root: string;
  before(async () => {
    fixture = await openProviderFixture("adopt");
    process.env[DNS] = fixture.lab.env[DNS];
    root = await mkdtemp(join(tmpdir(), "m365-adopt-"));
    await copyFile(join(projectRoot, "Pulumi.yaml"), join(root, "Pulumi.yaml"));
  });
  after(async () => {
    delete process.env[DNS];
    await rm(root, { recursive: true });
    await fixture.close();
  });
  beforeEach(async () => {
    fixture.reset();
    for (const name of await readdir(root)) {
      if (name !== "Pulumi.yaml") await rm(join(root, name));
    }
  });

  const admin = (cmdlet: string, parameters: Record<string, unknown>) =>
    fixture.lab.admin(cmdlet, parameters);
  const at = (name: string) => `${name}@${fixture.domain}`;

  describe("apps", () => {
    /** Apps in Exchange, of which the first ones hold SMTP.SendAsApp in Entra. */
    let holders: string[];
    beforeEach(() => {
      holders = [];
      for (const name of ["anna", "postmaster"]) {
        admin("Set-CASMailbox", { Identity: at(name), SmtpClientAuthenticationDisabled: false });
      }
    });
    const makeApp = (number: number, DisplayName: string) => {
      const ids = { AppId: guid(number), ObjectId: guid(number + 100) };
      admin("New-ServicePrincipal", { ...ids, DisplayName });
      return { appId: ids.AppId, objectId: ids.ObjectId };
    };
    const giveAccess = (name: string, User: string) =>
      admin("Add-MailboxPermission", { Identity: at(name), User, AccessRights: ["FullAccess"] });
    const giveRole = (App: string, filter?: string) => {
      const scope = `scope of ${App}`;
      if (filter !== undefined) {
        admin("New-ManagementScope", { Name: scope, RecipientRestrictionFilter: filter });
      }
      admin("New-ManagementRoleAssignment", {
        ...{ App, Role: SMTP_MANAGEMENT_ROLE },
        ...(filter !== undefined && { CustomResourceScope: scope }),
      });
    };
    const read = async (change: Partial<Parameters<typeof readApps>[0]> = {}) => {
      const untouched = fixture.state();
      const found = await readApps({
        invoke: await fixture.run().invoke(fixture.tenant),
        graph: { holdersOf: async () => holders },
        ...{ owner: "relay/test", onProgress: () => {}, ...change },
      });
      assert.deepEqual(fixture.state(), untouched, "nothing is written");
      const others = found.others.map(({ what, reason }) => `${what} ${reason}`);
      return { ...found, others };
    };

    it("are found by full access, but only those that may send", async () => {
      const shop = makeApp(1, "Shop");
      const imap = makeApp(2, "Imap reader");
      holders = [shop.objectId];
      giveAccess("anna", shop.objectId);
      giveAccess("anna", imap.objectId);
      const { submissions, others } = await read();
      assert.deepEqual(
        submissions.map(({ appId, mailbox, by }) => [appId, mailbox, by]),
        [[shop.appId, at("anna"), "full access"]],
      );
      assert.deepEqual(others, [
        `mailbox ${at("postmaster")} has SMTP AUTH on, and no app was found that sends from it: what signs in to it uses a password, which the stack does not know`,
      ]);
    });

    it("are found by a role over several mailboxes, each with what it may send as", async () => {
      const { appId } = makeApp(1, "Shop");
      giveRole(
        appId,
        `PrimarySmtpAddress -eq '${at("anna")}' -or EmailAddresses -eq '${at("postmaster")}'`,
      );
      admin("Add-RecipientPermission", {
        ...{ Identity: at("postmaster"), Trustee: at("anna"), AccessRights: ["SendAs"] },
      });
      const { submissions, others } = await read();
      assert.deepEqual(
        submissions.map(({ mailbox, by, sendAs }) => [mailbox, by, sendAs]),
        [
          [at("anna"), "role", [at("postmaster")]],
          [at("postmaster"), "role", []],
        ],
      );
      assert.deepEqual(others, []);
    });

    it("that reach the whole organisation, or no mailbox that is open, are said to", async () => {
      const wide = makeApp(1, "Wide");
      const idle = makeApp(2, "Idle");
      giveRole(wide.appId);
      holders = [idle.objectId];
      const { submissions, others } = await read();
      assert.deepEqual(submissions, []);
      assert.match(
        others.join("\n"),
        /^app "Idle" \S+ holds SMTP\.SendAsApp in Entra, but no mailbox/m,
      );
      assert.match(
        others.join("\n"),
        /^app "Wide" \S+ holds the role ".*" for the whole organisation/m,
      );
    });

    it("whose mailbox another stack manages are not adopted", async () => {
      const shop = makeApp(1, "Shop");
      holders = [shop.objectId];
      giveAccess("anna", shop.objectId);
      admin("Set-Mailbox", {
        Identity: at("anna"),
        CustomAttribute15: "Managed by Pulumi: relay/prod/shop. Changes made by hand are undone.",
      });
      const { submissions } = await read();
      assert.match(submissions[0]?.problem?.rule ?? "", /relay\/prod\/shop manages this mailbox/);
    });

    it("that could not be read are listed with the right that is missing", async () => {
      const invoke = await fixture.run().invoke(fixture.tenant);
      const hidden = await read({
        invoke: async (cmdlet, parameters) => {
          if (cmdlet !== "Get-ServicePrincipal") return invoke(cmdlet, parameters);
          throw new ExchangeError({ cmdlet, status: 403, type: "", message: `${cmdlet}: no` });
        },
      });
      assert.deepEqual(hidden.others, [
        "apps in Exchange could not be read (Get-ServicePrincipal: no)",
      ]);
      makeApp(1, "Shop");
      const denied = await read({
        graph: {
          holdersOf: async () => {
            throw new Error("GET /servicePrincipals: give the app Application.Read.All");
          },
        },
      });
      assert.match(denied.others.join("\n"), /could not be read \(.*Application\.Read\.All\)/);
    });
  });

  it("reads the names in a filter that names mailboxes one by one, and no other filter", () => {
    const names = (filter: string) => namesIn(filter) && [...(namesIn(filter) ?? [])];
    assert.deepEqual(names("((PrimarySmtpAddress -eq 'A@b.com') -or (Guid -eq 'o''x'))"), [
      ...["a@b.com", "o'x"],
    ]);
    for (const other of [
      ...["", "Department -eq 'Sales'", "PrimarySmtpAddress -like '*@b.com'"],
      ...["PrimarySmtpAddress -eq 'a@b.com' -and Department -eq 'x'", "-not(Guid -eq 'x')"],
    ]) {
      assert.equal(names(other), undefined, other);
    }
  });

  describe("the stack file", () => {
    beforeEach(() =>
      fixture.byHand({ Name: "ERP", SenderIPAddresses: ["198.51.100.7"], RequireTls: true }),
    );
    const path = (name = "Pulumi.test.yaml") => join(root, name);
    const adopt = (change: Partial<Parameters<typeof adoptRelay>[0]> = {}) =>
      adoptRelay({
        ...{ stack: "acme/m365-smtp-relay/test", dryRun: false, root, onProgress: () => {} },
        ...{ tenant: fixture.tenant.tenantId, connect: () => fixture.connect(), ...change },
      });

    it("is written with what each sender comes from", async () => {
      const { file, isBeside } = await adopt();
      assert.deepEqual([file, isBeside], ["Pulumi.test.yaml", false]);
      const text = await readFile(path(), "utf8");
      assert.match(text, /# from connector "ERP"\n {4}- name: erp\n/);
      assert.equal(parse(text).config["azuread:tenantId"], fixture.tenant.tenantId);
    });

    it("has no account of High Volume Email, and what to do with each is said", async () => {
      const account = (name: string) => {
        const password = { Password: "correct-Horse-7" };
        const named = { Name: name, Alias: name, DisplayName: name };
        const PrimarySmtpAddress = at(name);
        admin("New-MailUser", { HVEAccount: true, ...named, ...password, PrimarySmtpAddress });
      };
      for (const [name, owner] of [
        ["news", undefined],
        ["ours", "m365-smtp-relay/test/ours"],
        ["theirs", "m365-smtp-relay/prod/theirs"],
      ] as const) {
        account(name);
        const CustomAttribute15 = `Managed by Pulumi: ${owner}. Changes made by hand are undone.`;
        if (owner)
          admin("Set-MailUser", { Identity: at(name), HVEAccount: true, CustomAttribute15 });
      }
      fixture.lab.faults.inject({
        where: { service: "exchange", match: "Get-MailUser" },
        what: { kind: "errorInSuccess", type: "x.SomeException", ran: false },
      });
      const unread = (await adopt({ dryRun: true })).relay.left;
      assert.match(
        unread.map(({ what, reason }) => `${what} ${reason}`).join("\n"),
        /^accounts of High Volume Email could not be read \(Get-MailUser: .*\)$/m,
      );
      const { relay, text } = await adopt({ dryRun: true });
      assert.doesNotMatch(text, /news|ours|theirs/);
      assert.deepEqual(
        relay.left
          .filter(({ what }) => what.startsWith("HVE account "))
          .map(({ what, reason, todo }) => `${what} ${reason}; ${todo}`),
        [
          `HVE account ${at("news")} signs in with a password, which the stack does not know, or with apps, which a stack lets send by no account; leave it; or write a sender with another address that replaces it (docs/how-to/high-volume-email.md)`,
          `HVE account ${at("ours")} is marked as managed by m365-smtp-relay/test/ours; write the sender "ours" into the stack file as it was: the next up takes the account over, and gives it another password`,
          `HVE account ${at("theirs")} is marked as managed by m365-smtp-relay/prod/theirs; leave it to that stack`,
        ],
      );
    });

    it("keeps what it has, where that says nothing of a relay", async () => {
      const { tenantId } = fixture.tenant;
      const before = `encryptionsalt: v1:abc\n# ours\nconfig:\n  azuread:tenantId: ${tenantId} # mine\n`;
      await writeFile(path(), before);
      await adopt({ tenant: undefined });
      assert.ok((await readFile(path(), "utf8")).startsWith(before));
    });

    it("is left as it is where it has a relay: the new one stands beside it, and is not written twice", async () => {
      const before = `config:\n  azuread:tenantId: ${fixture.tenant.tenantId}\n  m365-smtp-relay:senders: []\n`;
      await writeFile(path(), before);
      const { file, isBeside } = await adopt();
      assert.deepEqual([file, isBeside], ["Pulumi.test.adopted.yaml", true]);
      assert.equal(await readFile(path(), "utf8"), before);
      const { message } = await thrownBy(() => adopt());
      assert.match(
        message,
        /Pulumi\.test\.adopted\.yaml can't be written .*; move away what is there/,
      );
    });

    it("is not written by a dry run, nor where there is nothing to adopt", async () => {
      const { text, file } = await adopt({ dryRun: true });
      assert.match(text, /adoptConnector: "ERP"/);
      assert.equal(file, undefined);
      fixture.reset();
      const empty = await adopt();
      assert.deepEqual([empty.text, empty.file, empty.relay.senders], ["", undefined, []]);
      assert.deepEqual(await readdir(root), ["Pulumi.yaml"]);
    });

    for (const [what, tenant, says] of [
      [
        "no tenant",
        undefined,
        /the tenant is not known; add --tenant ID, or write azuread:tenantId/,
      ],
      ["a tenant that is no GUID", "contoso", /--tenant: "contoso" is not/],
    ] as const) {
      it(`is refused for ${what}`, async () => {
        assert.match((await thrownBy(() => adopt({ tenant }))).message, says);
        assert.deepEqual(await readdir(root), ["Pulumi.yaml"]);
      });
    }

    it("is refused for another tenant than its own", async () => {
      await writeFile(path(), `config:\n  azuread:tenantId: ${guid(9)}\n`);
      const { message } = await thrownBy(() => adopt());
      assert.match(message, /--tenant \S+ is not the tenant of Pulumi\.test\.yaml \(0{8}-/);
    });
  });
});
