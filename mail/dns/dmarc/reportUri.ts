import { trimmed } from "../tagList.ts";

/** One place that reports go to, of `rua` or `ruf`. */
export interface ReportUri {
  /** As written, without spaces around it. */
  readonly text: string;
  /** The address of a `mailto:` URI, unescaped; undefined of another one, or of what is no URI. */
  readonly address: string | undefined;
  /** The size limit after `!`, which RFC 9989 dropped. */
  readonly size: string | undefined;
  readonly isUri: boolean;
}

/** RFC 3986's characters, but for the comma and the exclamation mark, which have to be escaped here. */
const URI = /^[a-z][a-z0-9+.-]*:[a-z0-9._~:/?#[\]@$&'()*+;=%-]*$/i;
const BAD_ESCAPE = /%(?![0-9a-f]{2})/i;

/**
 * Reads the list of `rua` or `ruf`.
 *
 * @see RFC 9989 section 4.7 (rua, ruf) and RFC 3986 section 2.1 (escapes)
 */
export function readReportUris(value: string): ReportUri[] {
  return value.split(",").map((part) => readReportUri(trimmed(part)));
}

function readReportUri(text: string): ReportUri {
  const mark = text.lastIndexOf("!");
  const sized = mark >= 0 && /^\d+[kmgt]?$/i.test(text.slice(mark + 1));
  const uri = sized ? text.slice(0, mark) : text;
  const isUri = URI.test(uri) && !BAD_ESCAPE.test(uri);
  return {
    text,
    isUri,
    address: isUri ? addressOf(uri) : undefined,
    size: sized ? text.slice(mark + 1) : undefined,
  };
}

function addressOf(uri: string): string | undefined {
  if (!/^mailto:/i.test(uri)) return undefined;
  const [path = ""] = uri.slice("mailto:".length).split("?", 1);
  const address = unescaped(path);
  return /^[^@\s]+@[^@\s]+$/.test(address) ? address : undefined;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The host that a report goes to. */
export function reportHost({ address }: ReportUri): string | undefined {
  return address?.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/**
 * An address, or a URI, as `rua` takes it: with `mailto:`, and with everything escaped that would end it.
 *
 * @param target `dmarc@contoso.com` or `mailto:dmarc@contoso.com`
 */
export function reportUri(target: string): string {
  const uri = /^[a-z][a-z0-9+.-]*:/i.test(target) ? target : `mailto:${target}`;
  return uri
    .toWellFormed()
    .replace(/[^a-z0-9._~:/?#[\]@$&'()*+=%-]/giu, (character) =>
      Array.from(new TextEncoder().encode(character), escaped).join(""),
    );
}

function escaped(octet: number): string {
  return `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** What two writings of one place have in common. */
export function sameReportUri(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => readReportUri(trimmed(text)));
  const [first, second] = [a?.address?.toLowerCase(), b?.address?.toLowerCase()];
  return first === undefined ? a?.text === b?.text : first === second;
}
