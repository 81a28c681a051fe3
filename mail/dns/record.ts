/** A DNS record as it stands in a zone. */
export interface FoundRecord {
  readonly type: string;
  /** Full name, lower case, no dot at the end. */
  readonly name: string;
  /** Of TXT with its quotes. */
  readonly content: string;
  /** What its keeper noted; empty when nothing, or when it was read from DNS. */
  readonly comment: string;
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
