import type { Finding } from "../finding.ts";

/** What the token sees of the zone that a domain stands in. */
export interface ZoneSeen {
  readonly domain: string;
  /** The zone's name; undefined where the token sees none for the domain. */
  readonly zone: string | undefined;
  /** Whether Cloudflare serves it. */
  readonly isActive: boolean;
  /** Whether the token may read its records. */
  readonly mayRead: boolean;
  /** The name servers that the world asks; undefined where DNS did not say. */
  readonly nameServers: readonly string[] | undefined;
}

const PERMISSIONS = "Zone.Zone Read and Zone.DNS Edit";

/** Judges whether what the stack writes at Cloudflare reaches the world. */
export function judgeZone(seen: ZoneSeen): Finding {
  const { domain, zone, isActive, mayRead, nameServers } = seen;
  const resource = `zone ${zone ?? `of ${domain}`} at Cloudflare`;
  if (zone === undefined) {
    return {
      severity: "error",
      what: `the token in CLOUDFLARE_API_TOKEN sees no zone of ${domain}`,
      why: "an up can't publish the domain's SPF, DKIM and DMARC records",
      fix: `give the token ${PERMISSIONS} for the domain's zone, or set dns: {host: external} for the domain`,
      resource,
    };
  }
  if (!isActive) {
    return {
      severity: "error",
      what: `the zone ${zone} is not active`,
      why: "nobody asks Cloudflare for the domain's records, so receivers do not see what the stack publishes",
      fix: `set the name servers that Cloudflare's dashboard shows for ${zone} at its registrar and wait until the zone is active, or set dns: {host: external} for the domain`,
      resource,
    };
  }
  if (!mayRead) {
    return {
      severity: "error",
      what: `the token in CLOUDFLARE_API_TOKEN may not read the records of ${zone}`,
      why: "an up can't see what is there, and changes nothing",
      fix: `give the token ${PERMISSIONS} for this zone; to look only, Zone.DNS Read is enough`,
      resource,
    };
  }
  if (nameServers === undefined) {
    return {
      severity: "unknown",
      what: `the name servers of ${zone} could not be looked up`,
      why: "whether the world asks Cloudflare for the domain's records is not known",
      fix: "check this machine's DNS server, or name another one in M365_SMTP_RELAY_DNS_SERVER",
      resource,
    };
  }
  const others = nameServers.filter((server) => !server.endsWith(".ns.cloudflare.com"));
  if (others.length > 0 || nameServers.length === 0) {
    const who = others.length > 0 ? others.join(", ") : "no name server at all";
    return {
      severity: "warning",
      what: `the name servers of ${zone} include ${who}`,
      why: "unless these are custom name servers of the zone at Cloudflare, receivers ask somebody else and do not see what the stack publishes",
      fix: `enter only Cloudflare's name servers at the registrar of ${zone}, or set dns: {host: external} for the domain`,
      resource,
    };
  }
  return {
    severity: "ok",
    what: `${domain}: the token reads the records of the active zone ${zone}; npm run bootstrap -- --stack NAME --check says whether it may write them`,
  };
}
