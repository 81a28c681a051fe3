// Several stacks in one review. What a preview of one finds is for the engine tests.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { reviewStack } from "../../../mail/review/review.ts";
import { reviewEach } from "../../../scripts/review/reviewEach.ts";
import { preview } from "../mail/review/previews.ts";

/** Reviews by a preview that fails when another one that is refused runs beside it, as with Pulumi's SDK. */
function playedReview(refused: readonly string[]) {
  const running = new Set<string>();
  const seen: string[] = [];
  let most = 0;
  const review = async (stack: string) => {
    seen.push(stack);
    running.add(stack);
    most = Math.max(most, running.size);
    const errors = new Set<string>();
    for (let turn = 0; turn < 10; turn++) {
      for (const one of running) if (refused.includes(one)) errors.add(`of ${one}`);
      await new Promise(setImmediate);
    }
    running.delete(stack);
    return reviewStack(preview({ stack, errors: [...errors] }), new Date());
  };
  return { review, seen, most: () => most };
}

describe("a review of several stacks", () => {
  it("says of none that it is refused because another one is", async () => {
    const { review, seen } = playedReview(["test"]);
    const reviews = await reviewEach(["test", "prod", "lab"], review);
    assert.deepEqual(
      reviews.map(({ stack, refused }) => [stack, refused]),
      [
        ["test", ["of test"]],
        ["prod", []],
        ["lab", []],
      ],
    );
    assert.deepEqual(seen.filter((stack) => stack === "prod").length, 2);
  });

  it("previews two at the same time, and each once where none is refused", async () => {
    const { review, seen, most } = playedReview([]);
    await reviewEach(["test", "prod", "lab"], review);
    assert.deepEqual([seen, most()], [["test", "prod", "lab"], 2]);
  });

  it("previews a single stack once, also when it is refused", async () => {
    const { review, seen } = playedReview(["prod"]);
    const [{ refused } = { refused: [] }] = await reviewEach(["prod"], review);
    assert.deepEqual([refused, seen], [["of prod"], ["prod"]]);
  });
});
