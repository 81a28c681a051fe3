import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dkimRecords } from "../../../lab/test/unit/zone.ts";
import { senderOfOwner } from "../../../mail/ownership.ts";
import type { RelayNames } from "../../../mail/retire.ts";
import type { SurveyedDomain } from "../../../providers/dns/zoneProblems.ts";
import type { SurveyedMailbox } from "../../../providers/exchange/mailboxProblems.ts";
import { openTenants } from "../../../providers/host/tenants.ts";
import { survey } from "../../../providers/survey.ts";
import { type Surveyed, type SurveyInputs, surveyInputs } from "../../../providers/surveyInputs.ts";
import { lifeOf } from "./life.ts";
import { OWNER, UNKNOWN, useZoneFixture } from "./zoneFixture.ts";

const EXCHANGE = "include:spf.protection.outlook.com";
const ZONE_ID = /[0-9a-f]{32}/g;

describe("a survey", () => {
  const fixture = useZoneFixture("survey");

  const life = () =>
    lifeOf<SurveyInputs, SurveyInputs>(() => survey(openTenants(), fixture.access()));
  const placed = (domain: string, id: string): SurveyedDomain["records"] => {
    const zone = { id, name: domain };
    return [
      { zone, name: domain, type: "TXT", purpose: "spf" },
      { zone, name: `selector1._domainkey.${domain}`, type: "CNAME", purpose: "dkim" },
      { zone, name: `selector2._domainkey.${domain}`, type: "CNAME", purpose: "dkim" },
      { zone, name: `_dmarc.${domain}`, type: "TXT", purpose: "dmarc" },
    ];
  };
  const surveyed = ({
    domain = fixture.domain,
    ...change
  }: Partial<SurveyedDomain> = {}): SurveyedDomain => ({
    domain,
    zoneId: fixture.zoneId,
    spfTerms: [EXCHANGE],
    dmarc: { rua: [], adopt: true },
    records: placed(domain, change.zoneId ?? fixture.zoneId),
    overrideWildcard: false,
    receives: false,
    ...change,
  });
  const declare = (change: Partial<Surveyed> = {}): SurveyInputs =>
    surveyInputs({
      ...fixture.tenant,
      owner: OWNER,
      domains: [surveyed()],
      connectors: [],
      mailboxes: [],
      senders: Object.fromEntries(
        [...(change.connectors ?? []), ...(change.mailboxes ?? [])].map(({ owner }) => [
          senderOfOwner(owner),
          "sends",
        ]),
      ),
      ...change,
    });
  /** As many verified domains, each with a zone of its own and these records in it. */
  const many = (count: number, content: (domain: string) => [string, string, string][]) =>
    Array.from({ length: count }, (_, index): SurveyedDomain => {
      const { cloudflare, tenant } = fixture.lab.world;
      const domain = `d${index}.example`;
      const zoneId = index.toString(16).padStart(32, "0");
      const [own] = cloudflare.zones;
      if (!own) throw new Error("the account has no zone");
      tenant.domains.push({ id: domain, isInitial: false, isDefault: false, isVerified: true });
      cloudflare.zones.push({ ...own, id: zoneId, name: domain, records: [], past: [] });
      cloudflare.token.permissions[zoneId] = ["zone:read", "dns:read"];
      fixture.lab.editZone(domain, () =>
        content(domain).map(([type, name, text]) => ({ type, name, content: text })),
      );
      return surveyed({ domain, zoneId });
    });
  const world = () => {
    const { drawn: _, faults: __, ...rest } = fixture.lab.dump();
    return rest;
  };
  /** What was asked over HTTPS in this test, but for sign-ins. */
  const asked = () =>
    fixture.events().filter(({ service }) => ["graph", "exchange", "cloudflare"].includes(service));

  it("finds nothing in the way, makes nothing, and keeps what it checked", async () => {
    const before = world();
    const { up, refresh, destroy } = life();
    const made = await up(declare());
    assert.deepEqual([made.id, made.inputs], [OWNER, declare()]);
    const { drift, ...refreshed } = (await refresh(made)) ?? {};
    assert.deepEqual({ drift, ...refreshed, step: "create" }, { drift: false, ...made });
    await destroy(made);
    assert.deepEqual(world(), before);
  });

  it("unchanged asks nothing at all", async () => {
    const { up } = life();
    const made = await up(declare());
    const before = fixture.events().length;
    assert.equal((await up(declare(), made)).step, "same");
    await life().refresh(made);
    assert.equal(fixture.events().length, before);
  });

  it("a protected sender and a protected domain are not removed; what was marked before is", async () => {
    const { up, refusals } = life();
    const mailbox: SurveyedMailbox = {
      ...{ owner: `${OWNER}/crm`, address: `crm@${fixture.domain}`, name: "relay-test-crm" },
      ...{ kind: "shared", sendAs: [], byRole: false },
    };
    const all = (kept: RelayNames) => declare({ mailboxes: [mailbox], protected: kept });
    const kept = { senders: ["crm"], domains: [fixture.domain] };
    const made = await up(all(kept));
    const [before, asked] = [world(), fixture.events().length];
    assert.deepEqual(await refusals(declare({ domains: [] }), made), [
      `: sender "crm": is protected, and an up that removes it would stop half-way; put it back into the stack file with retire: true, run pulumi up, and remove it in the change after that`,
      `: domain "${fixture.domain}": is protected, and an up that removes it would stop half-way; put it back into the stack file with retire: true, run pulumi up, and remove it in the change after that`,
    ]);
    const marked = await up(all({ senders: [], domains: [] }), made);
    assert.equal(marked.step, "update");
    assert.equal((await up(declare({ domains: [] }), marked)).step, "update");
    assert.deepEqual([world(), fixture.events().length], [before, asked]);
  });

  it("what stays loses nothing that is protected; what was marked before may", async () => {
    const { up, refusals } = life();
    const crm = { owner: `${OWNER}/crm`, address: `crm@${fixture.domain}`, name: "relay-test-crm" };
    const mailbox: SurveyedMailbox = { ...crm, kind: "shared", sendAs: [], byRole: false };
    const withSecret: SurveyedMailbox = { ...mailbox, hasSecret: true };
    const kept = { senders: ["crm"], domains: [fixture.domain] };
    const none = { senders: [], domains: [] };
    const made = await up(declare({ mailboxes: [withSecret], protected: kept }));
    const before = world();
    const less = { mailboxes: [mailbox], domains: [surveyed({ records: [] })] };
    const names = surveyed()
      .records.map(({ name }) => `"${name}"`)
      .filter((name, index, all) => all.indexOf(name) === index)
      .join(", ");
    const fix =
      "set retire: true for it and run pulumi up; then make this change and run pulumi up; then remove retire: true";
    assert.deepEqual(await refusals(declare({ ...less, protected: kept }), made), [
      `: sender "crm": loses its client secret by this change, and Pulumi protects that; ${fix}`,
      `: domain "${fixture.domain}": loses records ${names} by this change, and Pulumi protects that; ${fix}`,
    ]);
    const marked = await up(declare({ mailboxes: [withSecret], protected: none }), made);
    assert.equal((await up(declare({ ...less, protected: none }), marked)).step, "update");
    assert.deepEqual(world(), before);
  });

  it("a sender that stays without its connector or mailbox loses it, which is not said to be a removal", async () => {
    const { up, refusals } = life();
    const crm = { owner: `${OWNER}/crm`, address: `crm@${fixture.domain}`, name: "relay-test-crm" };
    const mailbox: SurveyedMailbox = { ...crm, kind: "shared", sendAs: [], byRole: false };
    const erp = fixture.declared({ owner: `${OWNER}/erp` });
    const kept = { senders: ["crm", "erp"], domains: [] };
    const made = await up(declare({ mailboxes: [mailbox], connectors: [erp], protected: kept }));
    const before = world();
    const elsewhere = declare({ senders: { crm: "is set up elsewhere", erp: "uses direct send" } });
    const fix =
      "set retire: true for it and run pulumi up; then make this change and run pulumi up; then remove retire: true";
    assert.deepEqual(await refusals(elsewhere, made), [
      `: sender "erp": loses its connector by this change, and Pulumi protects that; ${fix}`,
      `: sender "crm": loses its mailbox and its app by this change, and Pulumi protects that; ${fix}`,
    ]);
    assert.deepEqual(world(), before);
  });

  it("a stopped sender gets no other way to send", async () => {
    const owner = `${OWNER}/erp`;
    const address = `erp@${fixture.domain}`;
    const stopped = `Managed by Pulumi: ${owner}. Changes made by hand are undone. Stopped by hand on 2026-11-28T19:50:00Z with npm run stop, before: connector on.`;
    const mailbox: SurveyedMailbox = {
      ...{ owner, address, name: "relay-test-erp" },
      ...{ kind: "shared", sendAs: [], byRole: false },
    };
    const account = { owner, address, name: "relay-test-erp" };
    const connector = fixture.declared({ owner, name: "relay-test-erp" });
    const Name = connector.name;
    fixture.byHand({ Name, SenderIPAddresses: connector.senderIPAddresses, Comment: stopped });
    fixture.lab.admin("New-Mailbox", { Shared: true, Name: "x", PrimarySmtpAddress: address });
    fixture.lab.admin("Set-Mailbox", { Identity: address, CustomAttribute15: stopped });
    const before = world();
    const other = { ...mailbox, address: `other@${fixture.domain}` };
    for (const [had, gets, what] of [
      [{ connectors: [connector] }, { mailboxes: [other] }, "connector of erp: enabled"],
      [{ mailboxes: [mailbox] }, { connectors: [{ ...connector, name: "y" }] }, "mailbox of erp"],
      [{ accounts: [account] }, { mailboxes: [other] }, "account of erp: address"],
      // Through another sender, or by a method that the stack makes nothing for.
      [{ connectors: [connector] }, {}, "connector of erp: enabled"],
    ] as const) {
      const senders = { erp: "sends" };
      const said = await survey(openTenants(), fixture.access()).check(
        declare({ ...had, senders }),
        declare({ ...gets, senders }),
      );
      const text = said.failures.map(({ reason }) => reason).join("\n");
      assert.match(text, new RegExp(`${what}.*was stopped by hand on 2026-11-28 19:50 UTC`));
      assert.match(text, /--sender erp, then npm run pulumi -- up --refresh/);
      const gone = await survey(openTenants(), fixture.access()).check(
        declare({ ...had, senders }),
        declare({ senders: {} }),
      );
      assert.deepEqual(gone.failures, [], "one that is removed is removed");
    }
    assert.deepEqual(world(), before);
  });

  it("direct send is refused where the tenant does not take it, and nothing is asked for those that are known", async () => {
    const { up, refusals } = life();
    const { settings } = fixture.lab.world;
    const declared = declare({ senders: { scan: "uses direct send" }, directSend: { scan: true } });
    settings.rejectDirectSend = true;
    const before = world();
    assert.deepEqual(await refusals(declared), [
      `: sender "scan": uses direct send, which the tenant refuses with 550 5.7.68 (RejectDirectSend); give it authentication: [staticIp], which makes a connector for the address, or allow direct send for everybody with Set-OrganizationConfig -RejectDirectSend $false`,
    ]);
    assert.deepEqual(world(), before);
    settings.rejectDirectSend = false;
    const made = await up(declared);
    const asked = fixture.events().length;
    assert.equal((await up({ ...declared, waitMinutes: 1 } as never, made)).step, "update");
    assert.equal(fixture.events().length, asked);
  });

  it("what is not known yet passes", async () => {
    const news = declare({ owner: UNKNOWN });
    const kind = survey(openTenants(), fixture.access());
    assert.deepEqual(await kind.check({}, news), { inputs: news, failures: [] });
    assert.deepEqual(fixture.events(), []);
  });

  it("reports all that is in the way at once", async () => {
    const { domain } = fixture;
    fixture.place({ type: "TXT", name: `_dmarc.${domain}`, content: '"v=DMARC1; p=reject"' });
    fixture.place({ type: "CNAME", name: `selector1._domainkey.${domain}`, content: "a.example" });
    fixture.take(domain);
    fixture.lab.editZone(domain, (records) => [
      ...records,
      { type: "TXT", name: domain, content: '"v=spf1 -all"' },
      { type: "TXT", name: domain, content: "v=spf1 mx -all" },
    ]);
    const before = world();
    const reasons = await life().refusals(
      declare({
        domains: [
          surveyed({ dmarc: { rua: [], adopt: false } }),
          surveyed({ domain: "nowhere.example", receives: true }),
        ],
        connectors: [
          {
            ...fixture.declared(),
            name: "x",
            associatedAcceptedDomains: [domain],
          },
        ],
      }),
    );
    const report = reasons.join("\n");
    assert.match(report, /: nowhere\.example: .*is not an accepted domain of the tenant/);
    assert.match(report, /SPF of .* are 2 SPF records at one name/);
    assert.match(report, /DMARC of .* is a record that somebody else created/);
    assert.match(
      report,
      /selector1\._domainkey\..*"CNAME a\.example" is a record that somebody else/,
    );
    assert.equal(reasons.length, 4, report);
    assert.deepEqual(world(), before);
  });

  const mailbox = (change: Partial<SurveyedMailbox> = {}): SurveyedMailbox => ({
    owner: `${OWNER}/shop`,
    address: `orders@${fixture.domain}`,
    name: "relay-test-shop",
    kind: "shared",
    sendAs: [],
    byRole: true,
    ...change,
  });

  it("a mailbox whose address or name is free, or its own already, is fine, and known ones are passed over", async () => {
    const { up, refusals } = life();
    const made = await up(
      declare({ mailboxes: [mailbox({ sendAs: [`anna@${fixture.domain}`] })] }),
    );
    fixture.lab.admin("New-Mailbox", {
      Shared: true,
      Name: "other",
      PrimarySmtpAddress: mailbox().address,
    });
    assert.deepEqual(await refusals(made.inputs, made), []);
    fixture.lab.admin("Set-Mailbox", {
      Identity: mailbox().address,
      CustomAttribute15: `Managed by Pulumi: ${OWNER}/shop. Changes made by hand are undone.`,
    });
    assert.deepEqual(await life().refusals(declare({ mailboxes: [mailbox()] })), []);
  });

  it("a sender's own mailbox is not in the way of its new address, whatever kind it is", async () => {
    const own = `Managed by Pulumi: ${OWNER}/shop. Changes made by hand are undone.`;
    const refusals = (change: Partial<SurveyedMailbox>) =>
      life().refusals(declare({ mailboxes: [mailbox(change)] }));
    for (const [name, kind] of [
      ["anna", "user"],
      ["relay-test-shop", "shared"],
    ] as const) {
      const Identity = `${name}@${fixture.domain}`;
      if (name !== "anna") {
        fixture.lab.admin("New-Mailbox", {
          Shared: true,
          Name: name,
          PrimarySmtpAddress: Identity,
        });
      }
      assert.equal((await refusals({ name })).length, 1);
      fixture.lab.admin("Set-Mailbox", { Identity, CustomAttribute15: own });
      assert.deepEqual(await refusals({ name, kind }), []);
      assert.deepEqual(await refusals({ name, kind, address: Identity }), []);
    }
  });

  it("a licence that the tenant does not have is refused, with those that hold Exchange", async () => {
    const [sku] = fixture.lab.world.tenant.skus;
    const licensed = (license: string) => declare({ mailboxes: [mailbox({ license })] });
    assert.deepEqual(await life().refusals(licensed(sku?.skuPartNumber.toLowerCase() ?? "")), []);
    const [reason = "", more] = await life().refusals(licensed("SPE_E3"));
    assert.match(
      reason,
      /mailbox of shop: license: "SPE_E3" is not the part number of a SKU .*: the tenant has /,
    );
    assert.ok(reason.includes(sku?.skuPartNumber ?? "?"), reason);
    assert.equal(more, undefined);
  });

  it("a mailbox is not adopted and created at once: the last run's tells which it is, also without a mark", async () => {
    const anna = mailbox({ address: `anna@${fixture.domain}`, mayAdopt: true });
    const adopted = { ...anna, adopt: true } as const;
    const after = async (before: SurveyedMailbox, now: SurveyedMailbox) => {
      const made = { id: OWNER, inputs: declare({ mailboxes: [before] }), outs: declare() };
      return (await life().refusals(declare({ mailboxes: [now] }), made)).join("\n");
    };
    assert.match(await after(adopted, anna), /"anna" .* already; set adoptMailbox: true for the/);
    assert.match(
      await after(anna, adopted),
      /is the sender's own mailbox, which the stack created/,
    );
    assert.equal(await after({ ...adopted, sendAs: [`nobody@${fixture.domain}`] }, adopted), "");
    const other = { ...adopted, owner: `${OWNER}/crm`, name: "relay-test-crm" };
    assert.match(await after(anna, other), /to be adopted, but \S+\/shop manages this mailbox/);
  });

  describe("of licences", () => {
    const SKU = "EXCHANGESTANDARD";
    const sku = () => {
      const found = fixture.lab.world.tenant.skus.find((one) => one.skuPartNumber === SKU);
      assert.ok(found);
      return found;
    };
    /** Leaves this many of the SKU's licences free. */
    const leaveFree = (count: number) => Object.assign(sku(), { enabled: 4, consumed: 4 - count });
    const sender = (name: string, license = SKU): SurveyedMailbox => ({
      ...mailbox({ owner: `${OWNER}/${name}`, name: `relay-test-${name}`, license }),
      address: `${name}@${fixture.domain}`,
    });
    const made = (inputs: SurveyInputs) => ({ id: OWNER, inputs, outs: inputs });
    const of = (...mailboxes: SurveyedMailbox[]) => declare({ domains: [], mailboxes });
    /** A user with this address and the SKU, as an earlier run leaves it. */
    const licensed = (name: string, address = `${name}@${fixture.domain}`) => {
      const { lab, domain } = fixture;
      lab.admin("New-Mailbox", {
        Shared: true,
        Name: name,
        PrimarySmtpAddress: `${name}@${domain}`,
      });
      const mark = `Managed by Pulumi: ${OWNER}/${name}. Changes made by hand are undone.`;
      lab.admin("Set-Mailbox", { Identity: `${name}@${domain}`, CustomAttribute15: mark });
      const user = lab.world.directory.users.at(-1);
      assert.ok(user);
      Object.assign(user, { licenses: [sku().skuId], userPrincipalName: address });
    };

    it("new senders need one each: too few are refused together, with what helps, and nothing is changed", async () => {
      leaveFree(1);
      const before = world();
      const [reason = "", ...more] = await life().refusals(of(sender("shop"), sender("crm")));
      assert.match(
        reason,
        /mailboxes of shop, crm: license: "EXCHANGESTANDARD" has only 1 free licence, but 2 are needed \(3 of 4 are assigned\); buy 1 more, unassign 1 from other users, .*or use authentication: \[oauth\] without license, which needs none/,
      );
      assert.deepEqual(more, []);
      assert.deepEqual(world(), before);
      leaveFree(2);
      assert.deepEqual(await life().refusals(of(sender("shop"), sender("crm"))), []);
    });

    it("each SKU is counted by itself", async () => {
      const [own] = fixture.lab.world.tenant.skus;
      assert.ok(own);
      own.consumed = own.enabled;
      leaveFree(0);
      const reasons = await life().refusals(of(sender("shop"), sender("crm", own.skuPartNumber)));
      assert.deepEqual(
        reasons.map((one) => /(mailbox of \w+): license: .* has no free licence/.exec(one)?.[1]),
        ["mailbox of shop", "mailbox of crm"],
      );
    });

    it("another SKU is proposed only if the run leaves enough of it", async () => {
      const [own] = fixture.lab.world.tenant.skus;
      assert.ok(own);
      leaveFree(0);
      const both = of(sender("shop"), sender("crm", own.skuPartNumber));
      own.consumed = own.enabled - 1;
      const [without = ""] = await life().refusals(both);
      assert.match(without, /mailbox of shop: license: .* has no free licence/);
      assert.ok(!without.includes("choose another SKU"), without);
      own.consumed = own.enabled - 2;
      const [reason = ""] = await life().refusals(both);
      assert.ok(reason.includes(`choose another SKU: ${own.skuPartNumber} (1 free)`), reason);
    });

    it("one that the stack's own user holds is not needed again", async () => {
      const old = sender("shop");
      licensed("shop");
      leaveFree(0);
      for (const change of [
        { byRole: false },
        { sendAs: [`anna@${fixture.domain}`] },
        // The user keeps it when its address changes.
        { address: `store@${fixture.domain}` },
      ]) {
        const news = of({ ...old, ...change });
        assert.deepEqual(await life().refusals(news, made(of(old))), [], JSON.stringify(change));
      }
      const both = await life().refusals(of(old, sender("crm")), made(of(old)));
      assert.match(both.join("\n"), /mailbox of crm: license: .* but 1 is needed/);
    });

    it("one held by a user with another user principal name is found by the mailbox", async () => {
      licensed("shop", `somebody@${fixture.domain}`);
      leaveFree(0);
      const old = sender("shop");
      const news = of({ ...old, byRole: false });
      assert.deepEqual(await life().refusals(news, made(of(old))), []);
    });

    it("one that a removed sender frees comes too late, and the error says so", async () => {
      licensed("old");
      leaveFree(0);
      const before = made(of(sender("old")));
      const [reason = ""] = await life().refusals(of(sender("shop")), before);
      assert.match(
        reason,
        /, and what this run takes from old becomes free at its end; .*run pulumi up without what is new first/,
      );
    });

    it("another SKU for a sender needs a licence of that one; the error says which to keep", async () => {
      leaveFree(0);
      const [own] = fixture.lab.world.tenant.skus;
      const old = sender("shop", own?.skuPartNumber);
      const [reason = ""] = await life().refusals(of(sender("shop")), made(of(old)));
      assert.ok(reason.includes(`or keep ${own?.skuPartNumber}`), reason);
      assert.ok(!reason.includes("oauth"), reason);
    });

    it("enough free ones: the directory is not asked", async () => {
      leaveFree(1);
      await life().refusals(of(sender("shop")));
      assert.equal(fixture.asked("GET /v1.0/users"), 0);
    });
  });

  it("a mailbox whose address somebody has, and an unknown address to send as, are refused in the preview", async () => {
    const before = world();
    const reasons = await life().refusals(
      declare({
        mailboxes: [
          mailbox({ address: `anna@${fixture.domain}` }),
          mailbox({ owner: `${OWNER}/crm`, name: "anna", sendAs: [`nobody@${fixture.domain}`] }),
        ],
      }),
    );
    const report = reasons.join("\n");
    assert.match(
      report,
      /mailbox of shop: address: "anna@.*" is the address of UserMailbox "anna" .* already; choose another address/,
    );
    assert.match(
      report,
      /mailbox of crm: name: "anna" is the Name and the Alias of UserMailbox "anna"/,
    );
    assert.match(report, /mailbox of crm: from: "nobody@.*" is not an address in the tenant/);
    assert.equal(reasons.length, 3, report);
    assert.deepEqual(world(), before);
  });

  it("an alias to send as is refused where Exchange replaces it, and only there", async () => {
    const help = `help@${fixture.domain}`;
    fixture.lab.admin("Set-Mailbox", {
      Identity: "anna",
      EmailAddresses: { "@odata.type": "#Exchange.GenericHashTable", Add: [`smtp:${help}`] },
    });
    const refusals = (SendFromAliasEnabled: boolean) => {
      const tenants = openTenants(undefined, (invoke) => async (cmdlet, parameters) => {
        const result = await invoke(cmdlet, parameters);
        const value = result.value.map((one) => ({ ...one, SendFromAliasEnabled }));
        return cmdlet === "Get-OrganizationConfig" ? { ...result, value } : result;
      });
      const kind = survey(tenants, fixture.access());
      return life().refusals(
        declare({ mailboxes: [mailbox({ sendAs: [help] })] }),
        undefined,
        kind,
      );
    };
    assert.match((await refusals(false)).join("\n"), /from: "help@.*" is an alias of anna@/);
    assert.deepEqual(await refusals(true), []);
  });

  it("a tenant without the role for apps is refused once, and asked only for senders whose app holds it", async () => {
    fixture.lab.world.settings.applicationRbac = false;
    assert.deepEqual(await life().refusals(declare()), []);
    const other = { owner: `${OWNER}/crm`, name: "relay-test-crm" };
    const classic = [mailbox({ byRole: false }), mailbox({ ...other, byRole: false })];
    assert.deepEqual(await life().refusals(declare({ mailboxes: classic })), []);
    const two = [mailbox(), mailbox(other)];
    const reasons = await life().refusals(declare({ mailboxes: two }));
    assert.equal(reasons.length, 1, reasons.join("\n"));
    assert.match(
      reasons[0] ?? "",
      /has no management role "Application SMTP\.SendAsApp".*; set m365-smtp-relay:applicationAccess to classic$/,
    );
  });

  it("an organisation that was never customised is refused where a mailbox is to be made in it", async () => {
    fixture.lab.world.organization.isDehydrated = true;
    assert.deepEqual(await life().refusals(declare()), []);
    const reasons = await life().refusals(declare({ mailboxes: [mailbox({ byRole: false })] }));
    assert.equal(reasons.length, 1, reasons.join("\n"));
    assert.match(reasons[0] ?? "", /never customised.*Enable-OrganizationCustomization/);
  });

  it("a hundred domains with the same three problems fit on one page", async () => {
    const domains = many(100, (domain) => [
      ["TXT", domain, '"v=spf1 -all"'],
      ["TXT", domain, '"v=spf1 +all"'],
      ["TXT", `_dmarc.${domain}`, '"v=DMARC1; p=none"'],
      ["A", `selector2._domainkey.${domain}`, "192.0.2.1"],
    ]).map((one) => ({ ...one, dmarc: { rua: [], adopt: false } }));
    const reasons = await life().refusals(declare({ domains }));
    assert.equal(reasons.length, 3, reasons.join("\n"));
    for (const reason of reasons) {
      assert.match(reason, /d7\.example, 92 more \(100 in all\): each (is|are) /);
    }
  });

  it("what it asks grows with the new domains, and known ones cost nothing", async () => {
    const domains = many(30, (domain) => [["TXT", domain, '"v=spf1 -all"']]);
    const count = async (now: SurveyedDomain[], before?: SurveyedDomain[]) => {
      const olds = before && declare({ domains: before });
      const from = asked().length;
      const made = olds && { id: OWNER, inputs: olds, outs: olds };
      assert.deepEqual(await life().refusals(declare({ domains: now }), made), []);
      return asked().length - from;
    };
    const [none, ten, twenty] = [
      await count([]),
      await count(domains.slice(0, 10)),
      await count(domains.slice(0, 20)),
    ];
    assert.deepEqual([none, twenty - ten], [0, 10]);
    assert.equal(await count(domains.slice(0, 21), domains.slice(0, 20)), ten - 9);
    assert.equal(await count(domains.slice(0, 19), domains.slice(0, 20)), 0);
    const paths = asked().map(({ what }) => what.replaceAll(ZONE_ID, "ID"));
    assert.deepEqual(
      [...new Set(paths.filter((what) => what.includes("/zones/")))],
      ["GET /client/v4/zones/ID/dns_records"],
    );
  });

  it("somebody else's record is in the way at a name that is ours alone, and nowhere else", async () => {
    const { domain, zoneId } = fixture;
    const names = [`_mta-sts.${domain}`, `_smtp._tls.${domain}`];
    fixture.place(...names.map((name) => ({ type: "TXT", name, content: '"v=other"' })));
    const [name = ""] = names;
    const sts = {
      zone: { id: zoneId, name: domain },
      name,
      type: "TXT",
      purpose: "mta-sts",
      content: "v=STSv1; id=1;",
    } as const;
    const domains = [surveyed({ records: [sts] })];
    const reasons = await life().refusals(declare({ domains }));
    assert.equal(reasons.length, 1, reasons.join("\n"));
    assert.ok(reasons[0]?.includes(name), reasons[0]);
    assert.match(reasons[0] ?? "", /is a record that somebody else/);
    fixture.edit(name, { content: "v=STSv1; id=1;" });
    assert.deepEqual(await life().refusals(declare({ domains })), []);
  });

  it("our own CNAMEs, known ones whatever their comment, and those that say the same are not in the way", async () => {
    const { domain } = fixture;
    fixture.lab.admin("New-DkimSigningConfig", {
      DomainName: domain,
      KeySize: 1024,
      Enabled: false,
    });
    await fixture.lab.clock.advance(1000);
    const records = dkimRecords(fixture.lab.world);
    const marked = (comment: string, content = "other.example") =>
      fixture.place(...records.map((one) => ({ ...one, content, comment })));
    marked(`Managed by Pulumi: ${OWNER}`);
    assert.deepEqual(await life().refusals(declare()), []);
    const made = await life().up(declare());
    marked("ask Piet");
    assert.equal((await life().refusals(declare())).length, 2);
    const changed = declare({ domains: [surveyed({ spfTerms: [EXCHANGE, "ip4:192.0.2.1"] })] });
    assert.deepEqual(await life().refusals(changed, made), []);
    fixture.place(...records.map((one) => ({ ...one, comment: "ask Piet" })));
    assert.deepEqual(await life().refusals(declare()), []);
    marked("Managed by Pulumi: relay/prod");
    assert.match((await life().refusals(declare())).join(), /belongs to the stack relay\/prod/);
  });

  it("what hides the records of a domain, and what they would end, is reported at once", async () => {
    const { domain, lab, zoneId } = fixture;
    const shop = `shop.${domain}`;
    const alias = `alias.${domain}`;
    for (const id of [shop, alias]) {
      lab.world.tenant.domains.push({ id, isInitial: false, isDefault: false, isVerified: true });
    }
    fixture.place(
      { type: "A", name: `*.${domain}`, content: "192.0.2.1" },
      { type: "CNAME", name: alias, content: "shops.example" },
      { type: "NS", name: `_domainkey.${alias}`, content: "ns1.other.example" },
    );
    const inZone = (name: string) =>
      placed(name, zoneId).map((one) => ({ ...one, zone: { id: zoneId, name: domain } }));
    const domains = [
      surveyed({ domain: shop, records: inZone(shop) }),
      surveyed({ domain: alias, records: inZone(alias) }),
    ];
    const before = world();
    const report = (await life().refusals(declare({ domains }))).sort().join("\n");
    const [hidden, aliased, ended, ...others] = report.split("\n");
    assert.match(
      hidden ?? "",
      /^: _domainkey\.alias\..*"NS ns1\.other\.example" delegates this name/,
    );
    assert.match(aliased ?? "", /^: alias\..*"CNAME shops\.example" is all that resolvers read/);
    assert.match(ended ?? "", /^: shop\..*serves this name .*: A 192\.0\.2\.1 would no longer be/);
    assert.deepEqual(others, []);
    assert.deepEqual(world(), before);
    const accepted = [surveyed({ domain: shop, records: inZone(shop), overrideWildcard: true })];
    assert.deepEqual(await life().refusals(declare({ domains: accepted })), []);
    fixture.edit(alias, { proxied: true }, "CNAME");
    fixture.take(`_domainkey.${alias}`, "NS");
    assert.deepEqual(
      await life().refusals(
        declare({ domains: [surveyed({ domain: alias, records: inZone(alias) })] }),
      ),
      [],
    );
    const name = `selector1._domainkey.${alias}`;
    fixture.place({ type: "NS", name, content: "ns1.other.example" });
    const [hides, ...again] = await life().refusals(
      declare({ domains: [surveyed({ domain: alias, records: inZone(alias) })] }),
    );
    assert.match(hides ?? "", /"NS ns1\.other\.example" delegates this name/);
    assert.deepEqual(again, []);
  });

  it("a zone with another id than in the last run is told once, and judged anew", async () => {
    const { domain, zoneId, lab } = fixture;
    const made = await life().up(declare());
    const id = "f".repeat(32);
    const zone = lab.world.cloudflare.zones.find((one) => one.id === zoneId);
    if (!zone) throw new Error("the account has lost the zone");
    lab.world.cloudflare.zones.push({ ...structuredClone(zone), id, past: [] });
    lab.world.cloudflare.token.permissions[id] = ["zone:read", "dns:read"];
    const moved = declare({ domains: [surveyed({ zoneId: id })] });
    assert.deepEqual(await life().refusals(moved, made), []);
    const told = fixture.said.filter((line) =>
      line.includes(`${domain} is at Cloudflare as ${id}`),
    );
    assert.equal(told.length, 1, fixture.said.join("\n"));
    assert.match(
      told[0] ?? "",
      new RegExp(`its records were as ${zoneId}: up creates them in the new zone`),
    );
  });

  it("a null MX at the sending domain is warned of, and refuses nothing", async () => {
    const { domain } = fixture;
    fixture.edit(domain, { content: "." }, "MX");
    assert.deepEqual(await life().refusals(declare()), []);
    assert.match(
      fixture.said.join("\n"),
      /^warning: MX of .*: "\." says that the domain takes no mail, so receivers refuse/m,
    );
  });

  it("a domain of another stack is refused by its DKIM configuration", async () => {
    fixture.lab.admin("New-DkimSigningConfig", {
      DomainName: fixture.domain,
      KeySize: 1024,
      Enabled: false,
      AdminDisplayName: "Managed by Pulumi: relay/prod. Changes made by hand are undone.",
    });
    const [reason = "", more] = await life().refusals(declare());
    assert.match(
      reason,
      /belongs to the stack relay\/prod, and a domain can belong to one stack only/,
    );
    assert.equal(more, undefined);
    await fixture.lab.settle();
  });

  it("a renamed stack keeps what bears its former names, of known domains and senders alone", async () => {
    const { domain, lab } = fixture;
    fixture.lab.admin("New-DkimSigningConfig", {
      DomainName: domain,
      Enabled: false,
      AdminDisplayName: "Managed by Pulumi: relay/test. Changes made by hand are undone.",
    });
    const comment = "Managed by Pulumi: relay/test";
    fixture.place(
      { type: "TXT", name: domain, content: '"v=spf1 -all"', comment },
      ...dkimRecords(lab.world).map((record) => ({ ...record, comment })),
    );
    lab.admin("New-Mailbox", {
      ...{ Shared: true, Name: "relay-test-shop", PrimarySmtpAddress: mailbox().address },
      DisplayName: "Managed by Pulumi: relay/test/shop. Changes made by hand are undone.",
    });
    const first = declare({ mailboxes: [mailbox()] });
    const made = await life().up(first);
    const renamed = declare({
      owner: "relay/renamed",
      domains: [surveyed({ spfTerms: [EXCHANGE, "ip4:192.0.2.1"] })],
      mailboxes: [mailbox({ owner: "relay/renamed/shop", name: "relay-renamed-shop" })],
    });
    assert.deepEqual(await life().refusals(renamed, made), []);
    const after = await life().up(renamed, made);
    assert.deepEqual(after.inputs.formerOwners, [OWNER]);
    const again = await life().up(
      { ...renamed, owner: "moved/renamed", domains: declare().domains },
      after,
    );
    assert.deepEqual(again.inputs.formerOwners, [OWNER, "relay/renamed"]);
    assert.deepEqual((await life().up(first, again)).inputs.formerOwners, [
      "relay/renamed",
      "moved/renamed",
    ]);
    const another = { ...renamed, owner: "relay/another" };
    const report = (await life().refusals(another)).join("\n");
    assert.match(report, /belongs to the stack relay\/test, and a domain can belong to one stack/);
    assert.match(report, /mailbox of shop: address: ".*" is the address of SharedMailbox/);
  });

  it("a known sender's mailbox and connector that lost their marks are not in the way of a change, or of a rename", async () => {
    const { lab, tenant } = fixture;
    lab.admin("New-Mailbox", {
      ...{ Shared: true, Name: "relay-test-shop", PrimarySmtpAddress: mailbox().address },
      DisplayName: "Managed by Pulumi: relay/test/shop. Changes made by hand are undone.",
    });
    const connector = {
      ...tenant,
      ...{ owner: "relay/test/erp", name: "relay-test-erp", enabled: true },
      senderIPAddresses: ["198.51.100.9"],
    } as unknown as Surveyed["connectors"][number];
    const made = await life().up(declare({ mailboxes: [mailbox()], connectors: [connector] }));
    lab.admin("New-InboundConnector", {
      ...{ Name: "relay-test-erp", ConnectorType: "OnPremises", SenderDomains: ["*"] },
      ...{ SenderIPAddresses: ["198.51.100.9"], Comment: "made by Bob" },
    });
    lab.admin("Set-Mailbox", { Identity: mailbox().address, DisplayName: "edited by Bob" });
    const anna = `anna@${fixture.domain}`;
    for (const change of [
      { mailboxes: [mailbox({ sendAs: [anna] })] },
      { mailboxes: [mailbox({ address: `new@${fixture.domain}` })] },
      {
        owner: "relay/renamed",
        mailboxes: [mailbox({ owner: "relay/renamed/shop", name: "relay-renamed-shop" })],
        connectors: [{ ...connector, owner: "relay/renamed/erp", name: "relay-renamed-erp" }],
      },
    ]) {
      const news = declare({ connectors: [connector], ...change });
      assert.deepEqual(await life().refusals(news, made), []);
    }
    const fresh = declare({
      mailboxes: [mailbox()],
      connectors: [{ ...connector, name: "relay-other-erp" }],
    });
    assert.equal((await life().refusals(fresh)).length, 2);
  });

  it("a policy that we raised may be lowered again: its own resource judges that", async () => {
    const { domain } = fixture;
    fixture.place({ type: "TXT", name: `_dmarc.${domain}`, content: '"v=DMARC1; p=none"' });
    const { up } = life();
    const policy = (level: "none" | "reject") =>
      declare({ domains: [surveyed({ dmarc: { rua: [], adopt: true, policy: level } })] });
    const made = await up(policy("reject"));
    fixture.edit(`_dmarc.${domain}`, { content: '"v=DMARC1; p=reject"' });
    assert.equal((await up(policy("none"), made)).step, "update");
    assert.match((await life().refusals(policy("none")))[0] ?? "", /is weaker than/);
  });

  it("mail that is received elsewhere, or nowhere, is refused to those who protect it", async () => {
    const { domain } = fixture;
    const receiving = declare({ domains: [surveyed({ receives: true })] });
    assert.deepEqual(await life().refusals(receiving), []);
    fixture.edit(domain, { content: "mail.agency.example" }, "MX");
    const [reason = ""] = await life().refusals(receiving);
    assert.match(
      reason,
      /MX of .*"mail\.agency\.example" is not the tenant's Exchange Online host/,
    );
    fixture.take(domain, "MX");
    assert.match((await life().refusals(receiving))[0] ?? "", /MX of .* has no record/);
  });

  it("an MX record that can't be looked up is not absent", async () => {
    fixture.lab.faults.inject({
      where: { service: "dns", match: `MX ${fixture.domain}` },
      what: { kind: "servfail" },
      times: 20,
    });
    const [reason = ""] = await life().refusals(
      declare({ domains: [surveyed({ receives: true })] }),
    );
    assert.match(reason, /MX of .* could not be looked up \(.*ESERVFAIL/);
  });

  it("a domain whose DNS is kept elsewhere asks nothing of Cloudflare", async () => {
    const { zoneId: _, ...elsewhere } = surveyed({ records: [] });
    assert.deepEqual(await life().refusals(declare({ domains: [elsewhere] })), []);
    assert.equal(fixture.calls(), 0);
  });

  it("a zone that can't be read is one failure, and so is a missing token", async (t) => {
    fixture.lab.world.cloudflare.token.permissions[fixture.zoneId] = [];
    const [reason = "", more] = await life().refusals(declare());
    assert.match(reason, /^: Cloudflare: the records of zone .*Zone\.DNS Edit/);
    assert.equal(more, undefined);
    const token = process.env.CLOUDFLARE_API_TOKEN;
    t.after(() => {
      process.env.CLOUDFLARE_API_TOKEN = token;
    });
    delete process.env.CLOUDFLARE_API_TOKEN;
    assert.match((await life().refusals(declare()))[0] ?? "", /^: CLOUDFLARE_API_TOKEN is not set/);
  });
});
