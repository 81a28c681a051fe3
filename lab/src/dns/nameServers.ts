import { bytesOf } from "./drawnAddress.ts";
import type { ServedZone } from "./zone.ts";

/** The zones in which the name servers of `zones` have their addresses. */
export function nameServerZones(zones: readonly ServedZone[]): ServedZone[] {
  const hosts = [...new Set(zones.flatMap(({ nameServers }) => nameServers))].sort();
  const byParent = Map.groupBy(hosts, (host) => host.slice(host.indexOf(".") + 1));
  return [...byParent].map(([name, nameServers]) => ({
    name,
    nameServers,
    serial: 1,
    records: nameServers.map((host) => {
      const [, , , last] = bytesOf(host);
      return { type: "A", name: host, content: `173.245.58.${last}`, ttl: 86_400 };
    }),
  }));
}
