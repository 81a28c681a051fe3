import type { ZoneRecord } from "../world/world.ts";

/** A record as name servers need it. */
export type ServedRecord = Pick<ZoneRecord, "type" | "name" | "content" | "ttl"> &
  Partial<Pick<ZoneRecord, "priority" | "proxied" | "settings">>;

/** A zone as its name servers serve it now. */
export interface ServedZone {
  /** Empty for the root. */
  name: string;
  nameServers: readonly string[];
  serial: number;
  records: readonly ServedRecord[];
  /** Where proxied records lead; none where nothing is proxied. */
  proxy?: { A: string[]; AAAA: string[] };
  /** Whether every CNAME is flattened; undefined where none ever is. */
  flattenAll?: boolean;
}
