import { mock } from "node:test";
import type { RecordByHand } from "../../../lab/src/lab.ts";
import { openZones, type ZoneAccess } from "../../../providers/host/zones.ts";
import type { Zones } from "../../../zone/cloudflare.ts";
import { openProviderFixture, useOpened } from "./fixture.ts";

/** What the engine passes for a value that only an `up` can tell. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The stack that owns what the tests declare. */
export const OWNER = "relay/test";

/** Stands between a kind and the zones. */
export type AroundZones = (zones: Zones) => Partial<Zones>;

/** A lab with a zone of the tenant, for resource kinds that work on it. */
export async function openZoneFixture(seed: string) {
  const fixture = await openProviderFixture(seed);
  const { lab, domain } = fixture;
  const zone = () => {
    const found = lab.world.cloudflare.zones.find(({ name }) => name === domain);
    if (!found) throw new Error("the account has lost the zone");
    return found;
  };
  const said: string[] = [];
  const muted = mock.method(console, "log", (line: string) => void said.push(line));
  const before = new Map<string, string | undefined>();
  for (const [key, value] of Object.entries(lab.env)) {
    before.set(key, process.env[key]);
    process.env[key] = value;
  }

  return {
    ...fixture,
    zoneId: zone().id,
    /** What the product printed, in this test. */
    said,
    reset(): void {
      fixture.reset();
      said.length = 0;
    },
    /** The zones as one run of the engine has them. */
    access(around: AroundZones = () => ({})): ZoneAccess {
      const opened = openZones();
      return {
        ...opened,
        async zones() {
          const zones = await opened.zones();
          return { ...zones, ...around(zones) };
        },
      };
    },
    /** The zone, but for what any write moves on: equal before and after means that not a byte was changed. */
    held: () => structuredClone(zone().records.map(({ modifiedOn: _, ...record }) => record)),
    /** The records of one name and type. */
    at: (name: string, type = "TXT") =>
      zone().records.filter((one) => one.name === name && one.type === type),
    /** Puts records in the place of those with the same name and type, as the zone's owner. */
    place(...placed: RecordByHand[]): void {
      lab.editZone(domain, (records) => [
        ...records.filter(
          ({ name, type }) => !placed.some((one) => one.name === name && one.type === type),
        ),
        ...placed,
      ]);
    },
    /** Changes the records of one name and type where they stand, as the zone's owner. */
    edit(name: string, change: object, type = "TXT"): void {
      lab.editZone(domain, (records) =>
        records.map((one) =>
          one.name === name && one.type === type ? { ...one, ...change } : one,
        ),
      );
    },
    /** Takes the records of one name and type away, as the zone's owner. */
    take(name: string, type = "TXT"): void {
      lab.editZone(domain, (records) =>
        records.filter((one) => one.name !== name || one.type !== type),
      );
    },
    /** What Cloudflare was asked in this test, by method. */
    calls: (method = "") =>
      fixture
        .events()
        .filter(({ service, what }) => service === "cloudflare" && what.startsWith(method)).length,
    async close(): Promise<void> {
      muted.mock.restore();
      for (const [key, value] of before) {
        if (value === undefined) delete process.env[key];
        else process.env[key] = value;
      }
      await fixture.close();
    },
  };
}

export type ZoneFixture = Awaited<ReturnType<typeof openZoneFixture>>;

/** A lab with a zone of the tenant, for the tests of a suite. */
export const useZoneFixture = (seed: string): ZoneFixture => useOpened(() => openZoneFixture(seed));
