import { type KnownZone, nameExists, parentOf } from "../../mail/dns/placement.ts";
import type { DnsRecord, RecordType, Resolve } from "../../mail/dns/record.ts";

/** What a wildcard may serve that somebody would miss. */
const TYPES = ["A", "AAAA", "CNAME", "MX", "TXT"] as const satisfies readonly RecordType[];

/**
 * As much of a domain's zone as public DNS shows and as decides where the domain's records may stand: its own records,
 * and the wildcards that serve it while it has none.
 *
 * @throws Error when DNS does not answer
 */
export async function knownZoneOf(domain: string, resolve: Resolve): Promise<KnownZone> {
  const records: DnsRecord[] = [];
  let below: readonly DnsRecord[] = [];
  let node = domain;
  for (; node.includes("."); node = parentOf(node)) {
    const name = parentOf(node);
    if (await isApex(node, resolve)) break;
    const served = await recordsAt(node, resolve);
    const wild = (await recordsAt(`*.${name}`, resolve)).records;
    // What a wildcard serves can't be told from the same records at the name itself.
    const isServedByWildcard = wild.length > 0 && contentsOf(served.records) === contentsOf(wild);
    // Below a name that does not exist the wildcard above it answers for every other one.
    if (!isServedByWildcard) records.push(...below);
    below = wild;
    if (!isServedByWildcard && served.exists) records.push(...orEmpty(node, served.records));
    if (nameExists(node, { name, records })) break;
  }
  records.push(...below);
  return { name: node, records };
}

async function isApex(name: string, resolve: Resolve): Promise<boolean> {
  const [alias, servers] = [await resolve(name, "CNAME"), await resolve(name, "NS")];
  return alias.status !== "found" && servers.status === "found";
}

async function recordsAt(name: string, resolve: Resolve) {
  const records: DnsRecord[] = [];
  let exists = false;
  for (const type of TYPES) {
    const answer = await resolve(name, type);
    if (answer.status === "failed") throw new UnansweredError(answer.why);
    exists ||= answer.status !== "nxdomain";
    const contents = answer.status === "found" ? answer.records : [];
    records.push(...contents.map((content) => ({ name, type, content })));
  }
  const alias = records.find(({ type }) => type === "CNAME");
  return { exists, records: alias === undefined ? records : [alias] };
}

/** A name that exists without records of these types stands as a record of none. */
const orEmpty = (name: string, records: readonly DnsRecord[]): readonly DnsRecord[] =>
  records.length > 0 ? records : [{ name, type: "", content: "" }];

const contentsOf = (records: readonly DnsRecord[]): string =>
  records
    .map(({ type, content }) => `${type} ${content}`)
    .toSorted()
    .join("\n");

/** A question to DNS that got no answer. */
export class UnansweredError extends Error {
  override readonly name = "UnansweredError";
  /** What the resolver says, with the question. */
  readonly why: string;

  constructor(why: string) {
    super(
      `DNS did not answer: ${why}; check this machine's DNS server, or name another one in M365_SMTP_RELAY_DNS_SERVER`,
    );
    this.why = why;
  }
}
