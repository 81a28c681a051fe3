import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { quoteTxt, unquoteTxt } from "../../../../mail/dns/txt.ts";
import { mutated, TXT_IN_THE_WILD } from "../../../fuzz/records.ts";

describe("quoteTxt", () => {
  const written: [text: string, content: string][] = [
    ["", '""'],
    ["v=spf1 -all", '"v=spf1 -all"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["a\\b", '"a\\\\b"'],
    ["\t\u007f~ ", '"\\009\\127~ "'],
    ["\u00fc", '"\\195\\188"'],
    ["x".repeat(255), `"${"x".repeat(255)}"`],
    ["x".repeat(256), `"${"x".repeat(255)}" "x"`],
    ["x".repeat(511), `"${"x".repeat(255)}" "${"x".repeat(255)}" "x"`],
    [`${"x".repeat(254)}\u00fc`, `"${"x".repeat(254)}\\195" "\\188"`],
    [`${"x".repeat(254)}""`, `"${"x".repeat(254)}\\"" "\\""`],
  ];
  for (const [text, content] of written) {
    it(`writes ${JSON.stringify(text).slice(0, 40)} (${text.length})`, () =>
      assert.equal(quoteTxt(text), content));
    it(`reads ${JSON.stringify(content).slice(0, 40)} (${content.length}) back`, () =>
      assert.equal(unquoteTxt(content), text));
  }
});

describe("unquoteTxt", () => {
  const read: [content: string, text: string][] = [
    ["v=spf1 -all", "v=spf1 -all"],
    [" v=spf1  -all ", " v=spf1  -all "],
    ["a\\\\b", "a\\\\b"],
    ["", ""],
    ['"a" "b"', "ab"],
    ['"a"   "b"', "ab"],
    ['"a"\t\r\n"b"', "ab"],
    ['"a""b"', "ab"],
    [' "a" ', "a"],
    ['" a " " b "', " a  b "],
    ['"a\t"', "a\t"],
    ['"a" b "c"', "abc"],
    ['"a', "a"],
    ['"a\\', "a\\"],
    ['"\\a\\;"', "a;"],
    ['"\\"" "\\\\"', '"\\'],
    ['"\\065\\066"', "AB"],
    ['"\\255"', "\ufffd"],
    ['"\\256"', "256"],
    ['"\\25"', "25"],
    ['"\\0651"', "A1"],
    ['"\\\u00fc"', "\u00fc"],
    ['"\ufeffa"', "\ufeffa"],
  ];
  for (const [content, text] of read) {
    it(`reads ${JSON.stringify(content)}`, () => assert.equal(unquoteTxt(content), text));
  }
  it("gives back every text that quoteTxt was given", () =>
    fc.assert(
      fc.property(mutated(TXT_IN_THE_WILD), (record) => {
        const text = record.toWellFormed();
        assert.equal(unquoteTxt(quoteTxt(text)), text);
      }),
      { numRuns: 1000, seed: 1 },
    ));
  it("writes no string of more than 255 octets", () =>
    fc.assert(
      fc.property(mutated(TXT_IN_THE_WILD), (record) => {
        const content = quoteTxt(record.repeat(9));
        const strings = content.match(/"(?:[^"\\]|\\\d{3}|\\["\\])*"/g) ?? [];
        assert.equal(strings.join(" "), content);
        for (const string of strings) {
          const octets = string.slice(1, -1).replace(/\\\d{3}|\\./g, "x").length;
          assert.ok(octets <= 255, `${octets} octets`);
        }
      }),
      { numRuns: 100, seed: 1 },
    ));
});
