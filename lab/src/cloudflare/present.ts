import { parseText, quoteText } from "../dns/text.ts";
import type { CloudflareAccount, Zone, ZoneRecord } from "../world/world.ts";
import type { Permission } from "./access.ts";

/** Types that Cloudflare can put its own servers before. */
export const PROXIABLE: readonly string[] = ["A", "AAAA", "CNAME"];

/** A record as the API gives it. */
export function presentRecord(record: ZoneRecord): object {
  const { id, name, type, content, priority, proxied, ttl, settings, comment, tags } = record;
  return {
    id,
    name,
    type,
    content,
    ...(priority !== undefined && { priority }),
    proxiable: PROXIABLE.includes(type),
    proxied,
    ttl,
    settings,
    meta: {},
    comment,
    tags,
    created_on: record.createdOn,
    modified_on: record.modifiedOn,
    ...(comment !== null && { comment_modified_on: record.modifiedOn }),
  };
}

/** How a zone names what the token that asks for it may do (live zones in public clients of 2026). */
const SHOWN: Record<Permission, string> = {
  "zone:read": "#zone:read",
  "dns:read": "#dns_records:read",
  "dns:edit": "#dns_records:edit",
};

/** A zone as the API gives it; what hangs on contract and history is the same for all. */
export function presentZone(
  zone: Zone,
  account: CloudflareAccount,
  permissions: readonly Permission[],
): object {
  const { id, name, status, paused, nameServers } = zone;
  const since = "2023-03-14T08:00:00.000000Z";
  return {
    id,
    name,
    status,
    paused,
    type: "full",
    development_mode: 0,
    name_servers: nameServers,
    original_name_servers: ["ns1.registrar.example", "ns2.registrar.example"],
    original_registrar: null,
    original_dnshost: null,
    modified_on: since,
    created_on: since,
    activated_on: status === "active" ? since : null,
    vanity_name_servers: [],
    meta: {
      step: 2,
      custom_certificate_quota: 0,
      page_rule_quota: 3,
      phishing_detected: false,
    },
    owner: { id: null, type: "user", email: null },
    account: { id: account.id, name: account.name },
    tenant: { id: null, name: null },
    tenant_unit: { id: null },
    permissions: permissions.map((permission) => SHOWN[permission]),
    plan: {
      id: "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
      name: "Free Website",
      price: 0,
      currency: "USD",
      frequency: "",
      is_subscribed: false,
      can_subscribe: false,
      legacy_id: "free",
      legacy_discount: false,
      externally_managed: false,
    },
  };
}

const TYPES = ["A", "AAAA", "CNAME", "MX", "NS", "TXT"];

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
  if (type === "CNAME" || type === "NS") return `${content}.`;
  if (type !== "MX") return content;
  return content === "." ? `${priority} .` : `${priority} ${content}.`;
}
