import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { senderNames } from "../../../../mail/adopt/names.ts";
import { longestSenderName, senderNameProblem } from "../../../../mail/senders/names.ts";

const named = (...names: string[]) =>
  senderNames(
    names.map((name) => ({ name, otherwise: "connector" })),
    longestSenderName("prod"),
  );

describe("the names of adopted senders", () => {
  for (const [given, name] of [
    ["Relay from ERP", "relay-from-erp"],
    ["  Büro: Drucker & Scanner! ", "buro-drucker-scanner"],
    ["Straße 7", "strasse-7"],
    ["7-of-9", "of-9"],
    ["打印机", "connector"],
    ["--", "connector"],
    ["Принтер A", "a"],
    [`${"x".repeat(29)} yz`, "x".repeat(29)],
    ["İstanbul", "istanbul"],
  ] as const) {
    it(`are lower-case letters, digits and hyphens: ${given}`, () =>
      assert.deepEqual(named(given), [name]));
  }

  it("are each another, also where two would be cut to the same", () => {
    const long = "a".repeat(40);
    assert.deepEqual(named("ERP", "erp", "Erp!", long, `${long}b`), [
      ...["erp", "erp-2", "erp-3", "a".repeat(30), `${"a".repeat(28)}-2`],
    ]);
    assert.deepEqual(named("a 2", "a", "a"), ["a-2", "a", "a-3"]);
  });

  it("are shorter in a stack with a long name, which they are put together with", () => {
    const longest = longestSenderName("s".repeat(45));
    const sources = ["Relay from ERP", "Relay from Erp 2"].map((name) => ({
      name,
      otherwise: "c",
    }));
    assert.deepEqual(senderNames(sources, longest), ["relay-from-e", "relay-from-2"]);
  });

  it("are what the stack file takes", () => {
    for (const name of named("ERP", "erp", "打印机", "日本", "x-", "é".repeat(40), "A1", "-1-")) {
      assert.equal(senderNameProblem("name", name), undefined, name);
    }
  });
});
