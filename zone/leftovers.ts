import type { StoredRecord } from "../mail/dns/record.ts";
import { restOf } from "../mail/dns/spf/plan.ts";
import { unquoteTxt } from "../mail/dns/txt.ts";
import { type Found, recordCommand } from "../mail/teardown/found.ts";
import type { Zones } from "./cloudflare.ts";

/** A zone at Cloudflare. */
export interface KnownZone {
  readonly id: string;
  readonly name: string;
}

/**
 * Looks up the zones that names stand in: each name, or the nearest name above it, that is a zone which the token sees.
 *
 * @throws ZoneError
 */
export async function zonesOf(zones: Zones, names: readonly string[]): Promise<KnownZone[]> {
  const ids = new Map<string, Promise<string[]>>();
  const idsOf = (name: string): Promise<string[]> => {
    const asked = ids.get(name) ?? zones.ids(name);
    ids.set(name, asked);
    return asked;
  };
  const nearest = async (name: string): Promise<KnownZone[]> => {
    if (!name.includes(".")) return [];
    const found = await idsOf(name);
    if (found.length > 0) return found.map((id) => ({ id, name }));
    return nearest(name.slice(name.indexOf(".") + 1));
  };
  const found = (await Promise.all(names.map(nearest))).flat();
  return [...new Map(found.map((zone) => [zone.id, zone])).values()];
}

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
