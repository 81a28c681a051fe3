import { type Markup, markup } from "./markup.ts";
import { type Outcome, WORDS } from "./outcome.ts";

/** A sign beside the word, for those who see no colours. */
const SIGNS: Readonly<Record<Outcome, string>> = {
  ...{ pass: "✓", fail: "✗", unknown: "?" },
  "not applicable": "–",
};

/** The class of what has an outcome. */
export const classOf = (outcome: Outcome): string => outcome.replace(" ", "-");

/** An outcome in a word, a shape and a colour. */
export const badge = (outcome: Outcome): Markup =>
  markup`<span class="badge ${classOf(outcome)}"><span aria-hidden="true">${SIGNS[outcome]}</span> ${WORDS[outcome]}</span>`;

export const sign = (outcome: Outcome | undefined): string =>
  outcome === undefined ? "" : SIGNS[outcome];

/** A column of a table: its heading, and a name for its cells. */
interface Column {
  readonly head: string;
  readonly name: string;
}

/**
 * A table, whose rows become blocks on a narrow screen: roles keep it a table for screen readers, and each cell bears its
 * heading. Rows of one line each stay such (`lines`).
 */
export function table(
  caption: Markup,
  columns: readonly Column[],
  rows: readonly (readonly Markup[])[],
  layout: "rows" | "lines" = "rows",
): Markup {
  const heads = columns.map(({ head }) => markup`<th role="columnheader" scope="col">${head}</th>`);
  const lines = rows.map(
    (cells) =>
      markup`<tr role="row">${cells.map((cell, index) => {
        const { head = "", name = "" } = columns[index] ?? {};
        return markup`<td role="cell" class="${name}" data-head="${head}"><div>${cell}</div></td>`;
      })}</tr>\n`,
  );
  return markup`<table role="table" class="${layout}"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${lines}</tbody></table>`;
}
