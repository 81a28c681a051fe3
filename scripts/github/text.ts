// Texts of ours at GitHub: their length, and the hidden line by which they are found again.
import { sentence } from "../../mail/problem.ts";
import type { Env } from "./actions.ts";

/**
 * Length of the longest text that GitHub takes in a comment or an issue, in UTF-16 code units. GitHub's words say 65,536
 * characters; what was measured is more, whatever is counted.
 */
export const LONGEST_TEXT = 65_536;

/**
 * The hidden line that marks a text of ours.
 *
 * @param what it is: `review`, `drift`
 * @param stacks the stacks that it speaks of
 */
export const markerOf = (what: string, stacks: readonly string[], env: Env): string =>
  `<!-- m365-smtp-relay ${what}: ${env.GITHUB_REPOSITORY ?? ""} ${stacks.join(" ")} -->`;

/**
 * A text under its marker.
 *
 * @throws Error when it is longer than GitHub takes, or the marker is none
 */
export function marked(marker: string, body: string): string {
  if (!/^<!--[^\n]*-->$/.test(marker))
    throw new Error(`"${marker}" is not a line with an HTML comment`);
  const text = `${marker}\n${body}`;
  if (text.length <= LONGEST_TEXT) return text;
  const rule = `is ${text.length} characters long, and GitHub takes ${LONGEST_TEXT}`;
  throw new Error(sentence({ key: "comment", value: undefined, rule, fix: "shorten it" }));
}

/** Whether a text begins with the marker; GitHub keeps line ends as they came. */
export const bears = (marker: string, text: string | null): boolean =>
  text !== null &&
  (text === marker || /^\r?\n/.test(text.startsWith(marker) ? text.slice(marker.length) : ""));

/** Whether GitHub would show the same; it may have changed line ends and the end of the text. */
export const sameText = (a: string, b: string): boolean =>
  a.replaceAll("\r\n", "\n").trimEnd() === b.replaceAll("\r\n", "\n").trimEnd();
