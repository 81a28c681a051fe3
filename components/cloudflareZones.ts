import * as pulumi from "@pulumi/pulumi";
import { zoneOf } from "../mail/dns/record.ts";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import { summarize } from "../mail/problem.ts";
import { getZones } from "./cloudflare.ts";

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
  if (missing.length > 0)
    throw new pulumi.RunError(summarize(missing.map(missingZoneProblem)).join("\n"));
  return zones.filter((zone) => ours.some((domain) => zoneOf(domain, zones) === zone));
}

const missingZoneProblem = (domain: string) => ({
  key: domain,
  value: undefined,
  rule: "is in no active zone that the token of CLOUDFLARE_API_TOKEN sees",
  fix: "give the token Zone Read for its zone, or set dns: {host: external} for the domain",
});

function failReading(cause: unknown): never {
  const words = cause instanceof Error ? cause.message : String(cause);
  throw new pulumi.RunError(
    `Cloudflare's zones could not be read: ${words}; set CLOUDFLARE_API_TOKEN to an API token with Zone Read and DNS Edit, or set dns: {host: external} for every domain`,
  );
}
