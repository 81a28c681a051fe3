// What is particular about mail flow rules: their order, patterns, limits, and how Exchange shows them.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { readPattern } from "../../src/exchange/rulePattern.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { stateOf } from "./exchangeState.ts";

describe("a mail flow rule", () => {
  let bench: ExchangeBench;
  beforeEach(async () => {
    bench = await makeExchangeBench();
  });

  const make = (parameters: object) =>
    bench.invoke("New-TransportRule", { PrependSubject: "[x]", ...parameters });
  const show = async () => (await bench.invoke("Get-TransportRule", {})).value;
  const order = async () => (await show()).map(({ Name, Priority }) => `${Priority} ${Name}`);

  it("comes last, in the place that is asked for, and leaves the others in their order", async () => {
    for (const Name of ["a", "b", "c"]) await make({ Name });
    await make({ Name: "first", Priority: 0 });
    assert.deepEqual(await order(), ["0 first", "1 a", "2 b", "3 c"]);
    await bench.invoke("Set-TransportRule", { Identity: "c", Priority: 1, Confirm: false });
    assert.deepEqual(await order(), ["0 first", "1 c", "2 a", "3 b"]);
    await bench.invoke("Remove-TransportRule", { Identity: "c", Confirm: false });
    assert.deepEqual(await order(), ["0 first", "1 a", "2 b"]);
  });

  it("is switched off and on, and Enable gives it a mode", async () => {
    await make({ Name: "a" });
    await bench.invoke("Disable-TransportRule", { Identity: "a", Confirm: false });
    assert.equal((await show())[0]?.State, "Disabled");
    await bench.invoke("Enable-TransportRule", { Identity: "a", Mode: "Audit", Confirm: false });
    const [{ State, Mode } = {}] = await show();
    assert.deepEqual([State, Mode], ["Enabled", "Audit"]);
  });

  it("asks before it is switched off", async () => {
    await make({ Name: "a" });
    await bench.invoke("Disable-TransportRule", { Identity: "a" });
    assert.equal((await show())[0]?.State, "Enabled");
  });

  it("shows words and code of a rejection, though its call gave one of them", async () => {
    await make({ Name: "words", RejectMessageReasonText: "not from here" });
    await make({ Name: "code", RejectMessageEnhancedStatusCode: "5.7.901" });
    await make({ Name: "neither" });
    assert.deepEqual(
      (await show()).map((rule) => [
        rule.RejectMessageReasonText,
        rule.RejectMessageEnhancedStatusCode,
      ]),
      [
        ["not from here", "5.7.1"],
        ["Delivery not authorized, message refused", "5.7.901"],
        [null, null],
      ],
    );
  });

  it("shows conditions and exceptions by their classes and values", async () => {
    await make({
      ...{ Name: "a", SenderIpRanges: ["198.51.100.7"], SenderAddressLocation: "Envelope" },
      ExceptIfFromAddressMatchesPatterns: ["@contoso\\.com$"],
    });
    const [rule] = await show();
    const RULES = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks";
    assert.deepEqual(rule?.Conditions, [`${RULES}.SenderIpRangesPredicate`]);
    assert.deepEqual(rule?.Exceptions, [`${RULES}.FromAddressMatchesPatternsPredicate`]);
    assert.deepEqual(rule?.ExceptIfFromAddressMatchesPatterns, ["@contoso\\.com$"]);
    assert.equal(rule?.SenderAddressLocation, "Envelope");
    assert.equal(rule?.ExceptIfFrom, null);
  });

  const long = (length: number): string => "a".repeat(length);
  for (const [title, parameters, words] of [
    ["a pattern of neither dialect", { FromAddressMatchesPatterns: ["(a"] }, /isn't a valid reg/],
    [
      "one that .NET takes long for",
      { FromAddressMatchesPatterns: ["\\b.*"] },
      /isn't a valid reg/,
    ],
    ["one of 129 characters", { ExceptIfFromAddressMatchesPatterns: [long(129)] }, /too long/],
    ["a code of its own", { RejectMessageEnhancedStatusCode: "5.7.899" }, /isn't valid. Use 5.7.1/],
    ["1025 characters of reason", { RejectMessageReasonText: long(1025) }, /has 1025/],
    ["1025 characters of comment", { Comments: long(1025) }, /has 1025/],
    ["no address", { SenderIpRanges: ["contoso.com"] }, /isn't an IP address/],
    ["a place behind the last", { Priority: 2 }, /must be from 0 to 1/],
    ["no place for the sender", { SenderAddressLocation: "Sender" }, /SenderAddressLocation/],
    ["no date", { ExpiryDate: "soon" }, /DateTime/],
    [
      "more than 8 KB",
      { SubjectContainsWords: Array(70).fill(long(120)) },
      /of characters is 8192/,
    ],
  ] as const) {
    it(`is refused with ${title}, and nothing changes`, async () => {
      await make({ Name: "other" });
      const before = stateOf(bench.world);
      const { status, text } = await make({ Name: "a", ...parameters });
      assert.equal(status, 400, text);
      assert.match(text, words);
      assert.deepEqual(stateOf(bench.world), before);
    });
  }

  it("takes what is just within the limits", async () => {
    const { status, text } = await make({
      ...{ Name: "a", FromAddressMatchesPatterns: [long(128)], Comments: long(1024) },
      ...{ RejectMessageReasonText: long(1024), RejectMessageEnhancedStatusCode: "5.7.900" },
      SenderIpRanges: ["198.51.100.0/28", "203.0.113.1-203.0.113.9"],
    });
    assert.equal(status, 200, text);
  });

  it("is refused when all patterns of all rules have more than 20 KB", async () => {
    const patterns = Array(50).fill(long(128));
    for (const Name of ["a", "b", "c"]) {
      assert.equal((await make({ Name, FromAddressMatchesPatterns: patterns })).status, 200);
    }
    const { text } = await make({ Name: "d", FromAddressMatchesPatterns: patterns });
    assert.match(text, /have 25600 characters/);
    assert.equal((await show()).length, 3);
  });

  it("is refused as the 301st", async () => {
    for (let at = 0; at < 300; at += 1) await make({ Name: `rule ${at}` });
    assert.match((await make({ Name: "one more" })).text, /more than 300 rules/);
    assert.equal(bench.world.mailFlow.transportRules.length, 300);
  });
});

describe("a pattern of a mail flow rule", () => {
  for (const [pattern, text, isMatch] of [
    ["^invoices@contoso\\.com$", "Invoices@CONTOSO.com", true],
    ["^invoices@contoso\\.com$", "invoices@contosoxcom", false],
    ["@contoso\\.com$", "a@contoso.com", true],
    ["@contoso\\.com$", "a@mail.contoso.com", false],
    // The dialect of the page has no other metacharacters.
    ["a+b", "a+b", true],
    ["a+b", "aab", false],
    ["a.b", "axb", false],
    ["(a|b)@contoso", "b@contoso", true],
    ["\\d\\d@", "12@x", true],
    // .NET's, as the page has no \+.
    ["^a\\+b@", "a+b@x", true],
    ["^a\\+b@", "aab@x", false],
  ] as const) {
    it(`${pattern} ${isMatch ? "matches" : "does not match"} ${text}`, () => {
      assert.equal(readPattern(pattern)?.test(text), isMatch);
    });
  }
});
