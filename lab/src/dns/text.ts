/** Bytes in one character string at most (RFC 1035, section 3.3). */
const LONGEST_STRING = 255;

/** Cuts a text into character strings. */
export function splitText(text: string): string[] {
  const strings = [""];
  for (const character of text) {
    const longer = `${strings.at(-1)}${character}`;
    if (Buffer.byteLength(longer) > LONGEST_STRING) strings.push(character);
    else strings[strings.length - 1] = longer;
  }
  return strings;
}

/** Character strings in the quotes of a zone file (RFC 1035, section 5.1). */
export function quoteText(strings: readonly string[]): string {
  return strings.map((one) => `"${one.replaceAll(/["\\]/g, "\\$&")}"`).join(" ");
}

/**
 * Reads the content of a TXT record: strings in quotes, or bare text. What is too long for one character string
 * becomes several.
 *
 * @returns undefined when quotes or escapes are not as a zone file has them
 */
export function parseText(content: string): string[] | undefined {
  if (!content.startsWith('"')) return splitText(content);
  if (!/^("([^"\\]|\\.)*"\s*)+$/s.test(content)) return undefined;
  const quoted = content.match(/"([^"\\]|\\.)*"/gs) ?? [];
  return quoted.flatMap((one) => splitText(unescaped(one.slice(1, -1))));
}

/** `\DDD` is an octet by its decimal number, `\X` is X itself (RFC 1035, section 5.1). Octets are read as UTF-8. */
function unescaped(text: string): string {
  const octets = text.split(/(\\(?:\d{3}|.))/s).map((part) => {
    if (!part.startsWith("\\")) return Buffer.from(part);
    return part.length === 4 ? Buffer.of(Number(part.slice(1))) : Buffer.from(part.slice(1));
  });
  return Buffer.concat(octets).toString("utf8");
}
