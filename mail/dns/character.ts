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
  "\u2060": "word joiner",
  "\u3000": "ideographic space",
  "\ufeff": "byte order mark",
};

/** How a character that may not be seen is shown: `U+00A0, no-break space`. */
export function describeCharacter(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const name = NAMES[character];
  return name === undefined ? `U+${digits}` : `U+${digits}, ${name}`;
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
