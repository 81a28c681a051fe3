import type { Context } from "../context.ts";
import type { Zone, ZoneRecord } from "../world/world.ts";

/** Gives a zone other records: a new serial, and for a while (`dnsDelayMs`) the old ones in the DNS. */
export function changeZone(
  zone: Zone,
  records: ZoneRecord[],
  { world, clock, changed }: Pick<Context, "world" | "clock" | "changed">,
): void {
  const now = clock.now().getTime();
  const delay = world.settings.dnsDelayMs;
  zone.past = zone.past.filter(({ until }) => Date.parse(until) > now);
  if (delay > 0) {
    const { serial, records: was } = zone;
    zone.past.push({ until: new Date(now + delay).toISOString(), serial, records: was });
  }
  zone.serial += 1;
  zone.records = records;
  changed();
}
