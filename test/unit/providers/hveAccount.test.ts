import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { userPassword } from "../../../providers/entra/userPassword.ts";
import { hveAccount } from "../../../providers/exchange/hveAccount.ts";
import { type AccountChanges, hveProblems } from "../../../providers/exchange/hveProblems.ts";
import { valuesOf } from "../../../providers/host/settled.ts";
import { thrownBy } from "../tenant/bench.ts";
import { useProviderFixture } from "./fixture.ts";
import { heldIn, MARK, namedLife, OWNER, refusalOf, testNamed } from "./namedLife.ts";

describe("an account of High Volume Email", () => {
  const fixture = useProviderFixture("high volume");

  const address = () => `alerts@${fixture.domain}`;
  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    address: address(),
    name: "relay-test-alerts",
    displayName: "relay-test-alerts",
    ...change,
  });
  const one = { fixture, kind: hveAccount };
  const life = () => namedLife(one);
  const held = () => fixture.lab.world.hveAccounts.find((account) => account.address === address());

  testNamed({
    ...one,
    declare,
    makes: "New-MailUser",
    removes: "Remove-MailUser",
    another: { address: "other@contoso.com" },
    renamed: { displayName: "relay-renamed-alerts" },
    change: { displayName: "x" },
    markByHand: (CustomAttribute15) =>
      fixture.lab.admin("Set-MailUser", { Identity: address(), CustomAttribute15 }),
    removeByHand: () => fixture.lab.admin("Remove-MailUser", { Identity: address() }),
  });

  it("is marked, hidden, sends by no app, and the tenant's only billing policy pays for it", async () => {
    const { outs } = await life().up(declare());
    assert.partialDeepStrictEqual(held(), {
      displayName: "relay-test-alerts",
      hiddenFromAddressListsEnabled: true,
      customAttributes: { 15: MARK },
      allowedApps: [],
      billingPolicyId: fixture.lab.world.billingPolicies[0]?.id,
    });
    assert.deepEqual([outs.ready, outs.pending], [true, ""]);
    assert.equal(outs.externalDirectoryObjectId, held()?.externalDirectoryObjectId);
  });

  for (const count of [0, 2]) {
    it(`waits for a person where the tenant has ${count} billing policies`, async () => {
      const [policy] = fixture.lab.world.billingPolicies;
      assert.ok(policy);
      fixture.lab.world.billingPolicies = Array.from({ length: count }, (_, index) => ({
        ...policy,
        id: policy.id.replace(/.$/, String(index)),
      }));
      const made = await life().up(declare());
      assert.match(
        made.outs.pending,
        /^High Volume Email takes no mail of HVE account alerts@.*: it has no billing policy \(NoProperBillingPolicyStored\); set billingPolicyId of the sender to one/,
      );
      assert.equal(held()?.billingPolicyId, null);
      fixture.lab.world.billingPolicies = [policy];
      const done = await life().up(declare(), made);
      assert.deepEqual([done.outs.ready, held()?.billingPolicyId], [true, policy.id]);
    });
  }

  it("the billing policy that is named pays for it, another one is drift, and no name leaves it as it is", async () => {
    const [first] = fixture.lab.world.billingPolicies;
    assert.ok(first);
    const second = { ...first, id: first.id.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) };
    fixture.lab.world.billingPolicies = [first, second];
    const named = { billingPolicyId: second.id };
    const made = await life().up(declare(named));
    assert.deepEqual([made.outs.pending, held()?.billingPolicyId], ["", second.id]);
    const Identity = address();
    fixture.lab.admin("Set-HVEAccountBillingPolicy", { Identity, BillingPolicyId: first.id });
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs.billingPolicyId], [true, first.id]);
    const mended = await life().up(declare(named), seen);
    assert.deepEqual([mended.step, held()?.billingPolicyId], ["update", second.id]);
    const changed = await life().up(declare({ billingPolicyId: first.id }), mended);
    assert.deepEqual([changed.step, held()?.billingPolicyId], ["update", first.id]);
    const unnamed = await life().up(declare(), changed);
    assert.deepEqual([unnamed.outs.ready, held()?.billingPolicyId], [true, first.id]);
  });

  for (const [status, change, words] of [
    ["NoConnectedBillingPolicyFound", { isConnected: false }, /connect it in the Microsoft 365/],
    ["SubscriptionIsNotActive", { isSubscriptionActive: false }, /activate the subscription in/],
  ] as const) {
    it(`drift is seen that only a person can undo, with what to do: ${status}`, async () => {
      const made = await life().up(declare());
      for (const policy of fixture.lab.world.billingPolicies) Object.assign(policy, change);
      const seen = await life().refresh(made);
      assert.deepEqual([seen?.drift, seen?.outs.billingPolicyStatus], [true, status]);
      const { outs } = await life().up(declare(), seen);
      assert.match(outs.pending, new RegExp(`\\(${status}\\)`));
      assert.match(outs.pending, words);
    });
  }

  it("drift is seen, and the next update undoes it: a strange app, and no billing", async () => {
    const made = await life().up(declare());
    const wanted = heldIn(fixture);
    const app = "33333333-3333-4333-8333-333333333333";
    fixture.lab.admin("Add-HVEAppAccess", { Identity: address(), AppIds: [app] });
    fixture.lab.admin("Set-HVEAccountBillingPolicy", { Identity: address(), BillingPolicyId: "" });
    const seen = await life().refresh(made);
    assert.equal(seen?.drift, true);
    assert.partialDeepStrictEqual(seen?.outs, {
      allowedApps: [app],
      billingPolicyStatus: "NoProperBillingPolicyStored",
    });
    assert.equal((await life().up(declare(), seen)).step, "update");
    assert.deepEqual(heldIn(fixture), wanted);
  });

  it("an address that a mailbox or somebody else's account has is refused, and nothing is changed", async () => {
    const refused = await refusalOf(one, declare({ address: `anna@${fixture.domain}` }));
    assert.match(refused, /UserMailbox "anna" .* already; .*nothing was changed/);
    fixture.lab.admin("New-MailUser", {
      ...{ HVEAccount: true, Name: "theirs", PrimarySmtpAddress: address(), Password: "x" },
    });
    const before = heldIn(fixture);
    assert.match(await refusalOf(one, declare()), /MailUser "theirs"/);
    assert.deepEqual(heldIn(fixture), before);
  });

  describe("before it is made", () => {
    const problems = async (
      change: { billingPolicyId?: string; address?: string } = {},
      { before = [], kept = [] }: Partial<Pick<AccountChanges, "before" | "kept">> = {},
    ) => {
      const account = { owner: OWNER, address: address(), name: "relay-test-alerts" };
      const added = [{ ...account, ...change }];
      const outcomes = await hveProblems(fixture.run(), fixture.tenant, { added, before, kept });
      return outcomes.flatMap(valuesOf).flat();
    };
    /** Something that a sender of the stack has already. */
    const makeOwn = (noun: "Mailbox" | "MailUser", sender: string, at: string, name = sender) => {
      const kind = noun === "Mailbox" ? { Shared: true } : { HVEAccount: true, Password: "x" };
      const names = { Name: name, Alias: name, PrimarySmtpAddress: at };
      fixture.lab.admin(`New-${noun}`, { ...kind, ...names });
      const owner = OWNER.replace(/[^/]+$/, sender);
      const CustomAttribute15 = `Managed by Pulumi: ${owner}. Changes made by hand are undone.`;
      fixture.lab.admin(`Set-${noun}`, {
        ...{ Identity: at, CustomAttribute15, ...(noun === "MailUser" && { HVEAccount: true }) },
      });
    };

    it("nothing stands in the way of a good one", async () =>
      assert.deepEqual(await problems(), []));

    it("a tenant without a billing policy is refused with the day and the fix", async () => {
      fixture.lab.world.billingPolicies = [];
      const [problem, ...others] = await problems();
      assert.deepEqual(others, []);
      assert.equal(problem?.key, "billingPolicyId of erp");
      assert.match(problem?.rule ?? "", /the tenant has none .* since 2026-06-01$/);
      assert.match(problem?.fix ?? "", /Pay-as-you-go/);
    });

    it("of several billing policies one has to be named, and one that the tenant has", async () => {
      const [first] = fixture.lab.world.billingPolicies;
      assert.ok(first);
      const second = { ...first, id: first.id.replace(/^./, "0"), name: "Other" };
      fixture.lab.world.billingPolicies = [first, second];
      const fix = `set it to one of ${first.id} (${first.name}), ${second.id} (Other)`;
      const key = "billingPolicyId of erp";
      const [missing] = await problems();
      assert.partialDeepStrictEqual(missing, { key, value: undefined, fix });
      assert.match(missing?.rule ?? "", /^is missing, and the tenant has 2 billing policies/);
      const strange = "00000000-1111-4222-8333-444444444444";
      const [unknown] = await problems({ billingPolicyId: strange });
      assert.partialDeepStrictEqual(unknown, { key, value: strange, fix });
      assert.match(unknown?.rule ?? "", /^is no billing policy of the tenant/);
      assert.deepEqual(await problems({ billingPolicyId: second.id }), []);
    });

    it("the account of a sender with another name has to go first, which is said with the steps", async () => {
      makeOwn("MailUser", "old", address());
      const [problem, ...others] = await problems();
      assert.deepEqual(others, []);
      assert.equal(problem?.key, "account of erp: address");
      assert.equal(
        problem?.rule,
        'is to be the address of an account of High Volume Email, but the account of High Volume Email of sender "old" has to go first',
      );
      assert.match(
        problem?.fix ?? "",
        /remove "erp" from the stack file and run pulumi up, then add it again with another password/,
      );
      const [kept] = await problems({}, { kept: ["old"] });
      assert.match(kept?.fix ?? "", /^set retire: true for "old" and run pulumi up; then /);
    });

    it("so has the sender's own mailbox, at the address or with the name", async () => {
      makeOwn("Mailbox", "erp", address());
      const [atAddress] = await problems();
      assert.match(
        atAddress?.rule ?? "",
        /but the shared mailbox of sender "erp" has to go first$/,
      );
      fixture.reset();
      makeOwn("Mailbox", "erp", `elsewhere@${fixture.domain}`, "relay-test-alerts");
      const [withName] = await problems();
      assert.match(withName?.rule ?? "", /but the shared mailbox of sender "erp" has to go first$/);
    });

    it("a name that somebody else has is refused", async () => {
      fixture.lab.admin("New-Mailbox", { Shared: true, Name: "relay-test-alerts" });
      const [problem] = await problems();
      assert.equal(problem?.key, "account of erp: name");
      assert.match(problem?.rule ?? "", /is the (Name and the )?Alias of SharedMailbox/);
    });

    it("its own account at another address is replaced, unless it is protected", async () => {
      const old = `old@${fixture.domain}`;
      makeOwn("MailUser", "erp", old, "relay-test-alerts");
      const before = [{ owner: OWNER, address: old, name: "relay-test-alerts" }];
      assert.deepEqual(await problems({}, { before }), []);
      const [problem] = await problems({}, { before, kept: ["erp"] });
      assert.deepEqual(problem, {
        key: "account of erp: address",
        value: address(),
        rule: `is to take the place of ${old}, whose account is protected`,
        fix: 'set retire: true for "erp", run pulumi up, and make this change after that',
      });
    });

    it("an address that is taken is refused", async () => {
      fixture.lab.admin("New-Mailbox", {
        ...{ Shared: true, Name: "taken", PrimarySmtpAddress: address() },
      });
      const [problem] = await problems();
      assert.equal(problem?.key, "account of erp: address");
      assert.match(problem?.rule ?? "", /SharedMailbox "/);
    });
  });

  it("its password is set and changed by UserPassword, and no state or log of the world has it", async () => {
    const { outs } = await life().up(declare());
    const password = userPassword(fixture.run());
    const user = outs.externalDirectoryObjectId;
    const inputs = { ...fixture.tenant, user, password: "First-Password-1" };
    const made = await password.create(inputs);
    assert.ok(fixture.lab.secrets().includes("First-Password-1"));
    const news = { ...inputs, password: "Second-Password-2" };
    assert.equal((await password.diff(made.id, inputs, news)).changes, true);
    assert.equal((await password.diff(made.id, inputs, inputs)).changes, false);
    await password.update(made.id, inputs, news);
    assert.ok(fixture.lab.secrets().includes("Second-Password-2"));
    assert.doesNotMatch(JSON.stringify(fixture.lab.dump()), /-Password-/);
  });

  it("a password that Graph did not set, or gave no answer to, is set by the next run", async () => {
    const { outs } = await life().up(declare());
    const password = userPassword(fixture.run());
    const user = outs.externalDirectoryObjectId;
    const inputs = { ...fixture.tenant, user, password: "Third-Password-3" };
    for (const what of [{ kind: "status", status: 500 }, { kind: "replyLost" }] as const) {
      const where = { service: "graph", match: `/v1.0/users/${user}` } as const;
      fixture.lab.faults.inject({ where, what });
      const { message } = await thrownBy(() => password.create(inputs));
      assert.match(message, /^Graph PATCH \/users\/\S+: .*; run it again$/);
    }
    assert.equal((await password.create(inputs)).id, user);
    assert.ok(fixture.lab.secrets().includes("Third-Password-3"));
  });
});
