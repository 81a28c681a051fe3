import type { CloudflareAccount, Zone, ZoneRecord } from "../world/world.ts";

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

/** A zone as the API gives it; what hangs on contract and history is the same for all. */
export function presentZone(zone: Zone, account: CloudflareAccount): object {
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
    permissions: account.token.permissions[id]?.map((permission) => `#${permission}`) ?? [],
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
