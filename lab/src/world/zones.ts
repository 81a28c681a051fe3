import type { Random } from "../random.ts";
import type { Tenant, World, Zone, ZoneRecord } from "./world.ts";

/** Who keeps the newsletter that some owners' SPF records include. */
const NEWSLETTERS = ["postcard", "bulletin", "mailring", "letterbox"] as const;
const NEIGHBOURS = ["bakery", "museum", "rowing-club", "bookshop"] as const;
const NAME_SERVERS = ["ada", "bob", "cass", "dale", "elsa", "finn", "gina", "hugh"] as const;
/** Name servers of a hoster that has no part in this. */
const ELSEWHERE: [string, string] = ["ns1.dns-hoster.example", "ns2.dns-hoster.example"];

/** Web servers of this world: outside the ranges that `Addresses` draws from. */
const WEB_SERVERS = { tenant: "192.0.2.251", outside: "192.0.2.252", neighbour: "192.0.2.253" };
/** Where the newsletter sends from: above the customer's addresses. */
const NEWSLETTER_RANGE = "198.51.100.248/29";

type Parts = Pick<World, "tenant" | "outside" | "addresses">;
type Drawn = Pick<World, "cloudflare" | "otherZones">;
type RecordOf = Pick<ZoneRecord, "type" | "name" | "content"> & Partial<ZoneRecord>;

/** Draws the customer's account at Cloudflare, and the zones that others serve. */
export function drawZones(random: Random, world: Parts): Drawn {
  const newsletter = `${random.pick(NEWSLETTERS)}-${random.hex(2)}.example`;
  const own = drawOwnZone(random, world.tenant, newsletter);
  const lookalike = drawNeighbour(random, `old-${world.tenant.domain}`);
  const neighbour = drawNeighbour(random, `${random.pick(NEIGHBOURS)}-${random.hex(2)}.example`);
  return {
    cloudflare: {
      id: random.hex(32),
      name: `${world.tenant.displayName}'s Account`,
      token: {
        id: random.hex(32),
        permissions: {
          [own.id]: ["zone:read", "dns:read", "dns:edit"],
          [lookalike.id]: ["zone:read", "dns:read"],
          [neighbour.id]: ["zone:read"],
        },
      },
      zones: [lookalike, own, neighbour],
    },
    otherZones: [drawOutside(random, world), drawNewsletter(random, newsletter)],
  };
}

/** The customer's zone as it stands before anybody thinks of a relay. */
function drawOwnZone(random: Random, { domain, mxHost }: Tenant, newsletter: string): Zone {
  const records: RecordOf[] = [
    { type: "A", name: domain, content: WEB_SERVERS.tenant },
    { type: "A", name: `www.${domain}`, content: WEB_SERVERS.tenant, proxied: true },
    { type: "CNAME", name: `autodiscover.${domain}`, content: "autodiscover.outlook.com" },
    { type: "MX", name: domain, content: mxHost, priority: 0, ttl: 3600 },
    { type: "TXT", name: domain, content: `"MS=ms${random.integer(10_000_000, 99_999_999)}"` },
    {
      type: "TXT",
      name: domain,
      content: `"site-verification=${random.hex(32)}"`,
      comment: "search console",
    },
  ];
  const spf = random.pick([
    null,
    `v=spf1 include:_spf.${newsletter} -all`,
    `v=spf1 mx a:www.${domain} ~all`,
    `v=spf1 include:_spf.${newsletter} mx ?all`,
    `v=spf1 a mx ip4:${WEB_SERVERS.tenant} ~all`,
  ]);
  if (spf !== null) records.push(drawByHand(random, domain, spf));
  const dmarc = random.pick([
    null,
    `v=DMARC1; p=none; pct=100; rua=mailto:dmarc@${domain}`,
    "v=DMARC1; p=quarantine; sp=none; adkim=r; aspf=r",
  ]);
  if (dmarc !== null) {
    records.push(drawByHand(random, `_dmarc.${domain}`, dmarc));
  }
  return drawZone(random, domain, records);
}

/** A TXT record as owners leave it; old ones have no quotes. */
function drawByHand(random: Random, name: string, value: string): RecordOf {
  return {
    ...text(name, value),
    content: random.pick([`"${value}"`, value]),
    ttl: random.pick([1, 300, 3600]),
    comment: random.pick([null, "do not touch, ask Piet", "added by the agency"]),
  };
}

/** Somebody else's zone in the same account. */
function drawNeighbour(random: Random, name: string): Zone {
  return drawZone(random, name, [
    { type: "A", name, content: WEB_SERVERS.neighbour },
    { type: "CNAME", name: `www.${name}`, content: name, proxied: true },
    { type: "MX", name, content: `mail.${name}`, priority: 10 },
    { type: "A", name: `mail.${name}`, content: WEB_SERVERS.neighbour },
    text(name, "v=spf1 mx -all"),
  ]);
}

function drawOutside(random: Random, { outside, addresses }: Parts): Zone {
  const { domain, mxHost } = outside;
  return drawZone(
    random,
    domain,
    [
      { type: "A", name: domain, content: WEB_SERVERS.outside },
      { type: "MX", name: domain, content: mxHost, priority: 10 },
      { type: "A", name: mxHost, content: addresses.outsideMx },
      text(domain, "v=spf1 mx -all"),
    ],
    ELSEWHERE,
  );
}

function drawNewsletter(random: Random, name: string): Zone {
  return drawZone(
    random,
    name,
    [
      { type: "A", name, content: "198.51.100.249" },
      text(`_spf.${name}`, `v=spf1 ip4:${NEWSLETTER_RANGE} -all`),
    ],
    ELSEWHERE,
  );
}

function text(name: string, value: string): RecordOf {
  return { type: "TXT", name, content: `"${value}"` };
}

function drawNameServers(random: Random): [string, string] {
  const first = random.integer(0, NAME_SERVERS.length - 1);
  const second = (first + random.integer(1, NAME_SERVERS.length - 1)) % NAME_SERVERS.length;
  return [`${NAME_SERVERS[first]}.ns.cloudflare.com`, `${NAME_SERVERS[second]}.ns.cloudflare.com`];
}

function drawZone(
  random: Random,
  name: string,
  records: RecordOf[],
  nameServers = drawNameServers(random),
): Zone {
  const createdOn = `2023-0${random.integer(1, 9)}-1${random.integer(0, 9)}T09:3${random.integer(0, 9)}:14.000000Z`;
  return {
    id: random.hex(32),
    name,
    status: "active",
    paused: false,
    nameServers,
    serial: 2_300_000_000 + random.integer(0, 90_000_000),
    flattenAll: false,
    records: records.map((record) => ({
      id: random.hex(32),
      ttl: 1,
      proxied: false,
      settings: {},
      comment: null,
      tags: [],
      createdOn,
      modifiedOn: createdOn,
      ...record,
    })),
    past: [],
  };
}
