/** A DNS record. */
export interface DnsRecord<Content = string> {
  /** Full name, lower case, no dot at the end. */
  readonly name: string;
  readonly type: string;
  /** Of a TXT record its text, or its strings in quotes; of an MX record the host. */
  readonly content: Content;
  /** Seconds; `TTL` where none is given. */
  readonly ttl?: number;
  /** Preference of an MX record. */
  readonly priority?: number;
  /** What its keeper noted, where that is known. */
  readonly comment?: string;
}

/** A DNS record as it stands in a zone at Cloudflare. */
export interface StoredRecord extends DnsRecord {
  readonly id: string;
  /** Of a TXT record `content` has its quotes. Empty where nothing was noted. */
  readonly comment: string;
  /** Whether Cloudflare answers with addresses in its place: its own, or those of a CNAME's target. */
  readonly proxied: boolean;
}

/** Seconds that a record of ours may be cached; short, as a new record is likely to be corrected soon. */
export const TTL = 300;

/**
 * The zone that a domain stands in: the longest name that the domain is or ends with.
 *
 * @returns undefined when none of the zones has it
 */
export function zoneOf<T extends { readonly name: string }>(
  domain: string,
  zones: readonly T[],
): T | undefined {
  const above = zones.filter(({ name }) => domain === name || domain.endsWith(`.${name}`));
  return above.toSorted((a, b) => b.name.length - a.name.length)[0];
}

/** The types of DNS record that rules about mail look up. */
export type RecordType = "A" | "AAAA" | "CNAME" | "MX" | "NS" | "PTR" | "TXT";

/**
 * What DNS says to a question (RFC 1035, RFC 2308). `found` gives at least one record: an address, a host name in
 * lower case without the dot at the end (of MX the exchange alone), or the strings of a TXT record put together.
 * `failed` is an answer that could not be had: no server, SERVFAIL, a timeout.
 */
export type Answer =
  | { readonly status: "found"; readonly records: readonly string[] }
  | { readonly status: "nodata" }
  | { readonly status: "nxdomain" }
  | { readonly status: "failed"; readonly why: string };

/** Asks DNS. Never throws. */
export type Resolve = (name: string, type: RecordType) => Promise<Answer>;
