import { isIP } from "node:net";
import type { DnsRecord } from "./record.ts";
import { parseText } from "./text.ts";
import type { ServedRecord, ServedZone } from "./zone.ts";

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
