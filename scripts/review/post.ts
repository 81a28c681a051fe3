import { toMarkdown } from "../../mail/review/markdown.ts";
import type { StackReview } from "../../mail/review/stackReview.ts";
import type { Env } from "../github/actions.ts";
import { postComment } from "../github/comment.ts";
import { ACCEPTED } from "../github/label.ts";
import { LONGEST_TEXT, markerOf } from "../github/text.ts";

/** What a reviewer can do about a dangerous change, above its report. */
const TO_ACCEPT = `> [!CAUTION]
> Something in this change is dangerous. The check passes when somebody who has read why sets the label \`${ACCEPTED}\`.

`;

/** Puts a report on the pull request: one comment for the same stacks, which later runs edit. */
export async function postReview(reviews: readonly StackReview[], env: Env): Promise<void> {
  const marker = markerOf(
    "review",
    reviews.map(({ stack }) => stack),
    env,
  );
  const head = reviews.some(({ risk }) => risk === "dangerous") ? TO_ACCEPT : "";
  const report = toMarkdown(reviews, LONGEST_TEXT - marker.length - head.length - 2);
  const posted = await postComment(head + report, marker, env);
  process.stderr.write(`review: the comment is ${posted}\n`);
}
