import type { Part } from "../markdownParts.ts";
import { block, code, list, named, plain, row, rowsUnder } from "../markdownText.ts";
import { counted } from "../numberText.ts";
import type { Statement } from "./effects.ts";
import type { DmarcStageChange, RecordChange } from "./recordChanges.ts";
import { isUnread } from "./refusals.ts";
import { SENDER_HEAD, senderRow } from "./senderTable.ts";
import type { RiskLevel, StackReview } from "./stackReview.ts";

/** A part of a report under a heading. */
export interface Section {
  readonly text: string;
  /** Entries that are too many to be shown at once. */
  readonly rest?: Part;
}

export const LABELS: Readonly<Record<RiskLevel, string>> = {
  none: "none",
  look: "**look**",
  dangerous: "**DANGEROUS**",
};

/** Entries that a section shows unfolded. */
const OPEN = 12;

/** What several stacks may have to say. */
interface Said<T> {
  readonly stacks: readonly string[];
  readonly what: T;
}

/** The sections of a report, those with nothing to say left out. */
export function sectionsOf(reviews: readonly StackReview[]): Section[] {
  const several = reviews.length > 1;
  const of = (stacks: readonly string[]) => (several ? `${stacks.map(code).join(", ")}: ` : "");
  const section = <T>(
    title: string,
    each: (review: StackReview) => readonly T[],
    show: (said: readonly Said<T>[]) => readonly string[],
    join: (entries: readonly string[]) => string = list,
  ): Section[] => {
    const entries = show(together(reviews, each));
    if (entries.length === 0) return [];
    const rest = entries.slice(OPEN);
    const text = `### ${title}\n\n${join(entries.slice(0, OPEN))}`;
    if (rest.length === 0) return [{ text }];
    const part = {
      summary: `${title}: ${rest.length} more`,
      count: rest.length,
      show: (count: number) => join(rest.slice(0, count)),
    };
    return [{ text: `${text}\n\nand ${rest.length} more, folded below.`, rest: part }];
  };
  const sentences = (said: readonly Said<string>[]) =>
    said.map(({ stacks, what }) => `${of(stacks)}${plain(what)}`);
  const statements = (said: readonly Said<Statement>[]) =>
    groups(said, ({ text }) => text).map(
      ({ stacks, all, first }) =>
        `${of(stacks)}${named(all.map(({ who }) => who))}: ${plain(first.text)}`,
    );
  return [
    ...section(
      "Why it is refused",
      ({ refused }) => refused.filter((one) => !isUnread(one)),
      sentences,
    ),
    ...section("What could not be read", ({ refused }) => refused.filter(isUnread), sentences),
    ...section(
      "Why to look",
      ({ risks }) => risks,
      (said) =>
        groups(said, ({ level, text }) => `${level} ${text}`).map(
          ({ stacks, all, first }) =>
            `${LABELS[first.level]}: ${of(stacks)}${named(all.map(({ who }) => who))}: ${plain(first.text)}`,
        ),
    ),
    ...section(
      "Who may send as what",
      ({ senders }) => senders,
      (said) => said.map(({ stacks, what }) => senderRow(what, several ? stacks : [])),
      (rows) => rowsUnder([...(several ? ["Stack"] : []), ...SENDER_HEAD], rows),
    ),
    ...unchangedSenders(reviews, of),
    ...section(
      "DNS records",
      ({ records }) => records,
      (said) => said.flatMap(({ stacks, what }) => recordLines(what, several ? stacks : [])),
      (lines) => block("diff", lines),
    ),
    ...section(
      "DMARC",
      ({ dmarc }) => dmarc,
      (said) =>
        groups(said, ({ before, after, next }) => JSON.stringify([before, after, next])).map(
          ({ stacks, all, first }) =>
            `${of(stacks)}${named(all.map(({ domain }) => domain))}: ${dmarcStage(first)}`,
        ),
    ),
    ...section(
      "What stops working",
      ({ stops }) => stops,
      (said) =>
        groups(said, ({ what, howLong }) => `${what} ${howLong}`).map(({ stacks, all, first }) =>
          row([
            ...(several ? [stacks.map(code).join(", ")] : []),
            named(all.map(({ who }) => who)),
            plain(first.what),
            plain(first.howLong),
          ]),
        ),
      (rows) => rowsUnder([...(several ? ["Stack"] : []), "Who", "What", "How long"], rows),
    ),
    ...section("What else changes", ({ others }) => others, statements),
    ...section(
      "Changed by hand, and undone",
      ({ byHand }) => byHand,
      (said) =>
        said.map(
          ({ stacks, what: { subject, changes, meaning } }) =>
            `${of(stacks)}${plain(subject)}: ${plain([...changes, ...meaning].join("; "))}`,
        ),
    ),
    ...section("Marked to be removed later", ({ retiring }) => retiring, sentences),
    ...section("Who has to be told, after the up", ({ tell }) => tell, statements),
    ...section("What the up waits for", ({ waits }) => waits, statements),
    ...section("What ends soon", ({ expiring }) => expiring, sentences),
    ...section(
      "Not by this change",
      ({ alsoOnBase }) => alsoOnBase,
      (said) =>
        groups(said, () => "").map(
          ({ stacks, all }) =>
            `${of(stacks)}${named(all)}: the entry in the stack file is the same on the base, so the difference comes from an earlier change that is not deployed yet, or from a change by hand`,
        ),
    ),
  ];
}

/** What the reviews have to say, each once, with the stacks that say it. */
export function together<T>(
  reviews: readonly StackReview[],
  of: (review: StackReview) => readonly T[],
): Said<T>[] {
  const said = new Map<string, { stacks: string[]; what: T }>();
  for (const review of reviews) {
    for (const what of of(review)) {
      const key = JSON.stringify(what);
      const known = said.get(key) ?? { stacks: [], what };
      known.stacks.push(review.stack);
      said.set(key, known);
    }
  }
  return [...said.values()];
}

interface Group<T> {
  readonly stacks: readonly string[];
  readonly all: readonly T[];
  readonly first: T;
}

/** What is the same of several senders or domains of the same stacks. */
function groups<T>(said: readonly Said<T>[], alike: (what: T) => string): Group<T>[] {
  const found = Map.groupBy(said, ({ stacks, what }) => `${stacks.join(" ")} ${alike(what)}`);
  return [...found.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    return [{ stacks: first.stacks, all: all.map(({ what }) => what), first: first.what }];
  });
}

function unchangedSenders(
  reviews: readonly StackReview[],
  of: (stacks: readonly string[]) => string,
): Section[] {
  const said = together(
    reviews.filter((one) => one.senders.length > 0 && one.unchangedSenders.length > 0),
    ({ unchangedSenders: { length } }) => [counted(length, "other sender")],
  );
  const text = said.map(({ stacks, what }) => `${of(stacks)}no change for ${what}`).join("; ");
  return text === "" ? [] : [{ text: `${text.replace(/^n/, "N")}.` }];
}

function recordLines(
  { name, type, before, after, lookUps }: RecordChange,
  stacks: readonly string[],
): string[] {
  const lines = [
    ...(stacks.length > 0 ? [`# ${stacks.join(", ")}`] : []),
    ...(before === "" ? [] : [`- ${name} ${type} ${before}`]),
    ...(after === "" ? [] : [`+ ${name} ${type} ${after}`]),
    ...lookUps.map((line) => `  ${line}`),
  ];
  return [lines.join("\n")];
}

function dmarcStage({ before, after, next }: DmarcStageChange): string {
  const shown = (policy: string) => (policy === "" ? "no policy" : code(policy));
  return `${shown(before)} → ${shown(after)}${next === "" ? "" : `. The step after this: ${plain(next)}`}`;
}
