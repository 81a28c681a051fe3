/** One header field, unfolded: the name as written, the value without the line breaks. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Printable ASCII without the colon; some write blanks before the colon (RFC 5322 sections 3.6.8 and 4.5). */
const FIELD_NAME = /^[!-9;-~]+[ \t]*$/;

/**
 * The header fields of a message, top first. A line that is none, such as the first of an mbox file, is passed over.
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
    .filter(([line, colon]) => colon > 0 && FIELD_NAME.test(line.slice(0, colon)))
    .map(([line, colon]) => ({
      name: line.slice(0, colon).trim(),
      value: line.slice(colon + 1).trim(),
    }));
}

/** The first field of that name, case-insensitively. */
export function fieldOf(fields: readonly Field[], name: string): string | undefined {
  return fields.find((field) => isNamed(field, name))?.value;
}

/** Whether a field has this name, case-insensitively. */
export const isNamed = ({ name }: Field, wanted: string): boolean =>
  name.toLowerCase() === wanted.toLowerCase();
