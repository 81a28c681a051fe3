import { number } from "./numberText.ts";

/** Names in quotation marks: `"erp", "crm"`. */
export const quoted = (names: readonly string[]): string[] => names.map((name) => `"${name}"`);

/** Names in a sentence: `sender "erp"`, or `senders "erp", "crm"`. */
export const naming = (noun: string, names: readonly string[]): string =>
  `${noun}${names.length === 1 ? "" : "s"} ${quoted(names).join(", ")}`;

/** Names that a sentence lists. */
const NAMED = 6;

/** Names in a sentence, the first of many: `a, b`, or `a, b, c, d, e, f and 12 more`. */
export const listed = (names: readonly string[]): string =>
  names.length <= NAMED + 1
    ? names.join(", ")
    : `${names.slice(0, NAMED).join(", ")} and ${number(names.length - NAMED)} more`;
