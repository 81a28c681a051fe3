import { folded } from "./markdownText.ts";
import { listed } from "./naming.ts";

/** A part that a reader opens. */
export interface Part {
  readonly summary: string;
  /** How many entries it has. */
  readonly count: number;
  /** The first ones of them, as Markdown. */
  show(count: number): string;
}

/** A text with parts that a reader opens. */
interface Folding {
  readonly head: string;
  readonly parts: readonly Part[];
  /** In UTF-16 code units. */
  readonly longest: number;
  /** Why it can't be longer, and what shows all of it; a clause. */
  readonly why: string;
}

/**
 * Appends the parts to the head as far as they fit: the last ones are cut first, then the head. What is left out is said.
 */
export function withinLength({ head, parts, longest, why }: Folding): string {
  const wanted = parts.filter(({ count }) => count > 0);
  const absence = (all: readonly Part[]) =>
    all.length === 0 ? "" : `\n${listed(all.map(({ summary }) => summary))}: left out, ${why}.\n`;
  const longestFirst = wanted.toSorted((a, b) => b.summary.length - a.summary.length);
  const notes = wanted.map((_, index) => absence(longestFirst.slice(0, index + 1)).length);
  const room = longest - Math.max(0, ...notes);
  let text = head.length <= room ? head : cutHead(head, room, why);
  const absent = wanted.filter(({ summary, count, show }) => {
    const shown = (kept: number) => {
      const left = kept === count ? "" : ` (${count - kept} of ${count} left out: ${why})`;
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
function cutHead(head: string, room: number, why: string): string {
  const lines = head.split("\n");
  const cut = (count: number) => {
    const kept = lines.slice(0, count);
    const fences = kept.flatMap((line) => /^`{3,}/.exec(line)?.[0] ?? []);
    const open = fences.length % 2 === 1 ? fences.slice(-1) : [];
    return `${[...kept, ...open].join("\n")}\n\nThe rest is left out: ${why}.\n`;
  };
  return cut(mostThatFit(lines.length, (count) => cut(count).length <= room));
}
