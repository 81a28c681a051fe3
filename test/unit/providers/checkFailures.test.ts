import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inputFailures } from "../../../providers/host/checkFailures.ts";

const problem = (value: unknown) => ({ key: "name", value, rule: "is odd", fix: "change it" });

describe("inputFailures", () => {
  it("names the property of a harmless value, which the engine then prints", () =>
    assert.deepEqual(inputFailures([problem("erp"), undefined]), [
      { property: "name", reason: "is odd; change it" },
    ]));

  it("gives the engine no property where there is no value, for which it would print {<nil>}", () =>
    assert.deepEqual(inputFailures([problem(undefined)]), [
      { property: "", reason: "name: is odd; change it" },
    ]));

  for (const [title, value, shown] of [
    ["a credential", "smtp://erp:hunter2@host", "a value that looks like a credential (not shown)"],
    ["an object", { pin: "hunter2" }, "an object"],
    ["a list of objects", [{ pin: "hunter2" }], "a list"],
    ["a long text", "hunter2 ".repeat(100), "a text of 802 characters (not shown)"],
  ] as const) {
    it(`gives the engine no property to print of ${title}`, () => {
      const failures = inputFailures([problem(value)]);
      assert.deepEqual(failures, [{ property: "", reason: `name: ${shown} is odd; change it` }]);
      assert.doesNotMatch(JSON.stringify(failures), /hunter2/);
    });
  }
});
