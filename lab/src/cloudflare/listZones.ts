import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { CloudflareAccount, Zone } from "../world/world.ts";
import { pageOf } from "./paging.ts";
import { presentZone } from "./present.ts";
import * as replies from "./replies.ts";

type Query = Record<string, string>;
type Filter = (zone: Zone, value: string, account: CloudflareAccount) => boolean;

const FILTERS: Record<string, Filter> = {
  name: (zone, value) => zone.name === value.toLowerCase(),
  status: (zone, value) => zone.status === value,
  "account.id": (_zone, value, account) => account.id === value,
  "account.name": (_zone, value, account) => account.name === value,
};

/** The zones that the token may see, filtered and cut as the query wants. */
export function listZones(account: CloudflareAccount, query: Query): Sourced<HttpReply> {
  const { order = "name", direction = "asc", match = "all" } = query;
  const known = [...Object.keys(FILTERS), "page", "per_page", "order", "direction", "match"];
  const unknown = Object.keys(query).find((key) => !known.includes(key));
  if (unknown !== undefined) return replies.unknownQuery(unknown);
  if (order !== "name") return replies.unknownQuery(`order=${order}`);
  if (!["asc", "desc"].includes(direction)) return replies.unknownQuery(`direction=${direction}`);
  if (match !== "all") return replies.unknownQuery(`match=${match}`);
  const found = account.zones
    .filter(({ id }) => account.token.permissions[id]?.includes("zone:read"))
    .filter((zone) =>
      Object.entries(FILTERS).every(([key, fits]) => {
        const value = query[key];
        return value === undefined || fits(zone, value, account);
      }),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (direction === "desc") found.reverse();
  const shown = found.map((zone) => presentZone(zone, account));
  return pageOf(shown, query, { usual: 20, least: 5, most: 50 });
}
