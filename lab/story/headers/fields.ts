/** One header field, unfolded: the name as written, the value without the line breaks. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/**
 * The header fields of a message, top first.
 *
 * @param message the message with CRLF or LF line ends; the body is not looked at
 * @see RFC 5322 section 2.2.3 (folding)
 */
export function fieldsOf(message: string): Field[] {
  const [head = ""] = message.split(/\r?\n\r?\n/, 1);
  return head
    .replace(/\r?\n(?=[ \t])/g, "")
    .split(/\r?\n/)
    .map((line) => [line, line.indexOf(":")] as const)
    .filter(([, colon]) => colon > 0)
    .map(([line, colon]) => ({
      name: line.slice(0, colon).trim(),
      value: line.slice(colon + 1).trim(),
    }));
}

/** The first field of that name, case-insensitively. */
export function fieldOf(fields: readonly Field[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.value;
}
