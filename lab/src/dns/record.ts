import { isIP } from "node:net";
import type { ZoneRecord } from "../world/world.ts";
import { parseText } from "./text.ts";

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

/** A record as name servers need it. */
export type ServedRecord = Pick<ZoneRecord, "type" | "name" | "content" | "ttl"> &
  Partial<Pick<ZoneRecord, "priority" | "proxied" | "settings">>;

/** A zone as its name servers serve it now. */
export interface ServedZone {
  /** Empty for the root. */
  name: string;
  nameServers: readonly string[];
  serial: number;
  records: readonly ServedRecord[];
  /** Where proxied records lead; none where nothing is proxied. */
  proxy?: { A: string[]; AAAA: string[] };
  /** Whether every CNAME is flattened; undefined where none ever is. */
  flattenAll?: boolean;
}

/** Seconds that "automatic" stands for (Cloudflare's page "Time to Live"). */
const AUTOMATIC_TTL = 300;

const FAMILY = { A: 4, AAAA: 6 };

/**
 * A record as it stands in a zone, as it is answered; nothing for a type that the lab does not serve, and for what
 * is no address.
 */
export function convert({ type, name, content, priority, ...record }: ServedRecord): DnsRecord[] {
  const ttl = record.ttl === 1 ? AUTOMATIC_TTL : record.ttl;
  switch (type) {
    case "A":
    case "AAAA":
      return isIP(content) === FAMILY[type] ? [{ name, type, ttl, data: content }] : [];
    case "CNAME":
    case "NS":
    case "PTR":
      return [{ name, type, ttl, data: content.replace(/\.$/, "") }];
    case "MX":
      return [{ name, type, ttl, data: { preference: priority ?? 0, exchange: content } }];
    case "TXT":
      return [{ name, type, ttl, data: parseText(content) ?? [content] }];
    default:
      return [];
  }
}

/** A zone's SOA record, with the numbers that Cloudflare's have. */
export function soaOf({ name, nameServers, serial }: ServedZone): DnsRecord {
  const [mname = ""] = nameServers;
  const rname = `dns.${mname.slice(mname.indexOf(".") + 1).replace(/^ns\./, "")}`;
  const times = { refresh: 10_000, retry: 2400, expire: 604_800, minimum: 1800 };
  return { name, type: "SOA", ttl: 1800, data: { mname, rname, serial, ...times } };
}
