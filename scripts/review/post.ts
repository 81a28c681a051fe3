import { toMarkdown } from "../../mail/review/markdown.ts";
import type { StackReview } from "../../mail/review/stackReview.ts";
import type { Env } from "../github/actions.ts";
import { postComment } from "../github/comment.ts";
import { LONGEST_TEXT, markerOf } from "../github/text.ts";

/** Puts a report on the pull request: one comment for the same stacks, which later runs edit. */
export async function postReview(reviews: readonly StackReview[], env: Env): Promise<void> {
  const marker = markerOf(
    "review",
    reviews.map(({ stack }) => stack),
    env,
  );
  const posted = await postComment(
    toMarkdown(reviews, LONGEST_TEXT - marker.length - 2),
    marker,
    env,
  );
  process.stderr.write(`review: the comment is ${posted}\n`);
}
