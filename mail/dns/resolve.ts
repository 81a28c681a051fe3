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
