import type { World, Zone } from "../world/world.ts";
import { proxyAddresses } from "./drawnAddress.ts";
import { microsoftZones } from "./microsoft.ts";
import { nameServerZones } from "./nameServers.ts";
import type { ServedZone } from "./zone.ts";

/** Every zone of the lab's DNS at a time, the root among them. */
export function servedZones(world: World, now: Date): ServedZone[] {
  const zones = [
    ...world.cloudflare.zones.filter(({ status }) => status === "active").map(atCloudflare(now)),
    ...world.otherZones.map(served(now)),
    ...microsoftZones(world, now),
    { name: "", nameServers: ["a.root-servers.net", "b.root-servers.net"], serial: 1, records: [] },
  ];
  return [...zones, ...nameServerZones(zones)];
}

/** The zone with what its servers still have of the time before a change. */
function served(now: Date): (zone: Zone) => ServedZone {
  return (zone) => {
    const past = zone.past.find(({ until }) => Date.parse(until) > now.getTime());
    const { serial, records } = past ?? zone;
    return { name: zone.name, nameServers: zone.nameServers, serial, records };
  };
}

function atCloudflare(now: Date): (zone: Zone) => ServedZone {
  return (zone) => ({
    ...served(now)(zone),
    flattenAll: zone.flattenAll,
    ...(!zone.paused && { proxy: proxyAddresses(zone.id) }),
  });
}
