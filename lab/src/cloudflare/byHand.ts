import { type Context, newHexId } from "../context.ts";
import { changeZone } from "../dns/changeZone.ts";
import type { ZoneRecord } from "../world/world.ts";

/** A record as an owner writes it down; everything else has a default. */
export type RecordByHand = Pick<ZoneRecord, "type" | "name" | "content"> & Partial<ZoneRecord>;

/**
 * Changes a zone, at Cloudflare or elsewhere, as its owner would: `edit` gets copies of the records and gives the
 * ones to have. No rule is looked at, so that stories can have what owners managed to make.
 *
 * @throws Error when there is no such zone
 */
export function editByHand(
  zoneName: string,
  edit: (records: RecordByHand[]) => RecordByHand[],
  context: Context,
): void {
  const { world, clock, log } = context;
  const zone = [...world.cloudflare.zones, ...world.otherZones].find(
    ({ name }) => name === zoneName,
  );
  if (!zone) throw new Error(`editZone: the lab has no zone "${zoneName}"`);
  const now = clock.now().toISOString();
  const records = edit(structuredClone(zone.records)).map((record) => ({
    ttl: 1,
    proxied: false,
    settings: {},
    comment: null,
    tags: [],
    createdOn: now,
    modifiedOn: now,
    ...record,
    id: record.id ?? newHexId(world),
  }));
  changeZone(zone, records, context);
  log.add({ service: "admin", what: `edit ${zoneName}`, result: "done" });
}
