import { isOwnedBy, type Owners, otherStackProblem, recordOwner } from "../ownership.ts";
import type { Problem } from "../problem.ts";
import { canonicalDomain, isWithin } from "../senders/domain.ts";
import { isPublished } from "./published.ts";
import type { DnsRecord } from "./record.ts";
import type { NeededRecord } from "./records.ts";
import { tlsRecordProblems } from "./tlsRecords.ts";
import { unquoteTxt } from "./txt.ts";

/** A record that is to be published, as far as its place in a zone matters. */
type Placed = Pick<NeededRecord, "name" | "purpose">;

/** A zone, or as much of it as is known. */
export interface KnownZone {
  /** Its apex. */
  readonly name: string;
  readonly records: readonly DnsRecord[];
  /** Whether a CNAME record of the zone is answered with addresses in its place. @default none is */
  readonly isFlattened?: (record: DnsRecord) => boolean;
}

/**
 * Says what in a zone keeps new records from being found, and what would no longer be served because of them.
 *
 * @param domain the sending domain that the records are for
 * @param overrideWildcard whether its owner accepts that a wildcard no longer serves its name
 */
export function placementProblems(
  { domain, overrideWildcard }: { readonly domain: string; readonly overrideWildcard: boolean },
  records: readonly Placed[],
  zone: KnownZone,
): Problem[] {
  const placed = records.filter(({ name }) => isWithin(name, zone.name));
  return [
    ...delegationProblems(domain, placed, zone),
    ...placed.map((record) => aliasProblem(record, zone)),
    ...(overrideWildcard ? [] : wildcardProblems(placed, zone)),
  ].filter((problem) => problem !== undefined);
}

/**
 * Records at or below an NS record, or below a DNAME record: the zone's name servers do not answer with them
 * (RFC 1034 section 4.2.1, RFC 6672 section 2.4). `planDmarc` judges what stands at the very name of a DMARC record.
 */
function delegationProblems(
  domain: string,
  placed: readonly Placed[],
  { name: apex, records }: KnownZone,
): Problem[] {
  const cuts = records.filter(({ type, name }) =>
    type === "NS" ? name !== apex && isWithin(name, apex) : type === "DNAME",
  );
  const byName = Map.groupBy(cuts, ({ name }) => name);
  return [...byName].flatMap(([name, [cut, ...more]]) => {
    if (cut === undefined) return [];
    const hidden = placed.filter(
      (record) =>
        isWithin(record.name, name) &&
        (record.name !== name || (cut.type === "NS" && record.purpose !== "dmarc")),
    );
    if (hidden.length === 0) return [];
    const targets = [cut, ...more].map(({ content }) => content).join(", ");
    const what = cut.type === "NS" ? "delegates this name to other name servers" : "redirects";
    const rest = cut.type === "NS" ? "" : " every name below this one";
    const isSubzone = cut.type === "NS" && /\.ns\.cloudflare\.com\.?$/.test(cut.content);
    const own = isSubzone ? `give the token the zone ${name} at Cloudflare, or ` : "";
    return [
      {
        key: name,
        value: `${cut.type} ${targets}`,
        rule: `${what}${rest}, so that records of ${domain} in the zone ${apex} are not served to anybody`,
        fix: `${own}${withoutRecords(hidden, cut)}, or remove the ${cut.type} record${more.length > 0 ? "s" : ""}`,
      },
    ];
  });
}

/** How to have records where a delegation or redirection leads. */
function withoutRecords(hidden: readonly Placed[], { type, content }: DnsRecord): string {
  const where = type === "NS" ? "at those name servers" : `below ${canonicalDomain(content)}`;
  const purposes = new Set(hidden.map(({ purpose }) => purpose));
  const [only] = purposes;
  if (purposes.size === 1 && only === "dkim") {
    return `publish the two DKIM CNAME records ${where} and set dkim: {records: published} for the domain`;
  }
  if (purposes.size === 1 && only === "service-dkim") {
    return `publish the records ${where} and leave dkim out of otherServices`;
  }
  if ([...purposes].every((purpose) => purpose === "dkim" || purpose === "service-dkim")) {
    return `publish the DKIM records ${where}, set dkim: {records: published} for the domain and leave dkim out of otherServices`;
  }
  if (purposes.size === 1 && only === "reports") {
    return `publish the record ${where} and remove the address from rua`;
  }
  if ([...purposes].every((purpose) => purpose === "mta-sts" || purpose === "tls-rpt")) {
    return `publish the record ${where} and remove mtaSts and tlsRpt from the domain`;
  }
  return `set dns: {host: external} for the domain and publish what npm run dns lists ${where}`;
}

/**
 * `planDmarc` judges a CNAME at the name of a DMARC record, and `takenProblems` those at names that are ours alone.
 *
 * @see RFC 1034 section 3.6.2
 */
function aliasProblem(
  { name, purpose }: Placed,
  { records, isFlattened = () => false }: KnownZone,
): Problem | undefined {
  if (purpose !== "spf" && purpose !== "reports") return undefined;
  const alias = records.find((record) => record.type === "CNAME" && record.name === name);
  if (alias === undefined || isFlattened(alias)) return undefined;
  const fix = "replace it by A and AAAA records with the addresses of its target";
  return {
    key: name,
    value: `CNAME ${canonicalDomain(alias.content)}`,
    rule: "is all that resolvers read at this name, so that a TXT or MX record beside it is not found (RFC 1034 section 3.6.2)",
    fix: purpose === "reports" ? "remove it, or remove the address from rua" : fix,
  };
}

/**
 * Names that a wildcard serves until a record at or below them exists (RFC 4592 section 2.2.1). Names with an
 * underscore are no hosts: nobody uses what a wildcard says there.
 */
function wildcardProblems(placed: readonly Placed[], zone: KnownZone): Problem[] {
  const ended = new Map<string, readonly DnsRecord[]>();
  for (const { name } of placed) {
    const node = newNode(name, zone);
    if (node === undefined || /(^|\.)_/.test(node)) continue;
    const wildcard = `*.${parentOf(node)}`;
    const served = zone.records.filter((record) => record.name === wildcard);
    if (served.length > 0) ended.set(node, served);
  }
  return [...ended].map(([node, served]) => wildcardProblem(node, served));
}

function wildcardProblem(node: string, served: readonly DnsRecord[]): Problem {
  const alias = served.find(({ type }) => type === "CNAME");
  const what =
    alias === undefined
      ? "these records"
      : `A and AAAA records with the addresses of ${canonicalDomain(alias.content)}`;
  return {
    key: node,
    value: `*.${parentOf(node)}`,
    rule: `serves this name and every name below it only until a record exists there (RFC 4592): ${served.map(described).join(", ")} would no longer be served`,
    fix: `create ${what} at ${node} and *.${node} first, or set overrideWildcard: true in dns of the domain`,
  };
}

/** Whether a name exists in a zone, with records of its own or of names below it (RFC 4592 section 2.2.2). */
export const nameExists = (name: string, { name: apex, records }: KnownZone): boolean =>
  name === apex || records.some((record) => isWithin(record.name, name));

/** The uppermost name that a record makes exist; undefined when its own name exists already. */
function newNode(name: string, zone: KnownZone): string | undefined {
  if (nameExists(name, zone)) return undefined;
  let node = name;
  while (!nameExists(parentOf(node), zone)) node = parentOf(node);
  return node;
}

/** The records of a type that a wildcard serves at a name which does not exist (RFC 4592 section 3.3.1). */
export function servedByWildcard(name: string, type: string, zone: KnownZone): DnsRecord[] {
  const node = newNode(name, zone);
  if (node === undefined) return [];
  const wildcard = `*.${parentOf(node)}`;
  return zone.records.filter((record) => record.name === wildcard && record.type === type);
}

/** The name above a name: `contoso.com` of `mail.contoso.com`. */
export const parentOf = (name: string): string => name.slice(name.indexOf(".") + 1);

/** Characters of a content that are shown. */
const SHOWN = 60;

function described({ type, content: written }: DnsRecord): string {
  const content = type === "TXT" ? unquoteTxt(written) : written;
  return `${type} ${content.length > SHOWN ? `${content.slice(0, SHOWN - 3)}...` : content}`;
}

/** A record that is to be published, and what it is to say, where that is known. */
type Wanted = Placed & Pick<NeededRecord, "type"> & { readonly content?: string | undefined };

/** What nobody else may have a record beside: a second one would make both of no effect. */
const EXCLUSIVE: readonly Placed["purpose"][] = ["dkim", "mta-sts", "tls-rpt", "service-dkim"];

/**
 * Says that somebody else has a record where one of ours is to stand alone. A record that says the same already is in
 * nobody's way.
 *
 * @param owners stacks, `project/stack`
 * @param records of any names
 */
export function takenProblems(
  owners: Owners,
  { name, type, purpose, content }: Wanted,
  records: readonly DnsRecord[],
): Problem[] {
  if (!EXCLUSIVE.includes(purpose)) return [];
  const there = records.filter((record) => record.name === name);
  const [only, ...others] = there;
  if (others.length === 0 && only !== undefined && saysTheSame({ type, purpose, content }, only)) {
    return [];
  }
  return there.flatMap((record) => {
    const theirs = recordOwner(record.comment);
    if (isOwnedBy(theirs, owners)) return [];
    if (theirs !== undefined) return [otherStackProblem(name, undefined, theirs)];
    const value = `${record.type} ${record.type === "TXT" ? unquoteTxt(record.content) : record.content}`;
    const wrong = wrongWith(purpose, record);
    if (wrong !== undefined) {
      const rule = `is a record that somebody else created, and ${wrong}`;
      const fix = "remove it, as it has no effect, so that the stack can publish its own";
      return [{ key: name, value, rule, fix }];
    }
    const rule = "is a record that somebody else created";
    return [{ key: name, value, rule, fix: FIXES[purpose] ?? FIXES["mta-sts"] }];
  });
}

/** What to do about a record that somebody else created. */
const FIXES: Readonly<Partial<Record<Placed["purpose"], string>>> & { readonly "mta-sts": string } =
  {
    dkim: "set dkim: {records: published} for the domain to leave the record as it is, or remove the record",
    "service-dkim":
      "if the service shows this record, write it into dkim of the service in otherServices, and it is left as it is; else remove the record",
    "mta-sts":
      "remove mtaSts and tlsRpt from the domain to leave the record as it is, or remove the record",
  };

/** What keeps a record for MTA-STS or TLSRPT from having an effect. */
function wrongWith(purpose: Placed["purpose"], { type, content }: DnsRecord): string | undefined {
  if (type !== "TXT" || (purpose !== "mta-sts" && purpose !== "tls-rpt")) return undefined;
  return tlsRecordProblems(purpose, "", [unquoteTxt(content)])[0]?.rule;
}

/** Whether a record of anybody says what one of ours is to say, in whatever form. */
export const saysTheSame = (
  { type, purpose, content }: Pick<Wanted, "type" | "purpose" | "content">,
  record: Pick<DnsRecord, "type" | "content">,
): boolean =>
  content !== undefined &&
  record.type === type &&
  isPublished(purpose, content, [type === "TXT" ? unquoteTxt(record.content) : record.content]);

/** Whether a record says what another is to say, whatever quotes, letter case or dot it is written with. */
export function isSameContent(
  { type, content }: Pick<DnsRecord, "type" | "content">,
  wanted: string | undefined,
): boolean {
  if (wanted === undefined) return false;
  if (type === "TXT") return unquoteTxt(content) === unquoteTxt(wanted);
  return canonicalDomain(content) === canonicalDomain(wanted);
}
