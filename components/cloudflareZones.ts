import { getZones } from "@pulumi/cloudflare/getZones.js";
import { zoneOf } from "../mail/dns/record.ts";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import type { Problem } from "../mail/problem.ts";

/** A zone at Cloudflare that the API token sees. */
export interface Zone {
  readonly id: string;
  readonly name: string;
}

/** The plugin itself stops at 1,000. */
const MOST_ZONES = 100_000;

/** The zones of a relay's domains, and what is wrong with those that are not here. */
export interface FoundZones {
  readonly zones: readonly Zone[];
  readonly zoneProblems: readonly Problem[];
}

/**
 * The zones of the domains whose DNS is at Cloudflare, each once. Asks Cloudflare once, however many domains there are,
 * and not at all when there are none. The survey reports the problems, together with its own.
 */
export async function findZones(domains: readonly SendingDomain[]): Promise<FoundZones> {
  const ours = domains.filter(({ dns }) => dns.host === "cloudflare").map(({ name }) => name);
  if (ours.length === 0) return { zones: [], zoneProblems: [] };
  const seen = await getZones({ maxItems: MOST_ZONES }).catch(unreadableProblem);
  if (!("results" in seen)) return { zones: [], zoneProblems: [seen] };
  const zones = seen.results
    .filter(({ status }) => status === "active")
    .map(({ id, name }) => ({ id, name: name.toLowerCase() }));
  return {
    zones: zones.filter((zone) => ours.some((domain) => zoneOf(domain, zones) === zone)),
    zoneProblems: ours
      .filter((domain) => zoneOf(domain, zones) === undefined)
      .map((domain) => missingZoneProblem(domain, seen.results)),
  };
}

/** @param seen the zones that the token sees, active or not */
function missingZoneProblem(domain: string, seen: Awaited<ReturnType<typeof getZones>>["results"]) {
  const inactive = zoneOf(
    domain,
    seen.map((zone) => ({ ...zone, name: zone.name.toLowerCase() })),
  );
  if (inactive === undefined) {
    return {
      key: domain,
      value: undefined,
      rule: "is in no active zone that the token of CLOUDFLARE_API_TOKEN sees",
      fix: "give the token Zone Read for its zone, or set dns: {host: external} for the domain",
    };
  }
  const { name, status, nameServers } = inactive;
  return {
    key: domain,
    value: undefined,
    rule: `is in the zone ${name}, which is ${status} at Cloudflare and not active, so that its records are not served`,
    fix: `set the name servers of ${name} to ${nameServers.join(" and ")} at its registrar and wait until the zone is active, or set dns: {host: external} for the domain`,
  };
}

function unreadableProblem(cause: unknown): Problem {
  const words = cause instanceof Error ? cause.message : String(cause);
  return {
    key: "Cloudflare's zones",
    value: undefined,
    rule: `could not be read (${words})`,
    fix: "set CLOUDFLARE_API_TOKEN to an API token with Zone Read and DNS Edit, or set dns: {host: external} for every domain",
  };
}
