import type { Problem } from "./problem.ts";

/** Names of characters that look like a space, or like nothing. */
const NAMES: Readonly<Record<string, string>> = {
  "\t": "tab",
  "\n": "line break",
  "\r": "line break",
  "\u00a0": "no-break space",
  "\u00ad": "soft hyphen",
  "\u200b": "zero width space",
  "\u200c": "zero width non-joiner",
  "\u200d": "zero width joiner",
  "\u200e": "left-to-right mark",
  "\u200f": "right-to-left mark",
  "\u202f": "narrow no-break space",
  "\u2060": "word joiner",
  "\u2800": "braille pattern blank",
  "\u3000": "ideographic space",
  "\ufeff": "byte order mark",
};

/** A character that may be invisible: `U+00A0, no-break space`. */
export function describeCharacter(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const name = NAMES[character];
  return name === undefined ? `U+${digits}` : `U+${digits}, ${name}`;
}

/**
 * Says that a text has an invisible character, such as one that colours a terminal or turns the direction of text.
 *
 * @see https://www.unicode.org/reports/tr44/ (General_Category, Default_Ignorable_Code_Point)
 */
export function invisibleProblem(key: string, value: string): Problem | undefined {
  const [invisible] =
    /\p{Default_Ignorable_Code_Point}|\p{Cf}|\p{Co}|\u2800|(?![\t\r\n])\p{Cc}/u.exec(value) ?? [];
  if (invisible === undefined) return undefined;
  const rule = `has the invisible character ${describeCharacter(invisible)}`;
  return { key, value, rule, fix: "delete this character" };
}

/**
 * Says that a text has a character that nobody sees or means: an invisible one, a space other than the ordinary one, a
 * quotation mark of a word processor, or a space or line break at one of its ends.
 */
export function characterProblem(key: string, value: string): Problem | undefined {
  const problem = (rule: string, fix: string): Problem => ({ key, value, rule, fix });
  const invisible = invisibleProblem(key, value);
  if (invisible !== undefined) return invisible;
  const [space] = /(?! )\p{Z}/u.exec(value) ?? [];
  if (space !== undefined) {
    return problem(
      `has the character ${describeCharacter(space)}, which only looks like a space`,
      "replace it by an ordinary space, or delete it",
    );
  }
  const [quote] =
    /[\u2018-\u201f\u2039\u203a\u00ab\u00bb\u300c-\u300f\uff02\uff07]/u.exec(value) ?? [];
  if (quote !== undefined) {
    return problem(
      `has the quotation mark ${quote} (${describeCharacter(quote)})`,
      `delete it: YAML and mail know only the straight marks " and '`,
    );
  }
  const [end] = /^\s|\s$/.exec(value) ?? [];
  if (end === undefined) return undefined;
  const what = /[\r\n]/.test(end) ? "line break" : end === "\t" ? "tab" : "space";
  const where = value.startsWith(end) ? "begins" : "ends";
  return problem(`${where} with a ${what}`, `delete the ${what}`);
}

/** Says that a text that has no dashes has one, which word processors and web pages put in place of a hyphen. */
export function dashProblem(key: string, value: string): Problem | undefined {
  const [dash] = /(?!-)\p{Pd}|\u2212/u.exec(value) ?? [];
  if (dash === undefined) return undefined;
  const rule = `has the dash ${dash} (${describeCharacter(dash)}), which only looks like a hyphen`;
  return { key, value, rule, fix: 'replace it by "-"' };
}

/**
 * Says that a text has a character that is neither printable ASCII nor a space.
 *
 * @returns a clause such as `has a character that is not printable ASCII (U+00FC)`, or undefined
 */
export function characterFault(text: string): string | undefined {
  const odd = /[^ -~]/u.exec(text)?.[0];
  return odd && `has a character that is not printable ASCII (${describeCharacter(odd)})`;
}
