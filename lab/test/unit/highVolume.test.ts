// High Volume Email: its accounts in Exchange, and what smtp.hve.mx.microsoft takes and refuses.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Lab, openLab, type SendingAs } from "../../src/lab.ts";
import type { HveAccount } from "../../src/world/highVolume.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { tokenOf } from "./client.ts";
import { run, stateOf } from "./exchangeState.ts";
import { base64, xoauth2 } from "./submissionScene.ts";
import { talkSecurely } from "./talk.ts";

const PASSWORD = "Correct-Horse-9";
const APP = "33333333-3333-4333-8333-333333333333";

describe("accounts of High Volume Email", () => {
  let bench: ExchangeBench;
  let domain: string;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    domain = bench.world.tenant.domain;
  });
  const good = () => ({
    HVEAccount: true,
    Name: "relay-alerts",
    DisplayName: "Alerts",
    PrimarySmtpAddress: `Alerts@${domain}`,
    Password: PASSWORD,
  });
  const make = (change: object = {}) => bench.invoke("New-MailUser", { ...good(), ...change });
  const Identity = () => `alerts@${domain}`;
  async function refuses(name: string, parameters: object, words: RegExp): Promise<void> {
    const before = stateOf(bench.world);
    const { status, text } = await bench.invoke(name, parameters);
    assert.notEqual(status, 200, text);
    assert.match(text, words);
    assert.deepEqual(stateOf(bench.world), before);
  }

  it("New makes one with a user who signs in with its address, and no log has the password", async () => {
    const { status, value, text } = await make();
    assert.equal(status, 200, text);
    const [made = {}] = value;
    assert.deepEqual(await run(bench, "Get-MailUser", { HVEAccount: true }), [made]);
    assert.equal(made.RecipientType, "MailUser");
    const user = bench.world.directory.users.at(-1);
    assert.equal(user?.userPrincipalName, Identity());
    assert.equal(bench.userPasswords[user?.id ?? ""], PASSWORD);
    assert.ok(!JSON.stringify(bench.world).includes(PASSWORD));
  });

  it("Get-Recipient and Get-User find it, and its address is nobody else's", async () => {
    await make();
    for (const noun of ["Recipient", "User"]) {
      const [found] = await run(bench, `Get-${noun}`, { Identity: Identity() });
      assert.equal(found?.Name, "relay-alerts");
    }
    const other = { Shared: true, Name: "other", PrimarySmtpAddress: Identity() };
    await refuses("New-Mailbox", other, /ProxyAddressExists.*of "relay-alerts"/);
    await refuses("New-MailUser", { ...good(), Name: "x" }, /ProxyAddressExists/);
    const anna = { ...good(), Name: "y", PrimarySmtpAddress: `anna@${domain}` };
    await refuses("New-MailUser", anna, /ProxyAddressExists.*of "anna"/);
  });

  it("Set changes it, and can't set the password, which its page leaves to the user", async () => {
    await make();
    const change = { Identity: Identity(), HVEAccount: true, CustomAttribute15: "mark" };
    await run(bench, "Set-MailUser", { ...change, HiddenFromAddressListsEnabled: true });
    const [seen] = await run(bench, "Get-MailUser", { Identity: Identity() });
    assert.deepEqual(
      [seen?.CustomAttribute15, seen?.HiddenFromAddressListsEnabled],
      ["mark", true],
    );
    const parameters = { Identity: Identity(), Password: "another", Confirm: false };
    await refuses("Set-MailUser", parameters, /Password/);
  });

  it("Remove deletes its user, and frees its address", async () => {
    await make();
    await run(bench, "Remove-MailUser", { Identity: Identity() });
    assert.deepEqual(bench.world.hveAccounts, []);
    assert.ok(!bench.world.directory.users.some((one) => one.userPrincipalName === Identity()));
    assert.equal((await make()).status, 200);
  });

  it("keeps who may send as it: ten apps at the most", async () => {
    await make();
    const apps = Array.from({ length: 10 }, (_, index) => APP.replace(/.$/, String(index)));
    await run(bench, "Add-HVEAppAccess", { Identity: Identity(), AppIds: apps });
    await run(bench, "Add-HVEAppAccess", { Identity: Identity(), AppIds: apps.slice(0, 1) });
    await run(bench, "Set-HVEAccountSettings", { Identity: Identity(), ReplyTo: `help@${domain}` });
    const eleven = { Identity: Identity(), AppIds: [APP.replace(/.$/, "a")] };
    await refuses("Add-HVEAppAccess", eleven, /at most 10 allowed apps/);
    await refuses("Add-HVEAppAccess", { ...eleven, AppIds: ["shop"] }, /'shop'.*valid GUID/);
    await run(bench, "Remove-HVEAppAccess", { Identity: Identity(), AppIds: apps.slice(2) });
    const [seen] = await run(bench, "Get-HVEAccountSettings", { Identity: Identity() });
    assert.deepEqual(seen?.AllowedApps, apps.slice(0, 2));
    assert.equal(seen?.ReplyTo, `help@${domain}`);
  });

  it("says what its billing policy is worth", async () => {
    await make();
    const [policy] = bench.world.billingPolicies;
    assert.ok(policy);
    const [listed] = await run(bench, "Get-BillingPolicy", { ResourceType: "HVE" });
    assert.equal(listed?.BillingPolicyId, policy.id);
    const status = async () =>
      (await run(bench, "Get-HVEAccountBillingPolicy", { Identity: Identity() }))[0]
        ?.BillingPolicyStatus;
    assert.equal(await status(), "NoProperBillingPolicyStored");
    await run(bench, "Set-HVEAccountBillingPolicy", {
      Identity: Identity(),
      BillingPolicyId: policy.id,
    });
    assert.equal(await status(), "BillingPolicyValid");
    policy.isSubscriptionActive = false;
    assert.equal(await status(), "SubscriptionIsNotActive");
    policy.isConnected = false;
    assert.equal(await status(), "NoConnectedBillingPolicyFound");
    bench.world.billingPolicies = [];
    assert.equal(await status(), "BillingPolicyNotFound");
    const gone = { Identity: Identity(), BillingPolicyId: policy.id };
    await refuses("Set-HVEAccountBillingPolicy", gone, /couldn't be found/);
  });

  it("keeps an authentication policy that it has from being removed", async () => {
    await make();
    await run(bench, "New-AuthenticationPolicy", { Name: "smtp", AllowBasicAuthSmtp: true });
    await run(bench, "Set-User", { Identity: Identity(), AuthenticationPolicy: "smtp" });
    const remove = { Identity: "smtp", Confirm: false };
    await refuses("Remove-AuthenticationPolicy", remove, /relay-alerts/);
  });

  it("New refuses a mail user of another kind", async () => {
    await refuses("New-MailUser", { ...good(), HVEAccount: false }, /HVEAccount switch/);
    await refuses("New-MailUser", { ...good(), Password: undefined }, /mandatory.*Password/);
  });
});

describe("smtp.hve.mx.microsoft", () => {
  let lab: Lab;
  let account: HveAccount;
  let token: string;
  before(async () => {
    lab = await openLab({ seed: "high volume" });
    const { domain } = lab.world.tenant;
    const [policy] = lab.world.billingPolicies;
    lab.admin("New-MailUser", {
      ...{ HVEAccount: true, Name: "alerts", PrimarySmtpAddress: `alerts@${domain}` },
      Password: PASSWORD,
    });
    const [made] = lab.world.hveAccounts;
    assert.ok(made && policy);
    account = made;
    account.billingPolicyId = policy.id;
  });
  after(() => lab.close());
  beforeEach(async () => {
    for (const mailbox of lab.world.mailboxes) mailbox.messages.length = 0;
    lab.world.deployer.appRoles.exchange = ["Exchange.ManageAsApp", "Mail.Send"];
    account.allowedApps = [lab.world.deployer.servicePrincipalId];
    token = await tokenOf(lab);
  });

  const anna = () => lab.world.mailboxes.find(({ alias }) => alias === "anna");
  const message = (from = account.address) =>
    `From: ${from}\r\nTo: anna\r\nBcc: x@y.example\r\nSubject: test\r\n\r\nhello\r\n`;
  const send = (change: Partial<SendingAs> = {}) =>
    lab.sendHighVolume({
      user: account.address,
      ...("token" in change ? {} : { password: PASSWORD }),
      to: [anna()?.address ?? ""],
      message: message(),
      ...change,
    } as SendingAs);
  const state = () => ({ ...lab.dump(), drawn: 0, clockOffset: 0 });
  async function expectRefused(words: RegExp, change: Partial<SendingAs> = {}): Promise<void> {
    const before = state();
    const { accepted, refusal } = await send(change);
    assert.equal(accepted, false);
    assert.match(refusal, words);
    assert.deepEqual(state(), before);
  }
  const say = (...commands: string[]) =>
    talkSecurely(
      lab.ports.highVolume,
      loopbackOf(lab.world.addresses.customer[0]),
      { name: "smtp.hve.mx.microsoft", ca: readFileSync(lab.caFile, "utf8") },
      commands,
    );

  it("takes mail by password and by token for recipients inside, with SMTP AUTH off for the tenant", async () => {
    assert.equal(lab.world.organization.smtpClientAuthenticationDisabled, true);
    assert.equal((await send()).refusal, "");
    assert.equal((await send({ token })).refusal, "");
    const raws = anna()?.messages.map(({ raw }) => raw) ?? [];
    assert.equal(raws.length, 2);
    for (const raw of raws) assert.doesNotMatch(raw, /^Bcc:/m);
  });

  it("writes the account's Reply-To", async () => {
    account.replyTo = `help@${lab.world.tenant.domain}`;
    await send();
    account.replyTo = "";
    assert.match(anna()?.messages[0]?.raw ?? "", /^Reply-To: help@/m);
  });

  it("refuses a recipient outside", () =>
    expectRefused(/^550 5\.5\.105 /, { to: [lab.world.outside.mailboxes[1] ?? ""] }));

  it("refuses the 51st recipient, and takes 50", async () => {
    const { domain } = lab.world.tenant;
    const recipients = Array.from({ length: 51 }, (_, index) => `RCPT TO:<r${index}@${domain}>`);
    const signIn = ["AUTH LOGIN", base64(account.address), base64(PASSWORD)];
    const mail = `MAIL FROM:<${account.address}>`;
    const lines = await say("EHLO host", ...signIn, mail, ...recipients, "QUIT");
    assert.match(lines.at(-3) ?? "", /^250 /);
    assert.match(lines.at(-2) ?? "", /^452 4\.5\.3 /);
  });

  it("says its size of 10 MB, refuses what is larger, and takes what is not", async () => {
    const lines = await say("EHLO host", "QUIT");
    assert.ok(lines.some((line) => line.endsWith("SIZE 10485760")));
    const body = (bytes: number) =>
      `${message()}${"x"
        .repeat(70)
        .concat("\r\n")
        .repeat(bytes / 72)}`;
    await expectRefused(/^552 5\.3\.4 /, { message: body(10.1 * 1024 ** 2) });
    assert.equal((await send({ message: body(9.9 * 1024 ** 2) })).refusal, "");
  });

  it("refuses another sender and another author", async () => {
    const other = anna()?.address ?? "";
    await expectRefused(/^550 5\.7\.62 /, { from: other });
    await expectRefused(/^550 5\.6\.241 /, { message: message(other) });
  });

  it("refuses a wrong password, a stranger, and a mailbox's user", async () => {
    await expectRefused(/^535 5\.7\.3 /, { password: "wrong" });
    await expectRefused(/^535 5\.7\.3 /, { user: "nobody@x.example" });
    await expectRefused(/^550 5\.2\.240 /, { user: anna()?.address ?? "" });
  });

  it("refuses passwords by authentication policy and by security defaults", async () => {
    lab.world.organization.securityDefaults = true;
    await expectRefused(/^535 5\.7\.139 .*organization configuration/);
    lab.world.organization.securityDefaults = false;
    lab.admin("New-AuthenticationPolicy", { Name: "no passwords" });
    account.authenticationPolicy = "no passwords";
    await expectRefused(/^535 5\.7\.139 .*organization configuration/);
    account.authenticationPolicy = null;
  });

  it("refuses an app that the account does not allow, and a token without the permission", async () => {
    account.allowedApps = [];
    await expectRefused(/^550 5\.7\.240 /, { token });
    account.allowedApps = [lab.world.deployer.servicePrincipalId];
    lab.world.deployer.appRoles.exchange = ["Exchange.ManageAsApp"];
    await expectRefused(/^535 5\.7\.144 /, { token: await tokenOf(lab) });
  });

  it("refuses an account whose billing is not in order", async () => {
    const { billingPolicyId } = account;
    account.billingPolicyId = null;
    await expectRefused(/^535 5\.7\.3 /);
    account.billingPolicyId = billingPolicyId;
    assert.equal((await send()).refusal, "");
  });

  it("refuses a malformed argument, and mail before signing in", async () => {
    const bad = await say("EHLO host", `AUTH XOAUTH2 ${base64("nonsense")}`, "QUIT");
    assert.match(bad.at(-2) ?? "", /^501 5\.5\.121 /);
    const mail = await say("EHLO host", `MAIL FROM:<${account.address}>`, "QUIT");
    assert.match(mail.at(-2) ?? "", /^530 5\.7\.57 /);
  });

  it("refuses a token that expires soon, and one that has expired", async () => {
    const auth = async () =>
      (await say("EHLO host", `AUTH XOAUTH2 ${xoauth2(account.address, token)}`, "QUIT")).at(-2);
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const toExpiry = exp * 1000 - lab.clock.now().getTime();
    await lab.clock.advance(toExpiry - 5 * 60_000);
    assert.match((await auth()) ?? "", /^535 5\.7\.142 /);
    await lab.clock.advance(10 * 60_000);
    assert.match((await auth()) ?? "", /^535 5\.7\.143 /);
  });
});
