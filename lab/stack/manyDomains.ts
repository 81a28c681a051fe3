import { createHash } from "node:crypto";
import type { Lab } from "../src/lab.ts";
import { labConfig } from "./stackConfig.ts";

/**
 * Gives the lab's customer more domains, each verified in the tenant and with a zone of its own at Cloudflare.
 *
 * @returns their names
 */
export function addDomains(lab: Lab, count: number): string[] {
  const { domain } = lab.world.tenant;
  const names = Array.from({ length: count }, (_, index) => `branch-${index + 1}-${domain}`);
  for (const name of names) addDomain(lab, name);
  return names;
}

/** Gives the lab's customer a domain, which is verified in the tenant and has an empty zone of its own at Cloudflare. */
export function addDomain({ world }: Lab, name: string): void {
  const { cloudflare, tenant } = world;
  const [{ nameServers } = { nameServers: NAME_SERVERS }] = cloudflare.zones;
  const id = hexId(name);
  tenant.domains.push({ id: name, isInitial: false, isDefault: false, isVerified: true });
  tenant.acceptedDomains.push({ guid: guidOf(id), name, isDefault: false, isInitial: false });
  cloudflare.token.permissions[id] = ["zone:read", "dns:read", "dns:edit"];
  cloudflare.zones.push({
    ...{ id, name, nameServers, status: "active", paused: false, flattenAll: false },
    ...{ serial: 2_300_000_000, records: [], past: [] },
  });
}

const NAME_SERVERS: [string, string] = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"];

/** The lab's stack file for these domains besides its own, with a sender who sends from all of them. */
export function configOfMany(lab: Lab, names: readonly string[]): Record<string, unknown> {
  const config = labConfig(lab.world);
  const [domains, senders] = ["domains", "senders"].map(
    (key) => config[`m365-smtp-relay:${key}`] as Record<string, unknown>[],
  );
  const [first] = senders ?? [];
  return {
    ...config,
    "m365-smtp-relay:domains": [...(domains ?? []), ...names.map((name) => ({ name }))],
    "m365-smtp-relay:senders": [
      { ...first, from: [...(first?.from as string[]), ...names.map((name) => `*@${name}`)] },
      ...(senders?.slice(1) ?? []),
    ],
  };
}

const hexId = (name: string): string => createHash("md5").update(name).digest("hex");

const guidOf = (hex: string): string =>
  hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
