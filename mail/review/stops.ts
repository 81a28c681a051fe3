import { credentialStops } from "./credentialStops.ts";
import { domainStops } from "./domainStops.ts";
import type { Change, Stop } from "./effects.ts";
import { senderStops } from "./senderStops.ts";

/** What a change stops, senders first, each once. */
export function stopsOf(change: Change): Stop[] {
  const stops = [...senderStops(change), ...credentialStops(change), ...domainStops(change)];
  return [...new Map(stops.map((stop) => [JSON.stringify(stop), stop])).values()];
}
