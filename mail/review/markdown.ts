import { type Part, withinLength } from "../markdownParts.ts";
import { block, code, list, plain, table } from "../markdownText.ts";
import { isUnread } from "./refusals.ts";
import { LABELS, sectionsOf, together } from "./sections.ts";
import type { StackReview } from "./stackReview.ts";

const TITLE = "## What this change means for mail";

/**
 * Writes reviews as one comment. What several stacks have in common is said once. Where it would get longer than `longest`,
 * the folded parts are cut first, the last ones before the others, and it is said.
 *
 * @param longest in UTF-16 code units
 */
export function toMarkdown(reviews: readonly StackReview[], longest: number): string {
  const sections = sectionsOf(reviews);
  const open = [TITLE, headlines(reviews), ...sections.map(({ text }) => text)];
  const head = `${open.join("\n\n")}\n`;
  const parts = [
    ...sections.flatMap(({ rest }) => rest ?? []),
    resourceTable(reviews),
    ...reviews.flatMap(printedPreview),
  ];
  return withinLength({ head, parts, longest, why: WHY });
}

const headlines = (reviews: readonly StackReview[]): string =>
  list(
    reviews.map(({ stack, headline, risk, refused }) => {
      const label = refused.length === 0 ? LABELS[risk] : labelOf(refused);
      return `${code(stack)}: ${plain(headline)}. Risk: ${label}.`;
    }),
  );

const labelOf = (refused: readonly string[]): string =>
  refused.every(isUnread) ? "**UNKNOWN**" : "**REFUSED**";

function resourceTable(reviews: readonly StackReview[]): Part {
  const several = reviews.length > 1;
  const said = together(reviews, ({ resources }) => resources);
  const rows = said.map(({ stacks, what: { operation, kind, name, properties } }) => [
    ...(several ? [stacks.map(code).join(", ")] : []),
    ...[operation, kind, code(name), properties.join(", ")],
  ]);
  const same = reviews.reduce((sum, { unchangedResources }) => sum + unchangedResources, 0);
  const head = [...(several ? ["Stack"] : []), "Change", "Kind", "Name", "Properties"];
  return {
    summary: `Resources: ${said.length} changed, ${same} unchanged`,
    count: rows.length,
    show: (count) => table(head, rows.slice(0, count)),
  };
}

function printedPreview({ stack, printed, resources, refused }: StackReview): Part[] {
  if (resources.length === 0 && refused.length === 0) return [];
  const lines = printed.trim().split("\n");
  const show = (count: number) => block("", lines.slice(0, count));
  return [{ summary: `Pulumi's preview of ${stack}`, count: lines.length, show }];
}

const WHY = "a comment can't be longer; npm run review prints all of it";
