import { zoneOf } from "../../../mail/dns/record.ts";
import { judgeZone, type ZoneSeen } from "../../../mail/doctor/network/zone.ts";
import { cloudflareDomains } from "../../../mail/rights/rights.ts";
import { cloudflare, type Zone, type Zones } from "../../../zone/cloudflare.ts";
import { mayReadRecords } from "../../bootstrap/cloudflare.ts";
import type { Check } from "../check.ts";
import type { CheckContext } from "../context.ts";

/** Whether the token of Cloudflare reaches the zones of the stack's domains, and the zones reach the world. */
export const zone: Check = {
  name: "zone",
  title: "zones at Cloudflare",
  async look({ config, env, resolve }) {
    const domains = cloudflareDomains(config);
    if (domains.length === 0) {
      return { findings: [], notLookedAt: "every domain has dns: {host: external}" };
    }
    const zones = cloudflare(env);
    const active = await zones.active();
    return Promise.all(
      domains.map(async (domain) => judgeZone(await seenOf(domain, { zones, active, resolve }))),
    );
  },
};

async function seenOf(
  domain: string,
  {
    zones,
    active,
    resolve,
  }: { zones: Zones; active: readonly Zone[]; resolve: CheckContext["resolve"] },
): Promise<ZoneSeen> {
  const found = zoneOf(domain, active);
  if (found === undefined) {
    const inactive = await inactiveZone(domain, zones);
    return { domain, zone: inactive, isActive: false, mayRead: false, nameServers: undefined };
  }
  const { id, name } = found;
  const servers = await resolve(name, "NS");
  return {
    domain,
    zone: name,
    isActive: true,
    mayRead: await mayReadRecords(zones, id),
    nameServers:
      servers.status === "failed" ? undefined : servers.status === "found" ? servers.records : [],
  };
}

/** The name of the nearest zone that the token sees and that is not active. */
async function inactiveZone(domain: string, zones: Zones): Promise<string | undefined> {
  for (let labels = domain.split("."); labels.length > 1; labels = labels.slice(1)) {
    const name = labels.join(".");
    if ((await zones.ids(name)).length > 0) return name;
  }
  return undefined;
}
