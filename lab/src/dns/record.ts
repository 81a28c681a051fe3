/** A record of an answer; names in lower case and without the dot at the end. */
export type DnsRecord = { name: string; ttl: number } & (
  | { type: "A" | "AAAA" | "CNAME" | "NS" | "PTR"; data: string }
  | { type: "MX"; data: { preference: number; exchange: string } }
  /** The record's character strings. */
  | { type: "TXT"; data: string[] }
  | { type: "SOA"; data: SoaData }
);

export interface SoaData {
  mname: string;
  rname: string;
  serial: number;
  refresh: number;
  retry: number;
  expire: number;
  /** How long, in seconds, "there is none" may be remembered (RFC 2308, section 4). */
  minimum: number;
}

/** What a name and a type lead to. */
export interface DnsAnswer {
  status: "NOERROR" | "NXDOMAIN" | "SERVFAIL";
  /** CNAME records on the way first, then what was asked for; none of it: NODATA. */
  answers: DnsRecord[];
  /** The SOA record of the zone that says there is none (RFC 2308, section 2). */
  authorities: DnsRecord[];
}
