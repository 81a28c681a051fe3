import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { repeated } from "../../../../mail/senders/repeated.ts";

describe("repeated", () => {
  for (const [list, positions] of [
    [[], []],
    [["a", "b"], []],
    [
      ["a", "b", "a", "b", "a"],
      [2, 3, 4],
    ],
    [[undefined, undefined, "a", undefined, "a"], [4]],
    [["a", "A"], []],
  ] as const) {
    it(`finds [${positions}] in ${JSON.stringify(list)}`, () =>
      assert.deepEqual(repeated(list), positions));
  }
});
