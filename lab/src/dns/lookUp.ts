import type { World } from "../world/world.ts";
import type { DnsAnswer, DnsRecord, ServedRecord, ServedZone } from "./record.ts";
import { convert, soaOf } from "./record.ts";
import { servedZones } from "./servedZones.ts";

/** CNAME records that are followed at most; a circle ends here. */
const LONGEST_CHAIN = 8;

/**
 * What the lab's DNS says to a question: of zones at Cloudflare, at other hosters and at Microsoft. Where nobody
 * has a zone, the root says that there is no such name.
 *
 * @param now virtual time
 * @param name in any letter case, with or without the dot at the end
 * @param type such as TXT; one that no record has gets NODATA
 */
export function lookUp(world: World, now: Date, name: string, type: string): DnsAnswer {
  return follow(servedZones(world, now), canonical(name), type.toUpperCase(), 0);
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function follow(zones: ServedZone[], name: string, type: string, hops: number): DnsAnswer {
  if (hops > LONGEST_CHAIN) return { status: "SERVFAIL", answers: [], authorities: [] };
  const zone = zoneOf(zones, name);
  if (isDelegated(zone, name, type)) return { status: "SERVFAIL", answers: [], authorities: [] };
  const records = recordsAt(zones, zone, name);
  if (records === undefined) return nothing(zone, "NXDOMAIN");
  if (type === "SOA" && name === zone.name) return some([soaOf(zone)]);
  const alias = records.find((one) => one.type === "CNAME");
  const given =
    proxied(zone, name, records, type) ??
    (alias && isFlattened(zone, alias) ? flattened(zones, name, alias, type, hops) : undefined);
  if (given !== undefined) return given.length > 0 ? some(given) : others(zone, records, type);
  if (alias === undefined || type === "CNAME") return others(zone, records, type);
  const link = convert(alias);
  const rest = follow(zones, canonical(alias.content), type, hops + 1);
  return rest.status === "SERVFAIL" ? rest : { ...rest, answers: [...link, ...rest.answers] };
}

const some = (answers: DnsRecord[]): DnsAnswer => ({ status: "NOERROR", answers, authorities: [] });

function nothing(zone: ServedZone, status: "NOERROR" | "NXDOMAIN"): DnsAnswer {
  return { status, answers: [], authorities: [soaOf(zone)] };
}

/** The records of a type that are neither proxied nor flattened away. */
function others(zone: ServedZone, records: ServedRecord[], type: string): DnsAnswer {
  const hidden = (one: ServedRecord): boolean =>
    (one.proxied === true && zone.proxy !== undefined) ||
    (one.type === "CNAME" && isFlattened(zone, one));
  const found = records.filter((one) => one.type === type && !hidden(one)).flatMap(convert);
  return found.length > 0 ? some(found) : nothing(zone, "NOERROR");
}

/** The zone with the longest name that `name` ends with. */
function zoneOf(zones: ServedZone[], name: string): ServedZone {
  const [found] = zones
    .filter((zone) => isAtOrUnder(name, zone.name))
    .toSorted((a, b) => b.name.length - a.name.length);
  if (!found) throw new Error("the lab's DNS has no root");
  return found;
}

/**
 * Whether a name is beneath a delegation to servers that have no zone for it: what stands there in the zone above is
 * served to nobody (RFC 1034 section 4.2.1). The delegation itself can be asked for.
 */
function isDelegated({ name: apex, records }: ServedZone, name: string, type: string): boolean {
  return records.some(
    (cut) =>
      cut.type === "NS" &&
      cut.name !== apex &&
      isAtOrUnder(name, cut.name) &&
      !(type === "NS" && name === cut.name),
  );
}

function isAtOrUnder(name: string, parent: string): boolean {
  return parent === "" || name === parent || name.endsWith(`.${parent}`);
}

/** Every record at a name, wildcards read out (RFC 4592); undefined when the name does not exist. */
function recordsAt(
  zones: ServedZone[],
  zone: ServedZone,
  name: string,
): ServedRecord[] | undefined {
  const own = zone.records.filter((one) => one.name === name);
  if (name === zone.name) return [...own, ...apexOf(zone)];
  if (own.length > 0) return own;
  const names = [...zone.records, ...zones].map((one) => one.name);
  const exists = (one: string): boolean =>
    one === zone.name || names.some((x) => isAtOrUnder(x, one));
  if (exists(name)) return [];
  let encloser = parentOf(name);
  while (!exists(encloser)) encloser = parentOf(encloser);
  const wild = zone.records.filter((one) => one.name === `*.${encloser}`);
  return wild.length > 0 ? wild.map((one) => ({ ...one, name })) : undefined;
}

function parentOf(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1);
}

function apexOf({ name, nameServers }: ServedZone): ServedRecord[] {
  return nameServers.map((content) => ({ type: "NS", name, content, ttl: 86_400 }));
}

/** Cloudflare's own addresses where a record is proxied; undefined where none is, or another type is asked for. */
function proxied(
  zone: ServedZone,
  name: string,
  records: ServedRecord[],
  type: string,
): DnsRecord[] | undefined {
  const one = records.find((record) => record.proxied === true);
  if (one === undefined || zone.proxy === undefined) return undefined;
  if (type !== "A" && type !== "AAAA") return [];
  const left = { A: one.settings?.ipv6_only, AAAA: one.settings?.ipv4_only };
  if (left[type] === true) return [];
  return zone.proxy[type].map((data) => ({ name, type, ttl: 300, data }));
}

/** At the apex, to the same zone, for the record or for the zone (Cloudflare's page "CNAME flattening, Setup"). */
function isFlattened(zone: ServedZone, { name, content, settings }: ServedRecord): boolean {
  if (zone.flattenAll === undefined) return false;
  const inside = isAtOrUnder(canonical(content), zone.name);
  return zone.flattenAll || settings?.flatten_cname === true || name === zone.name || inside;
}

/**
 * The addresses that a CNAME leads to, under its own name. Of any other type there is nothing: a flattened DKIM
 * CNAME is an empty answer (Cloudflare's page "CNAME flattening"; MicrosoftDocs/OfficeDocs-o365seccomp#950).
 */
function flattened(
  zones: ServedZone[],
  name: string,
  alias: ServedRecord,
  type: string,
  hops: number,
): DnsRecord[] {
  if (type !== "A" && type !== "AAAA") return [];
  const { answers } = follow(zones, canonical(alias.content), type, hops + 1);
  const ttl = alias.ttl === 1 ? 300 : alias.ttl;
  return answers
    .filter((one) => one.type === type)
    .map((one) => ({ ...one, name, ttl: Math.min(one.ttl, ttl) }));
}
