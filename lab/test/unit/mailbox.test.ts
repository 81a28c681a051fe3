// Mailboxes in Exchange: how they are made, named, changed and removed, and what is refused.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { inUse, run, stateOf } from "./exchangeState.ts";

describe("mailbox cmdlets", () => {
  let bench: ExchangeBench;
  let domain: string;
  let initial: string;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    domain = bench.world.tenant.domain;
    initial = bench.world.tenant.initialDomain;
  });
  const make = (change: object = {}) =>
    bench.invoke("New-Mailbox", {
      Shared: true,
      Name: "Relay shop",
      Alias: "shop",
      DisplayName: "Shop",
      PrimarySmtpAddress: `Shop@${domain}`,
      ...change,
    });
  const set = (change: object, Identity = "shop") =>
    bench.invoke("Set-Mailbox", { Identity, Confirm: false, ...change });
  const read = async (Identity = "shop") =>
    (await run(bench, "Get-Mailbox", { Identity }))[0] ?? {};
  const kept = () => bench.world.mailboxes.at(-1);

  it("New -Shared gives the object, and an account that can't sign in", async () => {
    const made = await make();
    assert.equal(made.status, 200, made.text);
    assert.deepEqual(await read(), made.value[0]);
    const [mailbox = {}] = made.value;
    assert.equal(mailbox.RecipientTypeDetails, "SharedMailbox");
    assert.equal(mailbox.PrimarySmtpAddress, `shop@${domain}`);
    assert.deepEqual(mailbox.EmailAddresses, [`SMTP:shop@${domain}`, `smtp:shop@${initial}`]);
    assert.equal(mailbox.AccountDisabled, true);
    assert.equal(mailbox.MessageCopyForSMTPClientSubmissionEnabled, true);
    assert.equal(mailbox.RetentionPolicy, "Default MRM Policy");
    assert.equal(mailbox.CustomAttribute15, "");
    const user = bench.world.directory.users.at(-1);
    assert.equal(user?.id, mailbox.ExternalDirectoryObjectId);
    assert.equal(user?.userPrincipalName, `shop@${domain}`);
    assert.deepEqual([user?.accountEnabled, user?.licenses], [false, []]);
  });

  it("in some tenants the new account can sign in, until it is switched off", async () => {
    bench.world.settings.sharedSignIn = "open";
    assert.equal((await make()).value[0]?.AccountDisabled, false);
    await set({ AccountDisabled: true });
    assert.equal((await read()).AccountDisabled, true);
    assert.equal(bench.world.directory.users.at(-1)?.accountEnabled, false);
  });

  it("AccountDisabled shows what the directory says", async () => {
    await make();
    const user = bench.world.directory.users.at(-1);
    if (user) user.accountEnabled = true;
    assert.equal((await read()).AccountDisabled, false);
  });

  it("without alias and address they come of the name, in the default domain", async () => {
    const { value } = await bench.invoke("New-Mailbox", { Shared: true, Name: "Relay shop" });
    assert.equal(value[0]?.Alias, "Relayshop");
    assert.equal(value[0]?.PrimarySmtpAddress, `relayshop@${domain}`);
    assert.equal(value[0]?.DisplayName, "Relay shop");
  });

  it("an identity that two mailboxes have is ambiguous", async () => {
    await make({ Name: "anna's", Alias: "shop" });
    await make({ Name: "shop", Alias: "second", PrimarySmtpAddress: `second@${domain}` });
    const { status, text } = await bench.invoke("Get-Mailbox", { Identity: "shop" });
    assert.equal(status, 400);
    assert.match(text, /'shop' matches multiple entries/);
  });

  it("Get lists all, some, or those of a kind", async () => {
    await make();
    const all = bench.world.mailboxes.map(({ name }) => name);
    const names = async (parameters: object) =>
      (await run(bench, "Get-Mailbox", parameters)).map(({ Name }) => Name);
    assert.deepEqual(await names({}), all);
    assert.deepEqual(await names({ ResultSize: 1 }), all.slice(0, 1));
    assert.deepEqual(await names({ RecipientTypeDetails: "SharedMailbox" }), ["Relay shop"]);
    assert.deepEqual(await names({ RecipientTypeDetails: ["UserMailbox", "SharedMailbox"] }), all);
    const other = { Identity: "shop", RecipientTypeDetails: "UserMailbox" };
    assert.equal((await bench.invoke("Get-Mailbox", other)).status, 404);
  });

  it("Get-Recipient finds it by any address", async () => {
    await make();
    for (const Identity of [`shop@${domain}`, `shop@${initial}`]) {
      const [found] = await run(bench, "Get-Recipient", { Identity });
      assert.equal(found?.PrimarySmtpAddress, `shop@${domain}`);
    }
    const all = await run(bench, "Get-Recipient", { ResultSize: "Unlimited" });
    assert.equal(all.length, bench.world.mailboxes.length);
    assert.equal((await bench.invoke("Get-Recipient", { Identity: `x@${domain}` })).status, 404);
  });

  const refusedNew: [string, () => object, RegExp][] = [
    ["without Shared", () => ({ Shared: false }), /lab makes shared mailboxes alone/],
    ["a name that is too long", () => ({ Name: "x".repeat(65) }), /'Name' must have 1 to 64/],
    ["an alias with a blank", () => ({ Alias: "a b" }), /"a b" is invalid/],
    ["no address", () => ({ PrimarySmtpAddress: "shop" }), /'shop' isn't a valid SMTP address/],
    [
      "a foreign domain",
      () => ({ PrimarySmtpAddress: "a@x.example" }),
      /'x\.example' because it's/,
    ],
    ["a subdomain", () => ({ PrimarySmtpAddress: `a@sub.${domain}` }), /not an accepted domain/],
    [
      "an address that is taken",
      () => ({ PrimarySmtpAddress: `anna@${domain}` }),
      /ProxyAddressExistsException\|The proxy address "SMTP:anna@[^"]+" is already being used by the proxy addresses or LegacyExchangeDN of "anna"\. Please choose another proxy address\./,
    ],
    ["an alias that is taken", () => ({ Alias: "ANNA" }), /ProxyAddressExists.*of "anna"/],
    ["a name that is taken", () => ({ Name: "ANNA" }), /ADObjectAlreadyExists.*'CN=anna,/],
    ["a password", () => ({ Password: "x" }), /does not model the parameter Password/],
  ];
  for (const [what, change, text] of refusedNew) {
    it(`New refuses ${what}`, async () => {
      const before = stateOf(bench.world);
      const refused = await make(change());
      assert.equal(refused.status, 400);
      assert.match(refused.text, text);
      assert.deepEqual(stateOf(bench.world), before);
    });
  }

  it("Set changes what it is given, and warns when that is nothing", async () => {
    await make();
    await set({
      HiddenFromAddressListsEnabled: true,
      MessageCopyForSMTPClientSubmissionEnabled: false,
      DisplayName: "Relay of the shop",
      RetentionPolicy: null,
      CustomAttribute1: "m365-smtp-relay",
      CustomAttribute15: "x",
    });
    const mailbox = await read();
    assert.equal(mailbox.HiddenFromAddressListsEnabled, true);
    assert.equal(mailbox.MessageCopyForSMTPClientSubmissionEnabled, false);
    assert.equal(mailbox.DisplayName, "Relay of the shop");
    const { properties } = bench.world.directory.users.at(-1) ?? {};
    assert.equal(properties?.displayName, "Relay of the shop");
    assert.equal(mailbox.RetentionPolicy, null);
    assert.equal(mailbox.CustomAttribute1, "m365-smtp-relay");
    const again = await set({ CustomAttribute15: "x", RetentionPolicy: "" });
    assert.match(again.warnings.join(), /no settings of 'Relay shop' have been modified/);
    await set({ CustomAttribute15: null, RetentionPolicy: "default mrm policy" });
    assert.deepEqual(kept()?.customAttributes, { 1: "m365-smtp-relay" });
    assert.equal((await read()).RetentionPolicy, "Default MRM Policy");
  });

  const hash = (edit: object) => ({
    EmailAddresses: { "@odata.type": "#Exchange.GenericHashTable", ...edit },
  });
  it("addresses are added, removed and replaced", async () => {
    await make();
    await set(hash({ Add: [`orders@${domain}`] }));
    assert.deepEqual(kept()?.emailAddresses, [
      `SMTP:shop@${domain}`,
      `smtp:shop@${initial}`,
      `smtp:orders@${domain}`,
    ]);
    await set(hash({ Add: `SMTP:orders@${domain}`, Remove: `SMTP:shop@${initial}` }));
    assert.deepEqual(kept()?.emailAddresses, [`SMTP:orders@${domain}`, `smtp:shop@${domain}`]);
    assert.equal(kept()?.address, `orders@${domain}`);
    await set({ EmailAddresses: [`a@${domain}`, `smtp:b@${domain}`, `A@${domain}`] });
    assert.deepEqual(kept()?.emailAddresses, [`SMTP:a@${domain}`, `smtp:b@${domain}`]);
  });

  it("what knew a mailbox by its address knows the new one", async () => {
    await make();
    const right = { AccessRights: "FullAccess" };
    await run(bench, "Add-MailboxPermission", { Identity: "shop", User: "anna", ...right });
    await run(bench, "Add-MailboxPermission", { Identity: "anna", User: "shop", ...right });
    await run(bench, "Add-RecipientPermission", {
      Identity: "shop",
      Trustee: "anna",
      AccessRights: "SendAs",
    });
    await set({ EmailAddresses: [`new@${domain}`] });
    const { mailboxPermissions, recipientPermissions } = bench.world;
    assert.deepEqual(
      mailboxPermissions.map(({ mailbox, user }) => [mailbox, user]),
      [
        [`new@${domain}`, `anna@${domain}`],
        [`anna@${domain}`, `new@${domain}`],
      ],
    );
    assert.equal(recipientPermissions[0]?.mailbox, `new@${domain}`);
    assert.equal(bench.world.directory.users.at(-1)?.properties.mail, `new@${domain}`);
  });

  const refusedSet: [string, () => object, RegExp][] = [
    ["an address of somebody else", () => hash({ Add: `anna@${domain}` }), /ProxyAddressExists/],
    ["a foreign address", () => hash({ Add: "a@x.example" }), /not an accepted domain/],
    ["another kind of address", () => hash({ Add: `SIP:a@${domain}` }), /valid SMTP address/],
    ["no primary address", () => hash({ Remove: `shop@${domain}` }), /There are 0 primary/],
    ["no address at all", () => ({ EmailAddresses: [] }), /There are 0 primary/],
    [
      "two primary addresses",
      () => ({ EmailAddresses: [`SMTP:a@${domain}`, `SMTP:b@${domain}`] }),
      /There are 2 primary/,
    ],
    [
      "an unknown retention policy",
      () => ({ RetentionPolicy: "mine" }),
      /'mine' couldn't be found/,
    ],
    ["an empty display name", () => ({ DisplayName: "" }), /'DisplayName' must have 1 to 256/],
    ["a long attribute", () => ({ CustomAttribute1: "x".repeat(1025) }), /'CustomAttribute1' must/],
    ["a 16th attribute", () => ({ CustomAttribute16: "x" }), /CustomAttribute16$/],
    ["another primary address", () => ({ PrimarySmtpAddress: "a@x" }), /PrimarySmtpAddress$/],
    ["null for a flag", () => ({ AccountDisabled: null }), /to type "System\.Boolean"/],
  ];
  for (const [what, change, text] of refusedSet) {
    it(`Set refuses ${what}`, async () => {
      await make();
      const before = stateOf(bench.world);
      const refused = await set(change());
      assert.match(refused.text, text);
      assert.deepEqual(stateOf(bench.world), before);
    });
  }

  it("Remove takes the account, the permissions and the place in rules with it", async () => {
    const before = inUse(bench.world);
    await make();
    const right = { AccessRights: "FullAccess" };
    await run(bench, "Add-MailboxPermission", { Identity: "shop", User: "anna", ...right });
    await run(bench, "Add-MailboxPermission", { Identity: "anna", User: "shop", ...right });
    const sendAs = { AccessRights: ["SendAs"] };
    await run(bench, "Add-RecipientPermission", { Identity: "shop", Trustee: "anna", ...sendAs });
    await run(bench, "Add-RecipientPermission", { Identity: "anna", Trustee: "shop", ...sendAs });
    await run(bench, "New-HostedOutboundSpamFilterPolicy", { Name: "fence" });
    await run(bench, "New-HostedOutboundSpamFilterRule", {
      Name: "fence",
      HostedOutboundSpamFilterPolicy: "fence",
      From: ["shop", "anna"],
    });
    await run(bench, "Remove-Mailbox", { Identity: "shop" });
    assert.deepEqual(bench.world.outboundPolicies.at(-1)?.rule?.from, [`anna@${domain}`]);
    bench.world.outboundPolicies.pop();
    assert.deepEqual(inUse(bench.world), before);
    assert.equal((await make()).status, 200);
  });

  it("Set-User gives a user an authentication policy, and takes it", async () => {
    await run(bench, "New-AuthenticationPolicy", { Name: "no basic" });
    const policy = async () =>
      (await run(bench, "Get-User", { Identity: "anna" }))[0]?.AuthenticationPolicy;
    assert.equal(await policy(), null);
    await run(bench, "Set-User", { Identity: "anna", AuthenticationPolicy: "NO BASIC" });
    assert.equal(await policy(), "no basic");
    const missing = { Identity: "anna", AuthenticationPolicy: "x", Confirm: false };
    assert.equal((await bench.invoke("Set-User", missing)).status, 404);
    assert.equal(await policy(), "no basic");
    await run(bench, "Set-User", { Identity: "anna", AuthenticationPolicy: null });
    assert.equal(await policy(), null);
  });

  it("Set-CASMailbox switches protocols, and leaves SMTP AUTH to the organisation by null", async () => {
    const cas = async () => (await run(bench, "Get-CASMailbox", { Identity: "anna" }))[0] ?? {};
    assert.equal((await cas()).SmtpClientAuthenticationDisabled, null);
    const change = { ImapEnabled: false, SmtpClientAuthenticationDisabled: false };
    await run(bench, "Set-CASMailbox", { Identity: "anna", ...change });
    const { ImapEnabled, PopEnabled, SmtpClientAuthenticationDisabled } = await cas();
    assert.deepEqual(
      [ImapEnabled, PopEnabled, SmtpClientAuthenticationDisabled],
      [false, true, false],
    );
    const again = await bench.invoke("Set-CASMailbox", {
      Identity: "anna",
      Confirm: false,
      ...change,
    });
    assert.match(again.warnings.join(), /no settings/);
    await run(bench, "Set-CASMailbox", {
      Identity: "anna",
      SmtpClientAuthenticationDisabled: null,
    });
    assert.equal((await cas()).SmtpClientAuthenticationDisabled, null);
    const bad = { Identity: "anna", Confirm: false, OWAEnabled: null };
    assert.match((await bench.invoke("Set-CASMailbox", bad)).text, /System\.Boolean/);
  });

  it("Set-CASMailbox refuses what its page has for the server product alone; Get shows it", async () => {
    const before = structuredClone(bench.world.mailboxes);
    for (const [parameter, value] of [
      ["ECPEnabled", false],
      ["MapiHttpEnabled", false],
      ["DisplayName", "x"],
      ["Name", "x"],
      ["EmailAddresses", ["x@contoso.com"]],
      ["PrimarySmtpAddress", "x@contoso.com"],
    ] as const) {
      const call = { Identity: "anna", Confirm: false, OWAEnabled: false, [parameter]: value };
      const { status, text } = await bench.invoke("Set-CASMailbox", call);
      assert.deepEqual([status, text.includes(parameter)], [400, true], parameter);
    }
    assert.deepEqual(bench.world.mailboxes, before);
    assert.equal((await run(bench, "Get-CASMailbox", { Identity: "anna" }))[0]?.ECPEnabled, true);
  });

  for (const newest of ["known", "shown alone", "absent"] as const) {
    it(`the newest client switch is ${newest}, as the tenant has it`, async () => {
      bench.world.settings.newestClientSwitch = newest;
      const call = { Identity: "anna", Confirm: false, OneWinNativeOutlookEnabled: false };
      const { status } = await bench.invoke("Set-CASMailbox", call);
      const [seen] = await run(bench, "Get-CASMailbox", { Identity: "anna" });
      assert.deepEqual(
        [status, seen?.OneWinNativeOutlookEnabled],
        { known: [200, false], "shown alone": [400, true], absent: [400, undefined] }[newest],
      );
    });
  }
});
