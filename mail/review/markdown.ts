import { listed } from "../naming.ts";
import { block, code, folded, list, plain, table } from "./markdownText.ts";
import { isUnread } from "./refusals.ts";
import { LABELS, type Part, sectionsOf, together } from "./sections.ts";
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
  return withinLength(head, parts, longest);
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

/** Appends the folded parts as far as they fit. */
function withinLength(head: string, parts: readonly Part[], longest: number): string {
  const wanted = parts.filter(({ count }) => count > 0);
  const absence = (all: readonly Part[]) =>
    all.length === 0 ? "" : `\n${listed(all.map(({ summary }) => summary))}: left out, ${WHY}.\n`;
  const longestFirst = wanted.toSorted((a, b) => b.summary.length - a.summary.length);
  const notes = wanted.map((_, index) => absence(longestFirst.slice(0, index + 1)).length);
  const room = longest - Math.max(0, ...notes);
  let text = head.length <= room ? head : cutHead(head, room);
  const absent = wanted.filter(({ summary, count, show }) => {
    const shown = (kept: number) => {
      const left = kept === count ? "" : ` (${count - kept} of ${count} left out: ${WHY})`;
      return `\n${folded(`${summary}${left}`, show(kept))}\n`;
    };
    const kept = mostThatFit(count, (number) => text.length + shown(number).length <= room);
    if (kept > 0) text += shown(kept);
    return kept === 0;
  });
  return text + absence(absent);
}

/** The largest number up to `most` that fits. */
function mostThatFit(most: number, fits: (number: number) => boolean): number {
  if (fits(most)) return most;
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Lines from the beginning, as many as fit; an open block is closed. */
function cutHead(head: string, room: number): string {
  const lines = head.split("\n");
  const cut = (count: number) => {
    const kept = lines.slice(0, count);
    const fences = kept.flatMap((line) => /^`{3,}/.exec(line)?.[0] ?? []);
    const open = fences.length % 2 === 1 ? fences.slice(-1) : [];
    return `${[...kept, ...open].join("\n")}\n\nThe rest is left out: ${WHY}.\n`;
  };
  return cut(mostThatFit(lines.length, (count) => cut(count).length <= room));
}
