import { canonicalDomain } from "../senders/domain.ts";
import { selectorName } from "./dkim/selector.ts";
import { dmarcName } from "./dmarc/plan.ts";
import { reportAuthorizationName, unauthorizedReportHosts } from "./dmarc/reports.ts";
import { formatMtaSts, formatTlsRpt } from "./receiving.ts";
import { type DnsRecord, zoneOf } from "./record.ts";
import { MAIL_DNS, type SendingDomain } from "./sendingDomain.ts";

/** What only the tenant and the stack know of a domain. `T` is the type of the values: text, or an output of Pulumi. */
export interface DomainFacts<T> {
  /** Targets of the two DKIM CNAMEs, which Exchange assigns. */
  readonly dkimTargets: readonly [selector1: T, selector2: T];
  /** Host that Exchange receives the domain's mail on. */
  readonly mxHost: T;
  /** Names of the zones that the stack may write. */
  readonly zones: readonly string[];
}

/** A DNS record that a domain needs, and what it is for. */
export interface NeededRecord<T = string> extends DnsRecord<T | string | undefined> {
  readonly purpose:
    | "spf"
    | "dkim"
    | "dmarc"
    | "mx"
    | "reports"
    | "mta-sts"
    | "tls-rpt"
    | "service-dkim";
  /** Unique among the domain's records, e.g. `dkim-selector1`. */
  readonly id: string;
  readonly type: "CNAME" | "MX" | "TXT";
}

/**
 * Every DNS record that a domain needs, but for those that the stack leaves as they are. SPF and DMARC come without content, as theirs depends on the record that is
 * there: see `planSpf` and `planDmarc`. The MX record is needed only where nothing else lets the domain be answered.
 */
export function recordsOf<T>(domain: SendingDomain, facts: DomainFacts<T>): NeededRecord<T>[] {
  const { name, dmarc, mtaSts, tlsRpt } = domain;
  const [selector1, selector2] = facts.dkimTargets;
  const records: NeededRecord<T>[] = [
    { purpose: "spf", id: "spf", name, type: "TXT", content: undefined },
    dkimRecord("selector1", name, selector1),
    dkimRecord("selector2", name, selector2),
    { purpose: "dmarc", id: "dmarc", name: dmarcName(name), type: "TXT", content: undefined },
    { purpose: "mx", id: "mx", name, type: "MX", content: facts.mxHost, priority: 0 },
    ...unauthorizedReportHosts(name, dmarc.rua, facts.zones).map(
      (host): NeededRecord<T> => ({
        purpose: "reports",
        id: `reports-to-${host}`,
        name: reportAuthorizationName(name, host),
        type: "TXT",
        content: "v=DMARC1",
      }),
    ),
    ...receivingRecords(name, mtaSts, tlsRpt),
    ...serviceRecords(name, domain.otherServices),
  ];
  return records.filter(({ purpose }) => !isUnmanaged(domain, purpose));
}

/** Whether the stack leaves a domain's records of a purpose as they are. Reports go with the DMARC record. */
function isUnmanaged({ unmanaged }: SendingDomain, purpose: NeededRecord["purpose"]): boolean {
  const part = purpose === "reports" ? "dmarc" : purpose;
  return MAIL_DNS.some((one) => one === part && unmanaged.includes(one));
}

function dkimRecord<T>(selector: string, domain: string, content: T): NeededRecord<T> {
  const name = selectorName(selector, domain);
  return { purpose: "dkim", id: `dkim-${selector}`, name, type: "CNAME", content };
}

/** The DKIM records of a domain's other services. Neither ids nor order follow the services' names and order. */
const serviceRecords = (
  domain: string,
  services: SendingDomain["otherServices"] = [],
): (NeededRecord & { readonly content: string })[] =>
  services
    .flatMap(({ dkim }) => dkim)
    .map(({ selector, target, publicKey }) => ({
      purpose: "service-dkim" as const,
      id: `dkim-${selector.toLowerCase()}`,
      name: selectorName(selector.toLowerCase(), domain),
      ...(target === undefined
        ? { type: "TXT" as const, content: publicKey ?? "" }
        : { type: "CNAME" as const, content: canonicalDomain(target) }),
    }))
    .toSorted((one, other) => one.id.localeCompare(other.id, "en"));

/** @see RFC 8461 section 3.1 and RFC 8460 section 3 */
function receivingRecords(
  domain: string,
  mtaSts: SendingDomain["mtaSts"],
  tlsRpt: SendingDomain["tlsRpt"],
): (NeededRecord & { readonly content: string })[] {
  const [sts, rpt] = [`_mta-sts.${domain}`, `_smtp._tls.${domain}`];
  return [
    ...(mtaSts === undefined ? [] : [txt("mta-sts", sts, formatMtaSts(mtaSts.id))]),
    ...(tlsRpt === undefined ? [] : [txt("tls-rpt", rpt, formatTlsRpt(tlsRpt.rua))]),
  ];
}

const txt = (purpose: "mta-sts" | "tls-rpt", name: string, content: string) =>
  ({ purpose, id: purpose, name, type: "TXT", content }) as const;

/** A record that the stack publishes itself, in one of its zones. */
export interface PlacedRecord<Zone = unknown>
  extends Pick<NeededRecord, "name" | "type" | "purpose"> {
  readonly zone: Zone;
  /** Left out where the tenant or the record that is there decides on it. */
  readonly content?: string;
}

/**
 * The records of a domain that go into the zones of the stack. DKIM records that are published already are left alone.
 *
 * @param covered whether the DMARC record of a domain above covers it
 */
export function placedRecords<Zone extends { readonly name: string }>(
  domain: SendingDomain,
  zones: readonly Zone[],
  covered: boolean,
): PlacedRecord<Zone>[] {
  const own = domain.dns.host === "cloudflare" ? zoneOf(domain.name, zones) : undefined;
  const facts = {
    dkimTargets: ["", ""],
    mxHost: "",
    zones: zones.map(({ name }) => name),
  } as const;
  const left: NeededRecord["purpose"][] = [
    ...(domain.dkim.records === "publish" ? [] : (["dkim"] as const)),
    ...(covered ? (["dmarc"] as const) : []),
    ...(domain.name === own?.name ? (["mx"] as const) : []),
  ];
  return recordsOf<string>(domain, facts).flatMap(({ name, type, purpose, content }) => {
    const zone = purpose === "reports" ? zoneOf(name, zones) : own;
    if (zone === undefined || left.includes(purpose)) return [];
    return [{ zone, name, type, purpose, ...(content ? { content } : {}) }];
  });
}
