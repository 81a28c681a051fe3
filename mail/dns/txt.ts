/** Octets that one string of a TXT record holds at most. */
const LONGEST_STRING = 255;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * A text as the content of a TXT record, as zone files and Cloudflare write it: in quotes, in strings of at most 255
 * octets with a space between them. `"` and `\` have a backslash before them; octets that are not printable ASCII
 * stand as `\DDD`.
 *
 * @see RFC 1035 section 3.3.14 (TXT-DATA) and section 5.1 (quoting)
 */
export function quoteTxt(text: string): string {
  const octets = Buffer.from(text);
  let content = '"';
  for (const [index, octet] of octets.entries()) {
    if (index > 0 && index % LONGEST_STRING === 0) content += '" "';
    content += escaped(octet);
  }
  return `${content}"`;
}

/**
 * The text of a TXT record's content: its strings put together, whatever spaces are between them. A content that
 * does not begin with a quotation mark is taken as it is. Octets are read as UTF-8.
 *
 * @see RFC 1035 section 5.1
 * @see RFC 7208 section 3.3 (strings are put together without spaces)
 */
export function unquoteTxt(content: string): string {
  if (!content.trimStart().startsWith('"')) return content;
  const from = Buffer.from(content);
  const text = Buffer.alloc(from.length);
  let [length, quoted] = [0, false];
  for (let index = 0; index < from.length; index += 1) {
    let octet = from[index] ?? 0;
    if (octet === QUOTE) {
      quoted = !quoted;
      continue;
    }
    if (!quoted && isSpace(octet)) continue;
    if (octet === BACKSLASH) {
      const decimal = decimalAt(from, index + 1);
      octet = decimal ?? from[index + 1] ?? BACKSLASH;
      index += decimal === undefined ? 1 : 3;
    }
    text[length] = octet;
    length += 1;
  }
  return text.toString("utf8", 0, length);
}

function escaped(octet: number): string {
  if (octet < 0x20 || octet > 0x7e) return `\\${String(octet).padStart(3, "0")}`;
  const character = String.fromCharCode(octet);
  return octet === QUOTE || octet === BACKSLASH ? `\\${character}` : character;
}

/** The octet that three digits write, e.g. `195`. */
function decimalAt(octets: Buffer, index: number): number | undefined {
  const digits = octets.toString("latin1", index, index + 3);
  return /^\d{3}$/.test(digits) && Number(digits) <= 255 ? Number(digits) : undefined;
}

function isSpace(octet: number): boolean {
  return octet === 0x20 || octet === 0x09 || octet === 0x0d || octet === 0x0a;
}
