import { createHash } from "node:crypto";
import { originOf } from "../world/pools.ts";
import type { DkimConfig, World, Zone } from "../world/world.ts";
import type { ServedRecord, ServedZone } from "./record.ts";
import { quoteText, splitText } from "./text.ts";

/** Every zone of the lab's DNS at a time, the root among them. */
export function servedZones(world: World, now: Date): ServedZone[] {
  const zones = [
    ...world.cloudflare.zones.filter(({ status }) => status === "active").map(atCloudflare(now)),
    ...world.otherZones.map(served(now)),
    ...microsoftZones(world, now),
    ...world.receivers.map(({ domain, mxHost }) => organisationZone(domain, mxHost)),
    ...googleZones(world),
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

/** The zones in which the name servers of `zones` have their addresses. */
function nameServerZones(zones: readonly ServedZone[]): ServedZone[] {
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

/** What senders through Exchange Online include, as Microsoft publishes it. */
const EXCHANGE_SPF =
  "v=spf1 ip4:40.92.0.0/15 ip4:40.107.0.0/16 ip4:52.100.0.0/15 ip4:52.102.0.0/16 ip4:52.103.0.0/17 ip4:104.47.0.0/17 ip6:2a01:111:f400::/48 ip6:2a01:111:f403::/49 ip6:2a01:111:f403:8000::/51 ip6:2a01:111:f403:c000::/51 ip6:2a01:111:f403:f000::/52 -all";
const TENANT_SPF = "v=spf1 include:spf.protection.outlook.com -all";

const POOLS = ["normal", "relay", "highRisk"] as const;
const NAME_SERVERS = ["nse12.o365filtering.com", "nse13.o365filtering.com"];
const ZONES = ["outlook.com", "mx.microsoft", "onmicrosoft.com", "dkim.mail.microsoft"];

/** Microsoft's zones, as far as this world speaks of them. */
function microsoftZones(world: World, now: Date): ServedZone[] {
  const { tenant, dkimConfigs } = world;
  const initialHost = `${tenant.initialDomain.split(".")[0]}.mail.protection.outlook.com`;
  const outbound = tenant.servers.outbound.toLowerCase();
  const origins = POOLS.map((pool) => originOf(pool, world));
  const records: ServedRecord[] = [
    text("spf.protection.outlook.com", EXCHANGE_SPF),
    record("A", "autodiscover.outlook.com", "40.104.46.8", 60),
    ...[...new Set([tenant.mxHost, initialHost])].flatMap(mailHost),
    ...origins.map(({ host, address }) => record("A", host.toLowerCase(), address)),
    text(outbound, TENANT_SPF),
    text(tenant.initialDomain, TENANT_SPF),
    { ...record("MX", tenant.initialDomain, initialHost), priority: 0 },
    text(`_dmarc.${tenant.initialDomain}`, "v=DMARC1; p=reject"),
    ...dkimConfigs.flatMap((config) => keysOf(config, now)),
    ...world.receivers
      .filter(({ style }) => style === "outlook")
      .map(({ mxHost, address }) => record("A", mxHost, address, 10)),
  ];
  return [
    ...ZONES.map((name) => zone(name, records.filter(isUnder(name)))),
    ...origins.map(({ address, host }) => {
      const [a, b, c, d] = address.split(".");
      const name = `${b}.${a}.in-addr.arpa`;
      return zone(name, [record("PTR", `${d}.${c}.${name}`, host)]);
    }),
  ];
}

/** An organisation whose mail somebody else has, and that sends none in this world. */
function organisationZone(domain: string, mxHost: string): ServedZone {
  return {
    ...{
      name: domain,
      nameServers: ["ns1.dns-hoster.example", "ns2.dns-hoster.example"],
      serial: 1,
    },
    records: [{ ...record("MX", domain, mxHost), priority: 1 }, text(domain, "v=spf1 -all")],
  };
}

/** Google's zone, as far as this world speaks of it. */
function googleZones({ receivers }: World): ServedZone[] {
  return receivers
    .filter((one) => one.style === "gmail")
    .map(({ mxHost, address, arcKey: { cname, publicKey } }) => ({
      ...{ name: "google.com", nameServers: ["ns1.google.com", "ns2.google.com"], serial: 1 },
      records: [
        record("A", mxHost, address, 300),
        ...(publicKey === "" ? [] : [record("TXT", cname, keyText(publicKey))]),
      ],
    }));
}

const isUnder = (zoneName: string) => (one: ServedRecord) => one.name.endsWith(`.${zoneName}`);

function zone(name: string, records: ServedRecord[]): ServedZone {
  return { name, nameServers: NAME_SERVERS, serial: 1, records };
}

function record(type: string, name: string, content: string, ttl = 3600): ServedRecord {
  return { type, name, content, ttl };
}

function text(name: string, value: string): ServedRecord {
  return record("TXT", name, quoteText(splitText(value)));
}

/** Exchange's inbound hosts answer in IPv6 too, for domains added since October 2024. */
function mailHost(name: string): ServedRecord[] {
  const [a, b, c, d] = bytesOf(name);
  return [
    record("A", name, `52.101.${a}.${b}`, 10),
    record("A", name, `52.101.${c}.${d}`, 10),
    record("AAAA", name, `2a01:111:f403:f9${Buffer.from([a]).toString("hex")}::${b}`, 10),
  ];
}

/** The public keys, once they are shown. */
function keysOf({ keysAt, selectors }: DkimConfig, now: Date): ServedRecord[] {
  if (now.getTime() < Date.parse(keysAt)) return [];
  return selectors
    .filter(({ publicKey }) => publicKey !== "")
    .map(({ cname, publicKey }) => record("TXT", cname.toLowerCase(), keyText(publicKey)));
}

const keyText = remember((publicKey) => quoteText(splitText(`v=DKIM1; k=rsa; p=${publicKey};`)));

/** Four bytes that follow from a text, each from 1 to 250. */
const bytesOf = remember((text): [number, number, number, number] => {
  const [a = 0, b = 0, c = 0, d = 0] = createHash("sha256").update(text).digest();
  const bound = (byte: number): number => 1 + (byte % 250);
  return [bound(a), bound(b), bound(c), bound(d)];
});

/** A pure function that computes each value once: the zones of a hundred domains are put together for each look-up. */
function remember<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const value = known.get(text) ?? compute(text);
    known.set(text, value);
    return value;
  };
}

/** Cloudflare's own addresses for what a zone proxies: two IPv4 ones and the same two in IPv6. */
function proxyAddresses(zone: string): { A: string[]; AAAA: string[] } {
  const [a, b, c, d] = bytesOf(`proxy ${zone}`);
  const hex = (...bytes: number[]): string => Buffer.from(bytes).toString("hex");
  return {
    A: [`104.21.${a}.${b}`, `172.67.${c}.${d}`],
    AAAA: [
      `2606:4700:3030::6815:${hex(a, b).replace(/^0+/, "")}`,
      `2606:4700:3036::ac43:${hex(c, d).replace(/^0+/, "")}`,
    ],
  };
}
