import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outboundLimit } from "../../../providers/exchange/outboundLimit.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type Around, useProviderFixture } from "./fixture.ts";
import {
  heldIn,
  MARK,
  namedLife,
  OWNER,
  refusalOf,
  THEIRS,
  testDehydrated,
  testNamed,
} from "./namedLife.ts";
import { following } from "./trouble.ts";

const NAME = "relay-test-erp";

describe("an outbound limit", () => {
  const fixture = useProviderFixture("outbound limit");

  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    name: NAME,
    mailbox: `anna@${fixture.domain}`,
    recipientsPerDay: 200,
    recipientsPerHour: 50,
    ...change,
  });
  const one = { fixture, kind: outboundLimit, declare };
  const life = (around?: Around) => namedLife(one, around);
  const held = () => fixture.lab.world.outboundPolicies.find(({ name }) => name === NAME);
  const rule = (verb: string, parameters: object = {}) =>
    fixture.lab.admin(`${verb}-HostedOutboundSpamFilterRule`, { Identity: NAME, ...parameters });
  const policy = (verb: string, parameters: object = {}) =>
    fixture.lab.admin(
      `${verb}-HostedOutboundSpamFilterPolicy`,
      parameters as Record<string, unknown>,
    );

  testNamed({
    ...one,
    makes: "New-HostedOutboundSpamFilterPolicy",
    removes: "Remove-HostedOutboundSpamFilterPolicy",
    another: {},
    renamed: { name: "relay-renamed-erp" },
    keepsName: true,
    change: { recipientsPerDay: 5 },
    markByHand: (AdminDisplayName) => policy("Set", { Identity: NAME, AdminDisplayName }),
    removeByHand: () => {
      rule("Remove");
      policy("Remove", { Identity: NAME, Force: true });
    },
  });
  testDehydrated(one);

  it("a policy with the limits and our mark, and a rule for the mailbox", async () => {
    const { outs } = await life().up(declare());
    assert.partialDeepStrictEqual(held(), {
      guid: outs.guid,
      adminDisplayName: MARK,
      recipientLimitPerDay: 200,
      recipientLimitExternalPerHour: 50,
      recipientLimitInternalPerHour: 50,
      actionWhenThresholdReached: "BlockUserForToday",
      rule: { name: NAME, enabled: true, from: [`anna@${fixture.domain}`] },
    });
  });

  it("other limits, or another mailbox, are an update of the same policy", async () => {
    const made = await life().up(declare());
    const more = declare({ recipientsPerDay: 400, mailbox: `postmaster@${fixture.domain}` });
    const updated = await life().up(more, made);
    assert.deepEqual([updated.step, updated.id], ["update", made.id]);
    assert.equal(held()?.recipientLimitPerDay, 400);
    assert.deepEqual(held()?.rule?.from, [`postmaster@${fixture.domain}`]);
  });

  for (const [what, change] of [
    ["gone", () => rule("Remove")],
    [
      "disabled",
      () => {
        const now = held()?.rule;
        if (now) now.enabled = false;
      },
    ],
    ["for somebody else", () => rule("Set", { From: [`postmaster@${fixture.domain}`] })],
  ] as const) {
    it(`a rule that is ${what} is drift, and comes back`, async () => {
      const made = await life().up(declare());
      change();
      const seen = await life().refresh(made);
      assert.equal(seen?.drift, true);
      await life().up(declare(), seen);
      assert.deepEqual(
        [held()?.rule?.enabled, held()?.rule?.from],
        [true, [`anna@${fixture.domain}`]],
      );
    });
  }

  it("a limit that was raised by hand is drift, and comes back", async () => {
    const made = await life().up(declare());
    policy("Set", { Identity: NAME, RecipientLimitPerDay: 10_000 });
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs.recipientLimitPerDay], [true, 10_000]);
    await life().up(declare(), seen);
    assert.equal(held()?.recipientLimitPerDay, 200);
  });

  it("a rule of a killed run that Exchange does not show yet is waited for", async () => {
    const killed = following("New-HostedOutboundSpamFilterRule", () => {
      throw new Error("killed");
    });
    await thrownBy(() => life(killed).up(declare()));
    let looks = 0;
    const late: Around = (invoke) => async (cmdlet, parameters) => {
      if (cmdlet !== "Get-HostedOutboundSpamFilterRule" || ++looks > 3) {
        return invoke(cmdlet, parameters);
      }
      return { value: [], warnings: [] };
    };
    const made = await life(late).up(declare());
    assert.equal(made.outs.ready, true);
    assert.deepEqual(held()?.rule?.from, [`anna@${fixture.domain}`]);
    assert.ok(looks > 3);
  });

  it("a policy without its rule, of a run that was killed, is taken over", async () => {
    const before = heldIn(fixture);
    const killed = following("New-HostedOutboundSpamFilterPolicy", () => {
      throw new Error("killed");
    });
    await thrownBy(() => life(killed).up(declare()));
    const made = await life().up(declare());
    assert.ok(held()?.rule);
    await life().destroy(made);
    assert.deepEqual(heldIn(fixture), before);
  });

  for (const [whose, mark, words] of [
    ["somebody else's", "", /exists already and is not ours .*; rename it, or give/],
    ["another stack's", THEIRS, /of an outbound policy that relay\/prod\/erp manages/],
  ] as const) {
    it(`${whose} policy of the name is refused`, async () => {
      policy("New", { Name: NAME, AdminDisplayName: mark });
      assert.match(await refusalOf(one, declare()), words);
    });
  }

  it("a rule of the name that applies another policy is left alone, and said", async () => {
    policy("New", { Name: "theirs" });
    fixture.lab.admin("New-HostedOutboundSpamFilterRule", {
      Name: NAME,
      HostedOutboundSpamFilterPolicy: "theirs",
      From: [`postmaster@${fixture.domain}`],
    });
    const inputs = await life().checked(declare());
    const error = await thrownBy(() => life().create(inputs));
    assert.ok(error instanceof HalfMade);
    assert.match(
      error.message,
      /the outbound rule "relay-test-erp" applies another policy, "theirs"/,
    );
    await life().destroy({ id: error.id, inputs, outs: { ...error.properties } });
    assert.equal(held(), undefined);
    const theirs = fixture.lab.world.outboundPolicies.find(({ name }) => name === "theirs");
    assert.deepEqual(theirs?.rule?.from, [`postmaster@${fixture.domain}`]);
  });

  it("what is no limit, or no name of a policy, is refused without asking", async () => {
    for (const [change, words] of [
      [
        { recipientsPerDay: 0 },
        /^recipientsPerDay: is not a valid recipient limit; use .* 10,000$/,
      ],
      [{ recipientsPerHour: 10_001 }, /^recipientsPerHour: is not a valid recipient limit/],
      [{ recipientsPerHour: 1.5 }, /^recipientsPerHour: is not a valid recipient limit/],
      [{ name: "relay/test" }, /^name: has the character \/, which an outbound policy's name/],
    ] as const) {
      assert.match((await life().refusals(declare(change)))[0] ?? "", words);
    }
    assert.deepEqual(fixture.events(), []);
  });
});
