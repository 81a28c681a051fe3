import type { DkimConfig, World } from "../world/world.ts";
import { bytesOf } from "./drawnAddress.ts";
import { quoteText, splitText } from "./text.ts";
import type { ServedRecord, ServedZone } from "./zone.ts";

/** What senders through Exchange Online include, as Microsoft publishes it. */
const EXCHANGE_SPF =
  "v=spf1 ip4:40.92.0.0/15 ip4:40.107.0.0/16 ip4:52.100.0.0/15 ip4:52.102.0.0/16 ip4:52.103.0.0/17 ip4:104.47.0.0/17 ip6:2a01:111:f400::/48 ip6:2a01:111:f403::/49 ip6:2a01:111:f403:8000::/51 ip6:2a01:111:f403:c000::/51 ip6:2a01:111:f403:f000::/52 -all";
const TENANT_SPF = "v=spf1 include:spf.protection.outlook.com -all";

const NAME_SERVERS = ["nse12.o365filtering.com", "nse13.o365filtering.com"];
const ZONES = ["outlook.com", "mx.microsoft", "onmicrosoft.com", "dkim.mail.microsoft"];

/** Microsoft's zones, as far as this world speaks of them. */
export function microsoftZones(world: World, now: Date): ServedZone[] {
  const { tenant, addresses, dkimConfigs } = world;
  const initialHost = `${tenant.initialDomain.split(".")[0]}.mail.protection.outlook.com`;
  const outbound = tenant.servers.outbound.toLowerCase();
  const [a, b, c, d] = addresses.exchangeOutbound.split(".");
  const records: ServedRecord[] = [
    text("spf.protection.outlook.com", EXCHANGE_SPF),
    record("A", "autodiscover.outlook.com", "40.104.46.8", 60),
    ...[...new Set([tenant.mxHost, initialHost])].flatMap(mailHost),
    record("A", outbound, addresses.exchangeOutbound),
    text(outbound, TENANT_SPF),
    text(tenant.initialDomain, TENANT_SPF),
    { ...record("MX", tenant.initialDomain, initialHost), priority: 0 },
    text(`_dmarc.${tenant.initialDomain}`, "v=DMARC1; p=reject"),
    ...dkimConfigs.flatMap((config) => keysOf(config, now)),
  ];
  return [
    ...ZONES.map((name) => zone(name, records.filter(isUnder(name)))),
    zone(`${b}.${a}.in-addr.arpa`, [
      record("PTR", `${d}.${c}.${b}.${a}.in-addr.arpa`, tenant.servers.outbound),
    ]),
  ];
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
    .map(({ cname, publicKey }) => text(cname.toLowerCase(), `v=DKIM1; k=rsa; p=${publicKey};`));
}
