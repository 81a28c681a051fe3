import type { Resolve, StoredRecord } from "../mail/dns/record.ts";
import { restOf } from "../mail/dns/spf/plan.ts";
import { unquoteTxt } from "../mail/dns/txt.ts";
import { type Found, recordCommand } from "../mail/teardown/found.ts";
import type { Zones } from "./cloudflare.ts";
import { isAtCloudflare, isGone } from "./hosting.ts";

/** A zone at Cloudflare. */
export interface KnownZone {
  readonly id: string;
  readonly name: string;
}

/** What the zones of a stack are known by. */
export interface WantedZones {
  /** Names of the domains whose DNS is at Cloudflare by the stack file. */
  readonly domains: readonly string[];
  /** Other names that the stack may have records at. */
  readonly names: readonly string[];
  /** Zones that the stack's state has records in. */
  readonly known: readonly KnownZone[];
}

/**
 * Looks up a stack's zones: in which each name stands, and of those that its state knows the ones that are still there.
 *
 * @throws ZoneError; Error where a domain's zone is at Cloudflare, and the token does not see it
 */
export async function zonesOf(
  zones: Zones,
  { domains, names, known }: WantedZones,
  resolve: Resolve,
): Promise<KnownZone[]> {
  const ids = new Map<string, Promise<string[]>>();
  const idsOf = (name: string): Promise<string[]> => {
    const asked = ids.get(name) ?? zones.ids(name);
    ids.set(name, asked);
    return asked;
  };
  /** Those of the name, or of the nearest name above it that is a zone which the token sees. */
  const nearest = async (name: string): Promise<KnownZone[]> => {
    if (!name.includes(".")) return [];
    const found = await idsOf(name);
    if (found.length > 0) return found.map((id) => ({ id, name }));
    return nearest(name.slice(name.indexOf(".") + 1));
  };
  const demanded = async (domain: string): Promise<KnownZone[]> => {
    const found = await nearest(domain);
    if (found.length === 0 && (await isServedByCloudflare(domain, resolve))) throw unseen(domain);
    return found;
  };
  const kept = async (zone: KnownZone): Promise<KnownZone[]> =>
    (await isGone(zone, await idsOf(zone.name), resolve)) ? [] : [zone];
  const found = await Promise.all([
    ...known.map(kept),
    ...domains.map(demanded),
    ...names.map(nearest),
  ]);
  return [...new Map(found.flat().map((zone) => [zone.id, zone])).values()];
}

/** Whether the nearest zone that a domain stands in is at Cloudflare. */
async function isServedByCloudflare(domain: string, resolve: Resolve): Promise<boolean> {
  if (!domain.includes(".")) return false;
  const above = domain.slice(domain.indexOf(".") + 1);
  return (await isAtCloudflare(domain, resolve)) ?? isServedByCloudflare(above, resolve);
}

const unseen = (domain: string): Error =>
  new Error(
    `nobody can look for records of ${domain}: its zone is at Cloudflare, and the token of CLOUDFLARE_API_TOKEN does not see it; give the token the permissions Zone.Zone Read and Zone.DNS Edit for this zone`,
  );

/**
 * Lists the records of zones that bear a mark of this project. It only reads.
 *
 * @param termsOf the terms that the stack adds to the SPF record of a domain
 * @throws ZoneError
 */
export async function findInZones(
  zones: Zones,
  known: readonly KnownZone[],
  termsOf: (domain: string) => readonly string[],
): Promise<Found[]> {
  const api = process.env.CLOUDFLARE_BASE_URL ?? "https://api.cloudflare.com/client/v4";
  const found = known.map(async ({ id: zoneId, name: zone }) => {
    const records = await zones.records(zoneId);
    return records
      .filter(({ comment }) => comment !== "")
      .map((record): Found => {
        const { id, type, name, comment } = record;
        return {
          ...{ kind: "record", id, where: `the zone ${zone}`, mark: comment, names: [] },
          name: `${type} ${name}`,
          ...removalOf(record, termsOf(name), (change) => recordCommand(api, zoneId, id, change)),
        };
      });
  });
  return (await Promise.all(found)).flat();
}

/** An SPF record of ours to which others have added terms is theirs: the stack's terms go, and the mark. */
function removalOf(
  { type, content }: StoredRecord,
  terms: readonly string[],
  command: (change?: { content: string; comment: string }) => string,
): Pick<Found, "command" | "note"> {
  const isSpf = type === "TXT" && /^v=spf1(?: |$)/i.test(unquoteTxt(content));
  const rest = isSpf ? restOf(content, { added: terms, original: null, written: "" }) : undefined;
  if (rest === undefined) return { command: command() };
  return {
    command: command({ content: rest, comment: "" }),
    note: "it holds terms that others have added, which stay",
  };
}
