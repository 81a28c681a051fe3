import { isOwnedBy, type Owners, otherStackProblem, recordOwner } from "../../ownership.ts";
import type { Problem } from "../../problem.ts";
import type { DnsRecord, Resolve } from "../record.ts";
import { unquoteTxt } from "../txt.ts";
import { adoptDmarc, formatDmarc } from "./change.ts";
import { type DmarcPolicy, dmarcProblems, isDmarc, parseDmarc } from "./record.ts";
import { weakerProblem } from "./strength.ts";

/** What a stack asks of a domain's DMARC record. */
export interface DmarcArgs {
  /** When left out, that of the existing record; `none` where there is none. */
  readonly policy?: DmarcPolicy;
  readonly subdomainPolicy?: DmarcPolicy;
  /** Where aggregate reports go. */
  readonly rua: readonly string[];
  /** Whether a record that somebody else made may be taken over. */
  readonly adopt: boolean;
}

/** The same with whose domain it is. Owners are stacks, `project/stack`. */
export interface DmarcRequest extends DmarcArgs, Owners {
  readonly domain: string;
}

/** What becomes of a domain's DMARC record. */
export interface DmarcPlan<T extends DnsRecord> {
  /** The existing record; undefined when there is none. */
  readonly found: T | undefined;
  /** The record's text after the change; empty when the parent's record continues to cover the domain. */
  readonly text: string;
  readonly problems: readonly Problem[];
}

/**
 * Plans a domain's DMARC record (RFC 9989). A new record says `p=none`, a changed one is never weaker than before, and
 * a record that somebody else made is changed only if `adopt` is set.
 *
 * @param records the zone's records, or those of the record's name
 * @param original the text that our record replaced, if it did
 */
export async function planDmarc<T extends DnsRecord>(
  request: DmarcRequest,
  records: readonly T[],
  resolve: Resolve,
  original?: string,
): Promise<DmarcPlan<T>> {
  const key = `DMARC of ${request.domain}`;
  const name = dmarcName(request.domain);
  const existing = records.filter((record) => record.name === name);
  const texts = existing.filter(isDmarcRecord);
  const [found] = texts;
  const stop = (...problems: readonly Problem[]): DmarcPlan<T> => ({ found, text: "", problems });
  const alias = existing.find(({ type }) => type === "CNAME" || type === "NS");
  if (alias !== undefined) return stop(delegatedProblem(key, alias));
  const broken = dmarcProblems(
    key,
    texts.map(({ content }) => unquoteTxt(content)),
  );
  if (broken.length > 0) return stop(...broken);
  const theirs = found && recordOwner(found.comment);
  if (found === undefined || isOwnedBy(theirs, request)) {
    const parent = await inherited(key, request.domain, resolve);
    return typeof parent === "object" ? stop(parent) : { ...planNew(request, key, parent), found };
  }
  const text = unquoteTxt(found.content);
  if (theirs !== undefined) return stop(otherStackProblem(key, text, theirs));
  if (!request.adopt) return stop(foreignProblem(key, text));
  const base = original ?? text;
  const weaker = weakerProblem(key, changeOf(request), base);
  return {
    found,
    text: adoptDmarc(base, changeOf(request)),
    problems: weaker === undefined ? [] : [weaker],
  };
}

/** Where a domain's DMARC record stands (RFC 9989 section 4.5). */
export const dmarcName = (domain: string): string => `_dmarc.${domain}`;

/** Whether a record of a `_dmarc` name is a DMARC record. */
export const isDmarcRecord = ({ type, content }: DnsRecord): boolean =>
  type === "TXT" && isDmarc(unquoteTxt(content));

/** Whether a record says everything that a request asks for. */
export const holdsDmarc = (request: DmarcArgs, text: string): boolean =>
  adoptDmarc(text, changeOf(request)) === text;

/** What a request changes of a record; an empty list changes nothing. */
const changeOf = ({ policy, subdomainPolicy, rua }: DmarcArgs) => ({
  ...(policy === undefined ? {} : { policy }),
  ...(subdomainPolicy === undefined ? {} : { subdomainPolicy }),
  ...(rua.length === 0 ? {} : { rua }),
});

/** The record that a request makes where nothing was. */
const newRecordOf = (request: DmarcArgs, policy: DmarcPolicy = "none") => ({
  ...changeOf(request),
  policy: request.policy ?? policy,
});

/** A record of ours. A subdomain without settings of its own stays under the record that covers it now. */
function planNew(request: DmarcRequest, key: string, parent: string | undefined) {
  if (parent === undefined) return { text: formatDmarc(newRecordOf(request)), problems: [] };
  if (Object.keys(changeOf(request)).length === 0) return { text: "", problems: [] };
  const { subdomainPolicy: policy = "none" } = parseDmarc(parent);
  const text = formatDmarc(newRecordOf(request, policy));
  const weaker = weakerProblem(key, text, formatDmarc({ policy }));
  return { text, problems: weaker === undefined ? [] : [weaker] };
}

/**
 * The record that a domain without one of its own goes by: that of its organizational domain, else that of the public
 * suffix above it (RFC 9989 section 4.10).
 */
async function inherited(
  key: string,
  domain: string,
  resolve: Resolve,
): Promise<string | undefined | Problem> {
  let below: string | undefined;
  let highest: string | undefined;
  for (const parent of parentsOf(domain)) {
    const name = dmarcName(parent);
    const answer = await resolve(name, "TXT");
    if (answer.status === "failed") return lookUpProblem(key, name, answer.why);
    const texts = answer.status === "found" ? answer.records.filter(isDmarc) : [];
    const text = texts.length === 1 ? texts[0] : undefined;
    const { psd } = parseDmarc(text ?? "");
    if (psd === "n") return text;
    if (psd === "y") return below ?? text;
    below = text;
    highest = text ?? highest;
  }
  return highest;
}

/** The domains above one, nearest first; of very long names only the upper ones are asked (RFC 9989 section 4.10). */
function parentsOf(domain: string): string[] {
  const labels = domain.split(".");
  const above = labels.slice(1).map((_label, index) => labels.slice(index + 1).join("."));
  return above.slice(Math.max(0, above.length - MOST_PARENTS));
}

/** How many domains above the first one a receiver asks. */
const MOST_PARENTS = 7;

const lookUpProblem = (key: string, name: string, why: string): Problem => ({
  key,
  value: undefined,
  rule: `may be covered by the record of ${name}, which could not be looked up (${why})`,
  fix: "try again, and check the name servers of that domain",
});

const foreignProblem = (key: string, text: string): Problem => ({
  key,
  value: text,
  rule: "is a record that somebody else created",
  fix: "add dmarc: {adopt: true} to the domain to take it over; only what you configure changes, and it is put back when the domain is removed",
});

const delegatedProblem = (key: string, { type, content }: DnsRecord): Problem => ({
  key,
  value: `${type} ${content}`,
  rule: "is managed elsewhere",
  fix: "change it where it is managed and set dns: {host: external} for the domain, or remove that record",
});
