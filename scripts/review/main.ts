// `npm run review`: what a change of the stack files means for mail, before anything is changed. See HELP.
import { writeFile } from "node:fs/promises";
import { toMarkdown } from "../../mail/review/markdown.ts";
import { reviewStack } from "../../mail/review/review.ts";
import type { StackReview } from "../../mail/review/stackReview.ts";
import { shortNameOf } from "../engine/operation.ts";
import { ACCEPTED, acceptedByLabel } from "../github/label.ts";
import { LONGEST_TEXT } from "../github/text.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { sameOnBase } from "./base.ts";
import { postReview } from "./post.ts";
import { previewStack } from "./previewStack.ts";
import { reviewEach } from "./reviewEach.ts";
import { withoutSecrets } from "./secretValues.ts";

const HELP = `npm run review -- --stack NAME [--stack NAME…] [--base COMMIT] [--refresh] [--markdown FILE] [--json FILE] [--post]
                  [--accept dangerous]

Previews each stack and says in one report what an up would change for mail: who may send as what, DNS records before and
after, what stops working, who has to be told. Reads Microsoft 365, the zones and the state; writes none of them. An identity
that only reads is enough, see docs/how-to/prepare-the-tenant.md. How to read the report: docs/how-to/review-a-change.md.

  --stack NAME        a stack: prod, or organization/project/prod
  --base COMMIT       names senders and domains that differ although their entry in the stack file is the same at COMMIT
  --refresh           first reads what was changed by hand, as up --refresh does
  --markdown FILE     writes the report into FILE, no longer than a comment on GitHub may be
  --json FILE         writes the report as JSON into FILE
  --post              puts the report on the pull request, in one comment that later runs edit
  --accept dangerous  ends with 0 although a change is dangerous; with --post, the label ${ACCEPTED} on the
                      pull request does the same

FILE may be - for stdout, which otherwise gets the whole report as Markdown.

Exit codes: 0 no change is dangerous, or it is accepted; 3 one is dangerous; 1 a stack can't be read, or an up of it would be
refused; 2 wrong usage.`;

const options = {
  stack: { type: "string", multiple: true },
  base: { type: "string" },
  refresh: { type: "boolean", default: false },
  markdown: { type: "string" },
  json: { type: "string" },
  post: { type: "boolean", default: false },
  accept: { type: "string" },
} as const;

const DANGEROUS = 3;

async function main(): Promise<number> {
  const {
    stack: named = [],
    base,
    refresh,
    markdown,
    json,
    post,
    accept,
  } = readOptions("review", HELP, options);
  const stacks = [...new Set(named)];
  if (stacks.length === 0) return usage("--stack is missing");
  if (accept !== undefined && accept !== "dangerous") {
    return usage(`--accept ${accept}: the only value is dangerous`);
  }
  const reviews = await reviewEach(stacks, (stack) => review(stack, refresh, base));
  if (markdown !== undefined) await write(markdown, toMarkdown(reviews, LONGEST_TEXT));
  if (json !== undefined) await write(json, `${JSON.stringify({ stacks: reviews }, null, 2)}\n`);
  if (markdown !== "-" && json !== "-") {
    await write("-", toMarkdown(reviews, Number.POSITIVE_INFINITY));
  }
  if (post) await postReview(reviews, process.env);
  if (reviews.some(({ refused }) => refused.length > 0)) return 1;
  if (!reviews.some(({ risk }) => risk === "dangerous")) return 0;
  const isAccepted = accept !== undefined || (post && (await acceptedByLabel(process.env)));
  return isAccepted ? 0 : DANGEROUS;
}

async function review(
  stack: string,
  refresh: boolean,
  base: string | undefined,
): Promise<StackReview> {
  process.stderr.write(`review: previewing stack "${stack}"\n`);
  const same = base === undefined ? [] : await sameOnBase(shortNameOf(stack), base);
  const { preview, secrets } = await previewStack(stack, refresh);
  const done = withoutSecrets(reviewStack(preview, new Date(), same), secrets);
  process.stderr.write(`review: stack "${stack}": ${done.headline}\n`);
  return done;
}

async function write(file: string, text: string): Promise<void> {
  if (file === "-") process.stdout.write(text);
  else {
    await writeFile(file, text).catch((cause: NodeJS.ErrnoException) => {
      throw new Error(`${file} can't be written (${cause.code}); name another file`, { cause });
    });
  }
}

const usage = (problem: string): number => wrongUsage("review", HELP, problem);

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`review: ${error.message}\n`);
  return 1;
});
