import { listed } from "./naming.ts";

// GitHub-flavoured Markdown, which GitLab and Azure DevOps read too.

/** A value as code, so that nothing in it is markup or a mention. */
export function code(value: string): string {
  const flat = value.replace(/\s+/g, " ").trim();
  if (flat === "") return "";
  const fence = "`".repeat(longestRun(flat) + 1);
  const space = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return `${fence}${space}${flat}${space}${fence}`;
}

/** Commands and addresses in a sentence. */
const LITERAL = /npm run [^()]+(?=\))|[^\s,;()"]*@[^\s,;()"]+/;

/** A sentence of ours with values in it: no markup, no HTML, no mention, no link. Commands and addresses are code. */
export function plain(sentence: string): string {
  const flat = sentence.replace(/\s+/g, " ");
  const found = LITERAL.exec(flat);
  if (found === null) return escaped(flat);
  const rest = flat.slice(found.index + found[0].length);
  return `${escaped(flat.slice(0, found.index))}${code(found[0])}${plain(rest)}`;
}

/**
 * `&` begins a character reference, which may stand for any of the others; `$` encloses a formula; `://` and `www.` make a
 * link of what they stand in.
 */
const escaped = (text: string): string =>
  text.replace(/[\\`*_[\]<>~#&$]|:(?=\/\/)|(?<=www)\./gi, "\\$&");

/** A block of text as it is, between fences. */
export function block(language: string, lines: readonly string[]): string {
  const text = lines.join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

const longestRun = (text: string): number =>
  Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));

/** A table, or its rows alone where `head` is empty. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", "<br>")).join(" | ")} |`;
  const top = head.length === 0 ? [] : [line(head), line(head.map(() => "---"))];
  return [...top, ...rows.map(line)].join("\n");
}

export const list = (items: readonly string[]): string =>
  items.map((item) => `- ${item}`).join("\n");

/** What a reader opens when it is wanted. */
export const folded = (summary: string, body: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;

/** Names as code, several of them, or "and N more". */
export const named = (names: readonly string[]): string => listed(names.map(nameOrWords));

/** A name as code; words as they are. */
export const nameOrWords = (one: string): string => (one.includes(" ") ? plain(one) : code(one));
export const codes = (values: readonly string[]): string => values.map(code).join(", ");

/** A row of a table. */
export const row = (cells: readonly string[]): string => table([], [cells]);
/** A table of rows that are Markdown already. */
export const rowsUnder = (head: readonly string[], rows: readonly string[]): string =>
  [table(head, []), ...rows].join("\n");
