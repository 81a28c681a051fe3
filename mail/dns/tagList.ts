/** One `name=value` of a tag list. */
export interface Tag {
  /** As written, without spaces around it; empty when there is no `=`. */
  readonly name: string;
  /** As written, without spaces around it. */
  readonly value: string;
  /** What stands between the semicolons, with its spaces. */
  readonly text: string;
  /** Where that begins. */
  readonly position: number;
}

/** What is wrong with a tag, or with the record at that place. */
export interface TagFault {
  /** `error`: the record has no effect. `warning`: receivers pass over what is wrong. */
  readonly severity: "error" | "warning";
  /** The tag as written, without spaces around it; the whole record when it is about that. */
  readonly text: string;
  readonly rule: string;
  readonly fix: string;
}

/**
 * Reads a tag list such as `v=DMARC1; p=none`. Empty places between semicolons are passed over.
 *
 * @see RFC 6376 section 3.2 (tag lists)
 */
export function readTags(text: string): Tag[] {
  const tags: Tag[] = [];
  let position = 0;
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    const [name, value] = [part.slice(0, Math.max(equals, 0)), part.slice(equals + 1)];
    if (trimmed(part) !== "") {
      tags.push({ name: trimmed(name), value: trimmed(value), text: part, position });
    }
    position += part.length + 1;
  }
  return tags;
}

/** Without white space of the record's own kind at both ends: spaces, tabs, line breaks. */
export function trimmed(text: string): string {
  const end = endOf(text);
  let start = 0;
  while (start < end && isSpace(text.charAt(start))) start += 1;
  return text.slice(start, end);
}

/** Where the white space at a text's end begins. */
export function endOf(text: string): number {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end -= 1;
  return end;
}

function isSpace(character: string): boolean {
  return " \t\r\n".includes(character);
}

/** Whether a text has printable ASCII and the white space between words only. */
export function isPrintable(text: string): boolean {
  return /^[\t\r\n -~]*$/.test(text);
}
