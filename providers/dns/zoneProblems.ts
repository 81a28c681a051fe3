import { type DmarcArgs, planDmarc } from "../../mail/dns/dmarc/plan.ts";
import { placementProblems, takenProblems } from "../../mail/dns/placement.ts";
import { nullMxWarning } from "../../mail/dns/receiving.ts";
import type { DnsRecord, StoredRecord } from "../../mail/dns/record.ts";
import type { PlacedRecord } from "../../mail/dns/records.ts";
import type { SendingDomain } from "../../mail/dns/sendingDomain.ts";
import { planSpf } from "../../mail/dns/spf/plan.ts";
import type { Owners } from "../../mail/ownership.ts";
import { type Problem, sentence } from "../../mail/problem.ts";
import { isWithin } from "../../mail/senders/domain.ts";
import { type Outcome, outcomeOf, valuesOf } from "../host/settled.ts";
import type { ZoneAccess } from "../host/zones.ts";

/** What a stack needs of one domain, as far as it may conflict with what others have set up. */
export interface SurveyedDomain {
  readonly domain: string;
  /** Cloudflare's id of its zone; left out when its DNS is kept elsewhere. */
  readonly zoneId?: string;
  readonly spfTerms: readonly string[];
  /** Left out when the stack's record of a domain above covers it. */
  readonly dmarc?: DmarcArgs;
  /** What of it the stack leaves as it is. @default nothing */
  readonly unmanaged?: SendingDomain["unmanaged"];
  /** The records that the stack publishes for it. */
  readonly records: readonly PlacedRecord<{ readonly id: string; readonly name: string }>[];
  /** Whether its owner accepts that a wildcard no longer serves its name. */
  readonly overrideWildcard: boolean;
  /** Whether it publishes MTA-STS or TLS reports for mail that it receives. */
  readonly receives: boolean;
}

interface Surroundings {
  readonly zones: ZoneAccess;
  /**
   * Asks for the targets of its DKIM CNAMEs, selector1's first: empty where Exchange has assigned none, undefined where
   * they can't be read.
   */
  readonly dkimTargets: () => Promise<readonly string[] | undefined>;
  /** The domains of the last run. */
  readonly olds: readonly SurveyedDomain[] | undefined;
}

/**
 * Everything in the zones of the stack that is in the way of a domain's records, or that they would end.
 *
 * @returns how each question ended, always in the same order
 */
export async function zoneProblems(
  owners: Owners,
  surveyed: SurveyedDomain,
  surroundings: Surroundings,
): Promise<Outcome<readonly Problem[]>[]> {
  const byZone = Map.groupBy(surveyed.records, ({ zone }) => zone.id);
  const asked = [...byZone.values()].map((placed) =>
    placedProblems(owners, surveyed, placed, surroundings),
  );
  return Promise.allSettled([...asked, ...recordProblems(owners, surveyed, surroundings)]);
}

/** What is in the way of the records that a domain has in one zone. */
async function placedProblems(
  owners: Owners,
  { domain, overrideWildcard }: SurveyedDomain,
  placed: SurveyedDomain["records"],
  { zones: { facts }, dkimTargets, olds = [] }: Surroundings,
): Promise<Problem[]> {
  const [first] = placed;
  if (first === undefined) return [];
  const zone = flatteningZone(first.zone.name, await facts(first.zone.id));
  // Of a record that the stack has already, only its own resource knows whether it is ours.
  const before = olds.find((old) => old.domain === domain);
  const added = placed.filter((record) => !isAmong(before?.records, record));
  // A delegation is reported with what it hides.
  const others = zone.records.filter(({ type }) => type !== "NS");
  return [
    ...placementProblems({ domain, overrideWildcard }, placed, zone),
    ...withDkimTargets(added, await dkimTargets()).flatMap((record) =>
      takenProblems(owners, record, others),
    ),
  ];
}

/**
 * A zone at Cloudflare, which itself follows a CNAME at the apex, one that is proxied, and one to a name of the zone.
 *
 * @see https://developers.cloudflare.com/dns/cname-flattening/set-up-cname-flattening/
 */
const flatteningZone = (name: string, records: readonly StoredRecord[]) => ({
  name,
  records,
  isFlattened: (alias: DnsRecord) =>
    alias.name === name || isProxied(alias) || isWithin(alias.content, name),
});

const isProxied = (record: DnsRecord): boolean => "proxied" in record && record.proxied === true;

/** What is wrong with the SPF and DMARC records that are there. */
function recordProblems(
  owners: Owners,
  { domain, zoneId, spfTerms, dmarc, unmanaged = [] }: SurveyedDomain,
  { zones: { facts, resolve }, olds = [] }: Surroundings,
): Promise<readonly Problem[]>[] {
  if (zoneId === undefined) return [];
  const records = facts(zoneId);
  const spf = unmanaged.includes("spf")
    ? []
    : [
        records.then(
          async (known) =>
            (await planSpf({ ...owners, domain, terms: spfTerms }, known, resolve)).problems,
        ),
      ];
  if (dmarc === undefined || unmanaged.includes("dmarc")) return spf;
  // For an existing record of ours, only the resource itself knows the text before us.
  if (olds.some((old) => old.domain === domain && !old.unmanaged?.includes("dmarc"))) return spf;
  const plan = records.then((known) => planDmarc({ ...dmarc, ...owners, domain }, known, resolve));
  return [...spf, plan.then(({ problems }) => problems)];
}

const isAmong = (
  records: SurveyedDomain["records"] = [],
  { name, type, zone }: SurveyedDomain["records"][number],
): boolean =>
  records.some((one) => one.name === name && one.type === type && one.zone.id === zone.id);

function withDkimTargets(
  records: SurveyedDomain["records"],
  targets: readonly string[] | undefined,
): SurveyedDomain["records"] {
  if (targets === undefined) return records.filter(({ purpose }) => purpose !== "dkim");
  const [selector1, selector2] = targets;
  return records.map((record) => {
    if (record.purpose !== "dkim") return record;
    const target = record.name.startsWith("selector1.") ? selector1 : selector2;
    return target ? { ...record, content: target } : record;
  });
}

/** Says, once for each zone, that the records of its domains move to a zone with another id. */
export function logMovedZones(
  domains: readonly SurveyedDomain[],
  olds: readonly SurveyedDomain[] = [],
): void {
  const before = olds.flatMap(({ records }) => records.map(({ name, zone }) => ({ name, zone })));
  const moved = domains.flatMap(({ records }) =>
    records.flatMap(({ name, zone }) => {
      const former = before.find((one) => one.name === name && one.zone.id !== zone.id)?.zone;
      const isStillThere = before.some((one) => one.name === name && one.zone.id === zone.id);
      return former === undefined || isStillThere ? [] : [{ zone, former }];
    }),
  );
  for (const { zone, former } of new Map(moved.map((one) => [one.zone.id, one])).values()) {
    const from = former.name === zone.name ? `as ${former.id}` : `in the zone ${former.name}`;
    console.log(
      `the zone ${zone.name} is at Cloudflare as ${zone.id}, and its records were ${from}: up creates them in the new zone and removes them from the former one; if that one is gone, so are its records`,
    );
  }
}

/** Says which domains say themselves that they take no mail. */
export async function logNullMxs(
  domains: readonly SurveyedDomain[],
  { facts }: ZoneAccess,
): Promise<void> {
  const warnings: { readonly domain: string; readonly warning: Problem }[] = [];
  for (const { domain, zoneId } of domains) {
    if (zoneId === undefined) continue;
    const records = valuesOf(await outcomeOf(facts(zoneId))).flat();
    const hosts = records.filter(({ type, name }) => type === "MX" && name === domain);
    const warning = nullMxWarning(
      domain,
      hosts.map(({ content }) => content),
    );
    if (warning !== undefined) warnings.push({ domain, warning });
  }
  const [first] = warnings;
  if (first === undefined) return;
  const key = `MX of ${warnings.map(({ domain }) => domain).join(", ")}`;
  console.log(`warning: ${sentence({ ...first.warning, key })}`);
}
