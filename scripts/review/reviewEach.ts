import pMap from "p-map";
import type { StackReview } from "../../mail/review/stackReview.ts";

/** Previews that run at the same time. */
const AT_ONCE = { concurrency: 2 };

/**
 * Reviews stacks, in their order. Pulumi's SDK listens for failures of the whole process, so that a program that is refused
 * takes down those that run beside it: that an `up` is refused is believed of a stack that was previewed alone.
 */
export async function reviewEach(
  stacks: readonly string[],
  review: (stack: string) => Promise<StackReview>,
): Promise<StackReview[]> {
  const reviews = await pMap(stacks, review, AT_ONCE);
  if (stacks.length === 1) return reviews;
  return pMap(
    stacks,
    async (stack, index) => {
      const first = reviews[index];
      return first === undefined || first.refused.length > 0 ? review(stack) : first;
    },
    { concurrency: 1 },
  );
}
