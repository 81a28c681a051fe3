import type { Problem } from "../../problem.ts";
import { domainProblem, isWithin } from "../../senders/domain.ts";
import { trimmed } from "../tagList.ts";

/** One place that reports go to, of `rua` or `ruf`. */
export interface ReportUri {
  /** As written, without spaces around it. */
  readonly text: string;
  /** The address of a `mailto:` URI, unescaped; undefined of another one, or of what is no URI. */
  readonly address: string | undefined;
  /** The size limit after `!`, which RFC 9989 removed. */
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

/** An address: no URI of its own, nothing in angle brackets, no control characters. */
const ADDRESS = /^[^@\s/:<>\p{Cc}]+@[^@\s\p{Cc}]+$/u;

function addressOf(uri: string): string | undefined {
  if (!/^mailto:/i.test(uri)) return undefined;
  const [path = ""] = uri.slice("mailto:".length).split("?", 1);
  const address = unescaped(path);
  return ADDRESS.test(address) ? address : undefined;
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

/**
 * Says what is wrong with an address for reports.
 *
 * @see RFC 9989 section 4.7 (rua) and RFC 8460 section 3 (rua)
 */
export function reportUriProblem(key: string, value: string): Problem | undefined {
  const fix = 'use one mailto: URI, e.g. "mailto:dmarc@contoso.com"';
  const [uri, second] = readReportUris(value);
  if (uri === undefined || second !== undefined) {
    return { key, value, rule: "is more than one URI", fix };
  }
  const host = reportHost(uri);
  if (host === undefined) return { key, value, rule: "is not a mailto: URI", fix };
  if (uri.size !== undefined) {
    return { key, value, rule: "has a size limit, which receivers ignore", fix };
  }
  return domainProblem(key, host) === undefined
    ? undefined
    : { key, value, rule: "has no domain name after the @", fix };
}

/**
 * The hosts of other organisations that reports go to. Without a record in their zone, by which they agree to take
 * them, reports are not sent.
 *
 * @param domain whose DMARC record it is
 * @param rua places of its aggregate reports
 * @param zones names of zones that the domain's owner has
 * @see RFC 9990 section 4 (verifying external destinations)
 */
export function unauthorizedReportHosts(
  domain: string,
  rua: readonly string[],
  zones: readonly string[],
): string[] {
  const hosts = rua
    .flatMap((place) => readReportUris(place).map(reportHost))
    .filter((host) => host !== undefined)
    .filter((host) => !isSameOrganization(domain, host, zones));
  return [...new Set(hosts)];
}

/** The name of the TXT record, with the text `v=DMARC1`, by which a host agrees to take a domain's reports. */
export const reportAuthorizationName = (domain: string, host: string): string =>
  `${domain}._report._dmarc.${host}`;

/**
 * Whether two domains are certainly one organisation's: one stands at or below the other, or both in one zone.
 * Receivers walk up the tree of DNS for this (RFC 9989 section 4.10); without asking DNS, neighbours such as
 * `a.contoso.com` and `b.contoso.com` are taken for two, as a record too many does no harm, and one too few loses
 * reports.
 *
 * @param zones zones of which each is one organisation's
 */
export function isSameOrganization(
  one: string,
  other: string,
  zones: readonly string[] = [],
): boolean {
  if (isWithin(one, other) || isWithin(other, one)) return true;
  return zones.some((zone) => isWithin(one, zone) && isWithin(other, zone));
}
