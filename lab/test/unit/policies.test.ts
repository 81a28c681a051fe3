// Authentication policies and outbound policies with their rules, and what the organisation shows of itself.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { actByHand } from "../../src/exchange/byHand.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { run, stateOf } from "./exchangeState.ts";

const POLICY = "HostedOutboundSpamFilterPolicy";
const RULE = "HostedOutboundSpamFilterRule";

describe("policy cmdlets", () => {
  let bench: ExchangeBench;
  let domain: string;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    domain = bench.world.tenant.domain;
  });
  async function refuse(name: string, parameters: object, words: RegExp): Promise<void> {
    const before = stateOf(bench.world);
    const sure = /^(Set|Remove)-/.test(name) && !name.endsWith(POLICY) ? { Confirm: false } : {};
    const { status, text } = await bench.invoke(name, { ...sure, ...parameters });
    assert.ok(status >= 400, `${name} was not refused`);
    assert.match(text, words);
    assert.deepEqual(stateOf(bench.world), before);
  }

  it("a new authentication policy allows nothing but what it was created with", async () => {
    await run(bench, "New-AuthenticationPolicy", { Name: "smtp", AllowBasicAuthSmtp: true });
    const [policy = {}] = await run(bench, "Get-AuthenticationPolicy", { Identity: "SMTP" });
    const allowed = Object.entries(policy).filter(([name]) => /^AllowBasicAuth\w+$/.test(name));
    assert.equal(allowed.length, 12);
    assert.deepEqual(
      allowed.filter(([, value]) => value === true).map(([name]) => name),
      ["AllowBasicAuthSmtp"],
    );
    const imap = { Name: "imap", AllowBasicAuthImap: true };
    await refuse(
      "New-AuthenticationPolicy",
      imap,
      /does not model the parameter AllowBasicAuthImap/,
    );
  });

  it("an authentication policy that somebody has is not removed", async () => {
    await run(bench, "New-AuthenticationPolicy", { Name: "smtp" });
    await run(bench, "Set-User", { Identity: "anna", AuthenticationPolicy: "smtp" });
    await refuse("Remove-AuthenticationPolicy", { Identity: "smtp" }, /assigned to 'anna'/);
    await run(bench, "Set-User", { Identity: "anna", AuthenticationPolicy: null });
    bench.world.organization.defaultAuthenticationPolicy = "smtp";
    await refuse("Remove-AuthenticationPolicy", { Identity: "smtp" }, /assigned to/);
    bench.world.organization.defaultAuthenticationPolicy = null;
    await run(bench, "Remove-AuthenticationPolicy", { Identity: "smtp" });
    assert.deepEqual(await run(bench, "Get-AuthenticationPolicy"), []);
  });

  it("an outbound policy keeps its limits", async () => {
    const made = await bench.invoke(`New-${POLICY}`, {
      Name: "fence",
      RecipientLimitExternalPerHour: 100,
      RecipientLimitPerDay: 10_000,
      ActionWhenThresholdReached: "BlockUser",
    });
    assert.equal(made.status, 200, made.text);
    await run(bench, `Set-${POLICY}`, { Identity: "fence", RecipientLimitInternalPerHour: 5 });
    const [policy = {}] = await run(bench, `Get-${POLICY}`, { Identity: "Fence" });
    assert.deepEqual(
      [
        policy.RecipientLimitExternalPerHour,
        policy.RecipientLimitInternalPerHour,
        policy.RecipientLimitPerDay,
        policy.ActionWhenThresholdReached,
        policy.IsDefault,
      ],
      [100, 5, 10_000, "BlockUser", false],
    );
    await run(bench, `Set-${POLICY}`, { Identity: "Default", AutoForwardingMode: "Off" });
    assert.equal(bench.world.outboundPolicies[0]?.autoForwardingMode, "Off");
  });

  it("an outbound policy is refused with a bad limit, name or action", async () => {
    const name = `New-${POLICY}`;
    const limit = (RecipientLimitPerDay: unknown) => ({ Name: "a", RecipientLimitPerDay });
    await refuse(name, limit(10_001), /It must be from 0 to 10000/);
    await refuse(name, limit(-1), /to type "System\.UInt32"/);
    await refuse(name, limit("5"), /to type "System\.UInt32"/);
    await refuse(name, { Name: "a;b" }, /has one of the characters/);
    await refuse(name, { Name: "DEFAULT" }, /ADObjectAlreadyExists/);
    await refuse(name, { Name: "a", ActionWhenThresholdReached: "Shout" }, /enumerator names/);
    const change = { Identity: "Default", RecipientLimitPerDay: 10_001, Confirm: false };
    await refuse(`Set-${POLICY}`, change, /It must be from 0 to 10000/);
  });

  describe("rules", () => {
    const rule = (Name: string, change: object = {}) =>
      bench.invoke(`New-${RULE}`, {
        Name,
        HostedOutboundSpamFilterPolicy: Name,
        From: ["anna"],
        ...change,
      });
    const order = async () =>
      (await run(bench, `Get-${RULE}`)).map(({ Name, Priority }) => `${Priority} ${Name}`);
    beforeEach(async () => {
      for (const Name of ["a", "b", "c"]) await run(bench, `New-${POLICY}`, { Name });
    });

    it("name a policy and mailboxes", async () => {
      const made = await rule("a", { From: [`ANNA@${domain}`, "anna", "postmaster"] });
      assert.equal(made.status, 200, made.text);
      const [found = {}] = await run(bench, `Get-${RULE}`, { Identity: "A" });
      assert.deepEqual(made.value, [found]);
      assert.deepEqual(found.From, [`anna@${domain}`, `postmaster@${domain}`]);
      assert.deepEqual(
        [found.State, found.Priority, found.HostedOutboundSpamFilterPolicy],
        ["Enabled", 0, "a"],
      );
      const edit = { "@odata.type": "#Exchange.GenericHashTable", Remove: ["anna"] };
      await run(bench, `Set-${RULE}`, { Identity: "a", From: edit });
      assert.deepEqual(bench.world.outboundPolicies[1]?.rule?.from, [`postmaster@${domain}`]);
    });

    it("stand in an order without gaps", async () => {
      await rule("a");
      await rule("b");
      await rule("c", { Priority: 0 });
      assert.deepEqual(await order(), ["0 c", "1 a", "2 b"]);
      await run(bench, `Set-${RULE}`, { Identity: "c", Priority: 1 });
      assert.deepEqual(await order(), ["0 a", "1 c", "2 b"]);
      await run(bench, `Remove-${RULE}`, { Identity: "a" });
      assert.deepEqual(await order(), ["0 c", "1 b"]);
    });

    it("are refused for the default policy, a second time, and without senders", async () => {
      await rule("a");
      const made = (change: object) => ({
        Name: "b",
        HostedOutboundSpamFilterPolicy: "b",
        From: ["anna"],
        ...change,
      });
      const name = `New-${RULE}`;
      const forDefault = made({ HostedOutboundSpamFilterPolicy: "Default" });
      await refuse(name, forDefault, /'Default' is the default policy/);
      const second = made({ HostedOutboundSpamFilterPolicy: "a" });
      await refuse(name, second, /already associated with the rule 'a'/);
      const missing = made({ HostedOutboundSpamFilterPolicy: "x" });
      await refuse(name, missing, /'x' couldn't be found/);
      await refuse(name, made({ From: [`x@${domain}`] }), /couldn't be found/);
      await refuse(name, made({ From: undefined }), /no condition/);
      await refuse(name, made({ Priority: 2 }), /must be from 0 to 1/);
      await refuse(name, made({ Priority: -1 }), /must be from 0 to 1/);
      await refuse(`Set-${RULE}`, { Identity: "a", Priority: 1 }, /must be from 0 to 0/);
      await refuse(`Set-${RULE}`, { Identity: "a", From: [] }, /no condition/);
    });

    it("go before their policy can, and the default policy never goes", async () => {
      await rule("a");
      const policy = { Identity: "a", Force: true };
      await refuse(`Remove-${POLICY}`, policy, /associated with the rule 'a'/);
      await run(bench, `Remove-${RULE}`, { Identity: "a" });
      const asked = await bench.invoke(`Remove-${POLICY}`, { Identity: "a" });
      assert.match(asked.body["@adminapi.confirmationmessage"] ?? "", /'a'/);
      assert.equal((await bench.invoke(`Remove-${POLICY}`, policy)).status, 200);
      await refuse(`Get-${POLICY}`, { Identity: "a" }, /couldn't be found/);
      const standard = { Identity: "Default", Force: true };
      await refuse(`Remove-${POLICY}`, standard, /is the default policy/);
      const confirm = { Identity: "b", Confirm: false };
      await refuse(`Remove-${POLICY}`, confirm, /Confirm$/);
    });
  });

  it("an administrator at the keyboard is not asked where Force takes the place of Confirm", () => {
    actByHand(`New-${POLICY}`, { Name: "fence" }, bench.context);
    assert.equal(bench.world.outboundPolicies.length, 2);
    actByHand(`Remove-${POLICY}`, { Identity: "fence" }, bench.context);
    assert.equal(bench.world.outboundPolicies.length, 1);
  });

  it("the organisation shows its switches", async () => {
    bench.world.settings.rejectDirectSend = true;
    bench.world.organization.defaultAuthenticationPolicy = "smtp";
    const [organization = {}] = await run(bench, "Get-OrganizationConfig");
    assert.equal(organization.RejectDirectSend, true);
    assert.equal(organization.DefaultAuthenticationPolicy, "smtp");
    assert.equal(organization.SendFromAliasEnabled, false);
    const [transport = {}] = await run(bench, "Get-TransportConfig");
    assert.equal(transport.SmtpClientAuthenticationDisabled, true);
    await refuse("Get-TransportConfig", { Identity: "x" }, /Identity$/);
  });
});
