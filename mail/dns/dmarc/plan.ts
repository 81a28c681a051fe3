import { isOwnedBy, type Owners, otherStackProblem, recordOwner } from "../../ownership.ts";
import type { Problem } from "../../problem.ts";
import type { DnsRecord, Resolve } from "../record.ts";
import { unquoteTxt } from "../txt.ts";
import { besideProblem } from "../version.ts";
import { adoptDmarc, formatDmarc } from "./change.ts";
import {
  type Covering,
  coveringRecord,
  type PolicyAbove,
  reportsProblem,
  tagsBelow,
} from "./inherit.ts";
import { DMARC_VERSION, dmarcProblems, dmarcWarnings } from "./problems.ts";
import { AS_NONE, DMARC_POLICIES, type DmarcPolicy, isDmarc, parseDmarc } from "./record.ts";
import { weakerProblem } from "./strength.ts";

/** What a stack asks of a domain's DMARC record. */
export interface DmarcArgs {
  /** When left out, that of the existing record; `none` where there is none. */
  readonly policy?: DmarcPolicy;
  readonly subdomainPolicy?: DmarcPolicy;
  /** The stack's own record of a domain above. */
  readonly above?: PolicyAbove;
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
  /** What the record takes from the one that covered the domain so far: `p=none; adkim=s from _dmarc.contoso.com`. */
  readonly inherits: string;
  readonly problems: readonly Problem[];
  /** Warnings for the record's owner. */
  readonly warnings: readonly Problem[];
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
  const texts = existing.filter(({ type }) => type === "TXT");
  const isOurs = ({ comment }: T) => isOwnedBy(recordOwner(comment), request);
  const found = texts.find(isDmarcRecord) ?? texts.find(isOurs);
  const plan = (change: Partial<DmarcPlan<T>>): DmarcPlan<T> => {
    return { found, text: "", inherits: "", problems: [], warnings: [], ...change };
  };
  const alias = existing.find(({ type }) => type === "CNAME" || type === "NS");
  if (alias !== undefined) return plan({ problems: [delegatedProblem(key, alias)] });
  const isAlone = texts.every((one) => one === found || !isDmarcRecord(one));
  const contents = texts.map(({ content }) => unquoteTxt(content));
  const broken = found && isOurs(found) && isAlone ? [] : dmarcProblems(key, contents);
  const theirs = found && recordOwner(found.comment);
  if (broken.length > 0) {
    const [first] = broken;
    const text = isAlone && found ? unquoteTxt(found.content) : undefined;
    const isForeign = theirs === undefined && !request.adopt;
    return plan({
      problems: isForeign ? [...broken, foreignProblem(key, text ?? first?.value)] : broken,
    });
  }
  if (found === undefined || isOurs(found)) {
    const above = await coveringRecord(key, request.domain, resolve);
    if (above !== undefined && "rule" in above) return plan({ problems: [above] });
    const made = planNew(request, key, above);
    const others = texts.filter((one) => one !== found).map(({ content }) => unquoteTxt(content));
    const beside = others.flatMap((one) => besideProblem(key, one, DMARC_VERSION) ?? []);
    return plan({ ...made, warnings: [...made.warnings, ...beside] });
  }
  const text = unquoteTxt(found.content);
  if (theirs !== undefined) return plan({ problems: [otherStackProblem(key, text, theirs)] });
  if (!request.adopt) return plan({ problems: [foreignProblem(key, text)] });
  const base = original ?? text;
  const adopted = adoptDmarc(base, changeOf(request));
  const weaker = weakerProblem(key, changeOf(request), base);
  return plan({
    text: adopted,
    problems: [...(weaker === undefined ? [] : [weaker]), ...withoutEffect(key, request, adopted)],
    warnings: dmarcWarnings(key, [adopted, ...contents.filter((one) => one !== text)]),
  });
}

/** What keeps an adopted record from having the policy that is asked for. */
function withoutEffect(key: string, { policy }: DmarcArgs, text: string): Problem[] {
  if (policy === undefined || parseDmarc(text).policy === policy) return [];
  return dmarcWarnings(key, [text]).filter(({ rule }) => rule.endsWith(AS_NONE));
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

/**
 * A record of ours. A subdomain without settings of its own stays under the record that covers it now; one that gets a
 * record takes from there what it does not say itself.
 */
function planNew(request: DmarcRequest, key: string, published: Covering | undefined) {
  const change = changeOf(request);
  const nothing = { inherits: "", problems: [], warnings: [] };
  const above = covering(request, published);
  if (above === undefined) {
    return { ...nothing, text: formatDmarc({ ...change, policy: request.policy ?? "none" }) };
  }
  if (Object.keys(change).length === 0) return { ...nothing, text: "" };
  const said = [request.policy && "p", request.rua.length > 0 && "rua"];
  const taken = above.tags.filter(({ name }) => !said.includes(name));
  const { policy = above.policy } = request;
  const others = taken.filter(({ name }) => name !== "p").map(written);
  const text = [formatDmarc({ ...change, policy }), ...others].join("; ");
  const now = published && ["v=DMARC1", ...tagsBelow(published.text).map(written)].join("; ");
  const weaker = now === undefined ? undefined : weakerProblem(key, text, now);
  const reports = published && reportsProblem(key, published, request.rua);
  return {
    text,
    inherits: taken.length === 0 ? "" : `${taken.map(written).join("; ")} from ${above.name}`,
    problems: weaker === undefined ? [] : [weaker],
    warnings: reports === undefined ? [] : [reports],
  };
}

/** What covers a domain once the stack's own record above it is published. */
function covering({ above }: DmarcRequest, published: Covering | undefined) {
  const name = above && dmarcName(above.domain);
  const isOwn = published === undefined || published.name === name;
  const [p, ...others] = published === undefined ? [] : tagsBelow(published.text);
  const hasOwn = published && parseDmarc(published.text).tags.some(({ name: tag }) => tag === "sp");
  const isSaid = isOwn && above && !(above.keepsSubdomainPolicy && hasOwn);
  const policy = isSaid ? above.policy : DMARC_POLICIES.find((one) => one === p?.value);
  if (policy === undefined) return undefined;
  return {
    name: published?.name ?? name ?? "",
    policy,
    tags: [{ name: "p", value: policy }, ...others],
  };
}

const written = ({ name, value }: { name: string; value: string }): string => `${name}=${value}`;

const foreignProblem = (key: string, value: unknown): Problem => ({
  key,
  value,
  rule: "is a record that somebody else created",
  fix: "add dmarc: {adopt: true} to the domain to take it over; only what you configure changes, and it is put back when the domain is removed",
});

const delegatedProblem = (key: string, { type, content }: DnsRecord): Problem => ({
  key,
  value: `${type} ${content}`,
  rule: "is managed elsewhere",
  fix: "change it where it is managed and set dns: {host: external} for the domain, or remove that record",
});
