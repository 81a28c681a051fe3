import {
  isOwnedBy,
  type Owners,
  otherStackProblem,
  recordMark,
  recordOwner,
} from "../../ownership.ts";
import type { Problem } from "../../problem.ts";
import type { DnsRecord, Resolve, StoredRecord } from "../record.ts";
import { quoteTxt, unquoteTxt } from "../txt.ts";
import { mergeSpf, withdrawSpf } from "./merge.ts";
import { isSpf } from "./parse.ts";
import { printTree, spfProblems, spfWarnings, treeProblems, treeWarnings } from "./problems.ts";
import { lookUpTree } from "./tree.ts";

/** What an SPF record will be, and why. */
export interface SpfPlan<T extends DnsRecord> {
  /** The existing record; undefined when there is none, or more than one. */
  readonly found: T | undefined;
  /** The record's text after the change. */
  readonly text: string;
  /** Terms in it that this stack added. */
  readonly added: readonly string[];
  /** The look-ups that a receiver will make, line by line. */
  readonly lookUps: readonly string[];
  /** What is wrong; the record is not written then. */
  readonly problems: readonly Problem[];
  /** Warnings for the record's owner. */
  readonly warnings: readonly Problem[];
}

/** Owners are stacks, `project/stack`. */
export interface SpfRequest extends Owners {
  readonly domain: string;
  /** Terms that have to be in the record. */
  readonly terms: readonly string[];
}

/**
 * Plans a domain's SPF record (RFC 7208): the owner's terms stay as they are, ours are added, and look-ups are counted
 * as receivers count them.
 *
 * @param records the zone's records, or those of the domain's name
 * @param before terms that an earlier run of ours added; those not wanted any more go
 */
export async function planSpf<T extends DnsRecord>(
  request: SpfRequest,
  records: readonly T[],
  resolve: Resolve,
  before: readonly string[] = [],
): Promise<SpfPlan<T>> {
  const { domain, terms } = request;
  const key = `SPF of ${domain}`;
  const all = txtRecordsOf(records, domain);
  const existing = spfRecordsOf(all, domain);
  const text = existing[0] && unquoteTxt(existing[0].content);
  // A record of ours that receivers take no more is written anew.
  const ours = all.find(({ comment }) => isOwnedBy(recordOwner(comment), request));
  const found = existing[0] ?? ours;
  const others = all.filter((one) => one !== found).map(({ content }) => unquoteTxt(content));
  const broken = [
    ...spfProblems(key, text === undefined ? others : [text, ...others]),
    ...existing.flatMap((record) => othersProblems(key, record, request)),
  ];
  if (broken.length > 0) {
    const nothing = { found: undefined, text: "", added: [], lookUps: [] };
    return { ...nothing, problems: broken, warnings: [] };
  }
  const gone = before.filter((term) => !terms.includes(term));
  const base = text === undefined ? undefined : withdrawSpf(text, gone, false);
  const merged = mergeSpf(base, terms, key);
  const kept = before.filter((term) => terms.includes(term));
  const tree = await lookUpTree(domain, merged.text, resolve);
  return {
    found,
    text: merged.text,
    added: [...new Set([...kept, ...merged.added])],
    lookUps: printTree(tree),
    problems: [...merged.problems, ...treeProblems(key, tree)],
    warnings: [...spfWarnings(key, [merged.text, ...others]), ...treeWarnings(key, tree)],
  };
}

function othersProblems(key: string, { content, comment }: DnsRecord, owners: Owners): Problem[] {
  const theirs = recordOwner(comment);
  if (theirs === undefined || isOwnedBy(theirs, owners)) return [];
  return [otherStackProblem(key, unquoteTxt(content), theirs)];
}

/** The SPF records at a name; a receiver takes one only (RFC 7208 section 4.5). */
export function spfRecordsOf<T extends DnsRecord>(records: readonly T[], domain: string): T[] {
  return txtRecordsOf(records, domain).filter(({ content }) => isSpf(unquoteTxt(content)));
}

/** The TXT records at a name. */
export function txtRecordsOf<T extends DnsRecord>(records: readonly T[], domain: string): T[] {
  return records.filter(({ type, name }) => type === "TXT" && name === domain);
}

/** What we added to a record, and what it was before. Contents are as a zone keeps them, with their quotes. */
export interface SpfAddition {
  /** Terms that we added. */
  readonly added: readonly string[];
  /** The content before us; null when we made the record. */
  readonly original: string | null;
  /** The content as we left it. */
  readonly written: string;
}

/** What state knows of a record that an earlier run wrote. */
interface WrittenSpf extends SpfAddition {
  readonly recordId: string;
  readonly zoneId: string;
  /** The record's text as it was written. */
  readonly after: string;
}

/**
 * What an earlier run added to the record: the run that wrote the state, or an interrupted one that made the record.
 * Undefined for a record that is its owner's.
 */
export function additionOf(
  there: readonly StoredRecord[],
  { owner, terms, zoneId }: SpfRequest & { readonly zoneId: string },
  olds?: WrittenSpf,
): SpfAddition | undefined {
  if (there.some(({ id }) => id === olds?.recordId)) return olds;
  // A zone that was moved brought the record along.
  const isCopy = ({ content }: StoredRecord) => unquoteTxt(content) === olds?.after;
  if (olds !== undefined && olds.zoneId !== zoneId && there.some(isCopy)) return olds;
  if (!there.some(({ comment }) => comment === recordMark(owner))) return undefined;
  return { added: mergeSpf(undefined, terms).added, original: null, written: "" };
}

/** The content to put back in the end, with what its owner changed since. */
export function originalOf(content: string, addition: SpfAddition | undefined): string | null {
  if (addition === undefined) return content;
  return addition.original === null ? null : (restOf(content, addition) ?? null);
}

/** What is left of a record's content without us; undefined when nothing is. */
export function restOf(content: string, addition: SpfAddition): string | undefined {
  const { added, original, written } = addition;
  if (original !== null && content === written) return original;
  const text = unquoteTxt(content);
  const rest = withdrawSpf(text, added, original === null);
  if (rest === text) return content;
  return rest === undefined ? undefined : quoteTxt(rest);
}

/** The terms of the last check that were not in the owner's record. */
export function addedTo(
  before: string | undefined,
  terms: readonly string[] = [],
): readonly string[] {
  if (before === undefined) return [];
  return mergeSpf(before === "" ? undefined : before, terms).added;
}
