import { parseText, quoteText } from "../dns/text.ts";
import type { Zone, ZoneRecord } from "../world/world.ts";

const TYPES = ["A", "AAAA", "CNAME", "MX", "TXT"];

/** The zone as a BIND file, as "Export" gives it: automatic TTLs as 1, Cloudflare's own marks as comments. */
export function exportZone(zone: Zone, now: Date): string {
  const { name, nameServers, serial, records } = zone;
  const soa = `${nameServers[0]}. dns.cloudflare.com. ${serial} 10000 2400 604800 3600`;
  const sections = TYPES.map((type) => records.filter((one) => one.type === type)).filter(
    (some) => some.length > 0,
  );
  return `${[
    `;;\n;; Domain:     ${name}.\n;; Exported:   ${now.toISOString().slice(0, 19).replace("T", " ")}\n;;`,
    `;; SOA Record\n${line(name, 3600, "SOA", soa)}`,
    [";; NS Records", ...nameServers.map((host) => line(name, 86_400, "NS", `${host}.`))].join(
      "\n",
    ),
    ...sections.map((some) => [`;; ${some[0]?.type} Records`, ...some.map(lineOf)].join("\n")),
  ].join("\n\n")}\n`;
}

function line(name: string, ttl: number, type: string, data: string): string {
  return `${name}.\t${ttl}\tIN\t${type}\t${data}`;
}

function lineOf(record: ZoneRecord): string {
  const { name, ttl, type, comment } = record;
  const mark = ["A", "AAAA", "CNAME"].includes(type) ? [`cf_tags=${tagsOf(record)}`] : [];
  const remarks = [...(comment === null ? [] : [comment.replaceAll(/\s+/g, " ")]), ...mark];
  const written = line(name, ttl, type, dataOf(record));
  return remarks.length > 0 ? `${written} ; ${remarks.join(" ")}` : written;
}

function tagsOf({ proxied, settings }: ZoneRecord): string {
  const flattened = settings.flatten_cname === true ? ",cf-flatten-cname" : "";
  return `cf-proxied:${proxied}${flattened}`;
}

function dataOf({ type, content, priority }: ZoneRecord): string {
  if (type === "TXT") return quoteText(parseText(content) ?? [content]);
  if (type === "CNAME") return `${content}.`;
  return type === "MX" ? `${priority} ${content}.` : content;
}
