import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transportRule } from "../../../providers/exchange/transportRule.ts";
import { type Around, useProviderFixture } from "./fixture.ts";
import {
  MARK,
  namedLife,
  OWNER,
  refusalOf,
  THEIRS,
  testDehydrated,
  testNamed,
} from "./namedLife.ts";

const NAME = "relay-test-erp";

describe("a mail flow rule", () => {
  const fixture = useProviderFixture("mail flow rule");

  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    name: NAME,
    senderIpRanges: ["198.51.100.8/32", "198.51.100.7"],
    from: [`*@${fixture.domain}`, "Invoices@contoso.com"],
    ...change,
  });
  const one = { fixture, kind: transportRule, declare };
  const life = (around?: Around) => namedLife(one, around);
  const rules = () => fixture.lab.world.mailFlow.transportRules;
  const held = () => rules().find(({ name }) => name === NAME);
  const cmdlet = (verb: string, parameters: object = {}) =>
    fixture.lab.admin(`${verb}-TransportRule`, { Identity: NAME, ...parameters });
  const byHand = (Name: string, parameters: object = {}) =>
    fixture.lab.admin("New-TransportRule", { Name, PrependSubject: "[x]", ...parameters });

  testNamed({
    ...one,
    makes: "New-TransportRule",
    removes: "Remove-TransportRule",
    another: {},
    renamed: { name: "relay-renamed-erp" },
    change: { from: ["shop@contoso.com"] },
    markByHand: (Comments) => cmdlet("Set", { Comments }),
    removeByHand: () => cmdlet("Remove"),
  });
  testDehydrated(one);

  it("rejects with our words and a code of its own, unless From is one of the sender's addresses", async () => {
    const { outs } = await life().up(declare());
    const domain = fixture.domain.replaceAll(".", "\\.");
    assert.partialDeepStrictEqual(held(), {
      guid: outs.guid,
      comments: MARK,
      enabled: true,
      mode: "Enforce",
      senderAddressLocation: "Header",
      senderIpRanges: ["198.51.100.7", "198.51.100.8"],
      exceptIfFromAddressMatchesPatterns: [`@${domain}$`, "^invoices@contoso\\.com$"].sort(),
      rejectMessageEnhancedStatusCode: "5.7.950",
    });
    assert.match(held()?.rejectMessageReasonText ?? "", /^Refused by the fence of the sender erp:/);
  });

  it("the order in which addresses are declared is no change, nor is their letter case", async () => {
    const made = await life().up(declare());
    const again = declare({
      senderIpRanges: ["198.51.100.7", "198.51.100.8"],
      from: ["invoices@CONTOSO.com", `*@${fixture.domain}`],
    });
    assert.equal((await life().up(again, made)).step, "same");
  });

  it("other rules keep their order and what they are, while it comes, changes and goes", async () => {
    for (const name of ["a", "b", "c"]) byHand(name);
    const before = JSON.stringify(rules());
    const others = () => JSON.stringify(rules().filter(({ name }) => name !== NAME));
    const made = await life().up(declare());
    assert.deepEqual(
      rules().map(({ name, priority }) => `${priority} ${name}`),
      ["0 a", "1 b", "2 c", `3 ${NAME}`],
    );
    cmdlet("Set", { Priority: 1 });
    const moved = others();
    const seen = await life().refresh(made);
    assert.equal(seen?.drift, false, "the order is the organisation's");
    const changed = await life().up(declare({ from: ["shop@contoso.com"] }), seen);
    assert.equal(changed.step, "update");
    assert.equal(others(), moved);
    await life().destroy(changed);
    assert.equal(JSON.stringify(rules()), before);
  });

  const drifts: readonly [string, () => void][] = [
    ["disabled", () => cmdlet("Disable")],
    ["only tested", () => cmdlet("Set", { Mode: "Audit" })],
    ["for other addresses", () => cmdlet("Set", { SenderIpRanges: ["198.51.100.7"] })],
    ["open for another From", () => cmdlet("Set", { ExceptIfFromAddressMatchesPatterns: ["@"] })],
    ["looking at the envelope", () => cmdlet("Set", { SenderAddressLocation: "Envelope" })],
    ["with another exception", () => cmdlet("Set", { ExceptIfRecipientDomainIs: ["a.example"] })],
    ["with another condition", () => cmdlet("Set", { SubjectContainsWords: ["spam"] })],
    ["for some recipients", () => cmdlet("Set", { SentToScope: "NotInOrganization" })],
    ["at an end", () => cmdlet("Set", { ExpiryDate: "2026-01-01" })],
    ["with other words", () => cmdlet("Set", { RejectMessageReasonText: "no" })],
    ["without words", () => cmdlet("Set", { RejectMessageReasonText: null, DeleteMessage: true })],
  ];
  for (const [what, change] of drifts) {
    it(`a rule that is ${what} is drift, and comes back`, async () => {
      const made = await life().up(declare());
      const { whenChanged: _, deleteMessage: __, ...wanted } = { ...held() };
      change();
      const seen = await life().refresh(made);
      assert.equal(seen?.drift, true);
      await life().up(declare(), seen);
      assert.partialDeepStrictEqual(held(), wanted);
    });
  }

  it("what somebody adds to its actions is left alone", async () => {
    const made = await life().up(declare());
    cmdlet("Set", { StopRuleProcessing: true });
    assert.equal((await life().refresh(made))?.drift, false);
  });

  it("a rule that Exchange gives words and code of its own is ready, and no drift", async () => {
    const own: Around = (invoke) => async (name, parameters) => {
      const result = await invoke(name, parameters);
      if (name !== "Get-TransportRule") return result;
      const code = { RejectMessageEnhancedStatusCode: "5.7.1" };
      return { ...result, value: result.value.map((rule) => ({ ...rule, ...code })) };
    };
    const made = await life(own).up(declare());
    assert.equal(made.outs.ready, true);
    assert.equal((await life(own).refresh(made))?.drift, false);
  });

  it("an answer with every rule is no answer to the question for one", async () => {
    byHand("other");
    const made = await life().up(declare());
    cmdlet("Remove");
    assert.equal(await life().refresh(made), undefined);
    await life().destroy(made);
    assert.deepEqual(
      rules().map(({ name }) => name),
      ["other"],
    );
  });

  for (const [whose, mark, words] of [
    [
      "somebody else's",
      "",
      /of a mail flow rule that exists already and is not ours .*; rename it/,
    ],
    ["another stack's", THEIRS, /of a mail flow rule that relay\/prod\/erp manages/],
  ] as const) {
    it(`${whose} rule of the name is refused`, async () => {
      byHand(NAME.toUpperCase(), { Comments: mark });
      assert.match(await refusalOf(one, declare()), words);
    });
  }

  it("a name that Exchange can't give it is refused without asking", async () => {
    const [refused = ""] = await life().refusals(declare({ name: `${"rule ".repeat(13)}x` }));
    assert.match(refused, /^name: .*has 66 characters, but a mail flow rule's name can have/);
    assert.deepEqual(fixture.events(), []);
  });
});
