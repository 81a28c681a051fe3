import { getZones } from "@pulumi/cloudflare/getZones.js";
import * as pulumi from "@pulumi/pulumi";
import { zoneOf } from "../mail/dns/record.ts";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import { summarize } from "../mail/problem.ts";

/** A zone at Cloudflare that the API token sees. */
export interface Zone {
  readonly id: string;
  readonly name: string;
}

/** The plugin itself stops at 1,000. */
const MOST_ZONES = 100_000;

/**
 * The zones of the domains whose DNS is at Cloudflare, each once. Asks Cloudflare once, however many domains there are,
 * and not at all when there are none.
 *
 * @throws RunError that names every domain without a zone, or says why the zones can't be read
 */
export async function findZones(domains: readonly SendingDomain[]): Promise<Zone[]> {
  const ours = domains.filter(({ dns }) => dns.host === "cloudflare").map(({ name }) => name);
  if (ours.length === 0) return [];
  const { results } = await getZones({ maxItems: MOST_ZONES }).catch(failReading);
  const zones = results
    .filter(({ status }) => status === "active")
    .map(({ id, name }) => ({ id, name: name.toLowerCase() }));
  const missing = ours.filter((domain) => zoneOf(domain, zones) === undefined);
  if (missing.length > 0) {
    const problems = missing.map((domain) => missingZoneProblem(domain, results));
    throw new pulumi.RunError(summarize(problems).join("\n"));
  }
  return zones.filter((zone) => ours.some((domain) => zoneOf(domain, zones) === zone));
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

function failReading(cause: unknown): never {
  const words = cause instanceof Error ? cause.message : String(cause);
  throw new pulumi.RunError(
    `Cloudflare's zones could not be read: ${words}; set CLOUDFLARE_API_TOKEN to an API token with Zone Read and DNS Edit, or set dns: {host: external} for every domain`,
  );
}
