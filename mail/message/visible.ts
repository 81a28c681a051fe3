/**
 * A text of somebody else's as a terminal may show it: control characters, escape sequences, characters that turn the
 * direction of text and those that are none are written as their numbers, and a long text is cut.
 */
export function visible(text: string, longest = 300): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replaceAll(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
