import type { Resolve, StoredRecord } from "../../mail/dns/record.ts";
import type { Zones } from "../../zone/cloudflare.ts";

/** The zones that one run of the engine works on. */
export interface ZoneAccess {
  zones(): Promise<Zones>;
  /** Every record of a zone as it was when first asked for, read once per run. */
  facts(zoneId: string): Promise<readonly StoredRecord[]>;
  /** Asks DNS as this machine does, each question once per run: for names of other people. */
  resolve: Resolve;
  /** Asks a zone's own name servers. */
  zoneResolve(zone: string): Promise<Resolve>;
}

/** No token is read, and no client library loaded, before one of the functions is called. */
export function openZones(): ZoneAccess {
  const facts = new Map<string, Promise<readonly StoredRecord[]>>();
  let client: Promise<Zones> | undefined;
  const answers = new Map<string, ReturnType<Resolve>>();
  let dns: Promise<Resolve> | undefined;
  const zones = () => {
    client ??= import("../../zone/cloudflare.ts").then(({ cloudflare }) => cloudflare());
    return client;
  };
  return {
    zones,
    facts(zoneId) {
      const read = facts.get(zoneId) ?? zones().then((zone) => zone.records(zoneId));
      facts.set(zoneId, read);
      return read;
    },
    resolve(name, type) {
      dns ??= import("../../zone/resolver.ts").then(({ resolver }) => resolver());
      const key = `${type} ${name}`;
      const answer = answers.get(key) ?? dns.then((ask) => ask(name, type));
      answers.set(key, answer);
      return answer;
    },
    async zoneResolve(zone) {
      const { zoneResolver } = await import("../../zone/resolver.ts");
      return zoneResolver(zone);
    },
  };
}
