import type { Resolve, StoredRecord } from "../../mail/dns/record.ts";
import type { Zones } from "../../zone/cloudflare.ts";
import { isGone } from "../../zone/hosting.ts";
import { reportPause } from "./waiting.ts";

/** The zones that one run of the engine works on. */
export interface ZoneAccess {
  /** The records of a zone are read once per run; what the run writes is kept up with. */
  zones(): Promise<Zones>;
  /** Every record of a zone. */
  facts(zoneId: string): Promise<readonly StoredRecord[]>;
  /** Whether a zone's id names nothing any more: the zone has another id now, or is at another host. */
  isGone(zoneId: string, zone: string): Promise<boolean>;
  /** Asks DNS as this machine does, each question once per run: for names of other people. */
  resolve: Resolve;
  /** Asks a zone's own name servers. */
  zoneResolve(zone: string): Promise<Resolve>;
}

/** No token is read, and no client library loaded, before one of the functions is called. */
export function openZones(): ZoneAccess {
  let client: Promise<Zones> | undefined;
  const ids = new Map<string, Promise<string[]>>();
  let dns: Promise<Resolve> | undefined;
  const zones = () => {
    client ??= import("../../zone/cloudflare.ts").then(({ cloudflare }) =>
      readOnce(cloudflare(process.env, reportPause)),
    );
    return client;
  };
  const resolve: Resolve = (name, type) => {
    dns ??= import("../../zone/resolver.ts").then(({ askOnce, resolver }) => askOnce(resolver()));
    return dns.then((ask) => ask(name, type));
  };
  return {
    zones,
    facts: async (zoneId) => (await zones()).records(zoneId),
    async isGone(zoneId, zone) {
      const found = ids.get(zone) ?? zones().then((client) => client.ids(zone));
      ids.set(zone, found);
      return isGone({ id: zoneId, name: zone }, await found, resolve);
    },
    resolve,
    async zoneResolve(zone) {
      const { zoneResolver } = await import("../../zone/resolver.ts");
      return zoneResolver(zone);
    },
  };
}

/** Zones whose records are read once, and again where somebody else has changed one or a write has failed. */
function readOnce(zones: Zones): Zones {
  const read = new Map<string, Promise<StoredRecord[]>>();
  const all = (zoneId: string): Promise<StoredRecord[]> => {
    const records = read.get(zoneId) ?? zones.records(zoneId);
    read.set(zoneId, records);
    return records;
  };
  const change = async (zoneId: string, edit: (records: StoredRecord[]) => StoredRecord[]) => {
    const records = await read.get(zoneId);
    if (records !== undefined) read.set(zoneId, Promise.resolve(edit(records)));
  };
  const writing = async <T>(zoneId: string, write: () => Promise<T>): Promise<T> => {
    try {
      return await write();
    } catch (error) {
      read.delete(zoneId);
      throw error;
    }
  };
  return {
    active: zones.active,
    ids: zones.ids,
    async records(zoneId, name) {
      const records = await all(zoneId);
      return name === undefined ? records : records.filter((record) => record.name === name);
    },
    create: (zoneId, record) =>
      writing(zoneId, async () => {
        const id = await zones.create(zoneId, record);
        const made = { comment: "", ...record, id, proxied: false };
        await change(zoneId, (records) => [...records.filter((one) => one.id !== id), made]);
        return id;
      }),
    setContent: (zoneId, id, was, content, comment) =>
      writing(zoneId, async () => {
        const isSet = await zones.setContent(zoneId, id, was, content, comment);
        if (!isSet) read.delete(zoneId);
        const as = { content, proxied: false, ...(comment === undefined ? {} : { comment }) };
        await change(zoneId, (records) =>
          records.map((record) => (record.id === id ? { ...record, ...as } : record)),
        );
        return isSet;
      }),
    remove: (zoneId, id) =>
      writing(zoneId, async () => {
        await zones.remove(zoneId, id);
        await change(zoneId, (records) => records.filter((record) => record.id !== id));
      }),
  };
}
