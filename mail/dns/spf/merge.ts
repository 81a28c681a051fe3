import type { Problem } from "../../problem.ts";
import {
  type AddressRange,
  canonicalMechanism,
  canonicalTerm,
  describeRange,
  overlapOf,
  rangeOf,
  rangesWithout,
} from "./canonical.ts";
import { isAll, isRedirect, isSpf, termsOf, wordsOf } from "./parse.ts";
import { isFault, parseTerm, type SpfTerm } from "./term.ts";

/** An SPF record with our terms in it. */
export interface MergedSpf {
  readonly text: string;
  /** Those of our terms that were not there yet, in canonical form: what `withdrawSpf` takes away again. */
  readonly added: readonly string[];
  /** Why our terms would not have their effect. */
  readonly problems: readonly Problem[];
}

/** What a record of ours says of everybody else. */
const OUR_ALL = "~all";

/**
 * Puts our terms into a domain's SPF record. The owner's terms, their order, spelling, spaces and `all` stay as they
 * are; ours go before the first `all` or `redirect=`, else to the end. A term that is there already, or whose
 * addresses are all there already, is not added again.
 *
 * @param existing the record's text, undefined when there is none
 * @param ours terms such as `include:spf.protection.outlook.com`
 * @param key where the record stands, for the problems
 * @see RFC 7208 section 4.6.2 (the first match decides)
 */
export function mergeSpf(
  existing: string | undefined,
  ours: readonly string[],
  key = "SPF record",
): MergedSpf {
  if (existing === undefined) {
    const added = missingTerms([], ours);
    return { text: ["v=spf1", ...added, OUR_ALL].join(" "), added, problems: [] };
  }
  if (!isSpf(existing))
    return { text: existing, added: [], problems: [noSpfProblem(key, existing)] };
  const terms = termsOf(existing);
  const before = reached(terms);
  const added = missingTerms(before, ours);
  const problems = opposingProblems(key, before, ours);
  return { text: inserted(existing, added, terms), added, problems };
}

function noSpfProblem(key: string, value: string): Problem {
  const fix = 'begin the record with "v=spf1" and a space';
  return { key, value, rule: "is not an SPF record", fix };
}

/**
 * The problems of owner's terms that decide on our mail, or on a part of it, before ours do.
 *
 * @see RFC 7208 section 4.6.2 (the first match decides)
 */
function opposingProblems(
  key: string,
  before: readonly Mechanism[],
  ours: readonly string[],
): Problem[] {
  return ours.map(mechanism).flatMap((term) => {
    const range = rangeOf(term.term);
    if (range === undefined) {
      const first = before.find(({ canonical }) => canonical === term.canonical);
      return first === undefined || isPass(first) ? [] : [opposingProblem(key, first, term)];
    }
    let open = [range];
    return before.flatMap((theirs): Problem[] => {
      const theirRange = rangeOf(theirs.term);
      if (theirRange === undefined) return [];
      const parts = open.flatMap((part) => overlapOf(part, theirRange) ?? []);
      open = rangesWithout(open, theirRange);
      if (parts.length === 0 || isPass(theirs)) return [];
      const isWhole = parts[0]?.first === range.first && parts[0].last === range.last;
      return [opposingProblem(key, theirs, term, isWhole ? [] : parts)];
    });
  });
}

const isPass = ({ term }: Mechanism): boolean => term.qualifier === "+";

/** @param parts the addresses of ours that it decides on; none for all */
function opposingProblem(
  key: string,
  { term, canonical }: Mechanism,
  ours: Mechanism,
  parts: readonly AddressRange[] = [],
): Problem {
  const which =
    parts.length === 0 ? "the same mail" : `mail from ${parts.map(describeRange).join(", ")}`;
  return {
    key,
    value: term.text,
    rule: `comes before "${ours.canonical}" and gives another result for ${which}`,
    fix:
      canonical === ours.canonical
        ? `replace it with "${ours.canonical}"`
        : `put "${ours.canonical}" before it`,
  };
}

/** A term with its canonical form, but for the qualifier. */
interface Mechanism {
  readonly term: SpfTerm;
  readonly canonical: string;
}

/** Our terms that are not among those of the record, each once. */
function missingTerms(there: readonly Mechanism[], ours: readonly string[]): string[] {
  const present = there.filter(isPass);
  const added = [];
  for (const term of ours.map(mechanism)) {
    if (isHeld(term, present)) continue;
    present.push(term);
    added.push(term.canonical);
  }
  return added;
}

/** Whether terms pass all mail that ours is about: the same term, or addresses that hold all of ours together. */
function isHeld(ours: Mechanism, present: readonly Mechanism[]): boolean {
  if (present.some(({ canonical }) => canonical === ours.canonical)) return true;
  const range = rangeOf(ours.term);
  if (range === undefined) return false;
  const held = present.flatMap(({ term }) => rangeOf(term) ?? []);
  return held.reduce(rangesWithout, [range]).length === 0;
}

/** A term of ours; one that can't be read is a mistake of ours and would break the owner's record. */
function mechanism(text: string): Mechanism {
  const term = parseTerm(text, 0);
  if (isFault(term) || term.qualifier !== "+" || isAll(term)) {
    throw new Error(`"${text}" is not a mechanism that can be put into an SPF record`);
  }
  return { term, canonical: canonicalMechanism(term) };
}

/** The terms that receivers come to, those before `all`; of modifiers none looks like a mechanism. */
function reached(terms: readonly SpfTerm[]): Mechanism[] {
  const all = terms.findIndex(isAll);
  const before = all < 0 ? terms : terms.slice(0, all);
  return before.map((term) => ({ term, canonical: canonicalMechanism(term) }));
}

function inserted(text: string, added: readonly string[], terms: readonly SpfTerm[]): string {
  if (added.length === 0) return text;
  const stop = terms.find((term) => isAll(term) || isRedirect(term));
  if (stop !== undefined) {
    return `${text.slice(0, stop.position)}${added.join(" ")} ${text.slice(stop.position)}`;
  }
  const end = text.trimEnd().length;
  return `${text.slice(0, end)} ${added.join(" ")}${text.slice(end)}`;
}

/**
 * Takes our terms out of a domain's SPF record again, each once, wherever they stand by now. When nobody touched the
 * record in between, that gives back the very text that `mergeSpf` was given.
 *
 * @param added what `mergeSpf` said it added
 * @param madeByUs whether there was no record before us
 * @returns the text without our terms; undefined when the record was made by us and says nothing more
 */
export function withdrawSpf(
  current: string,
  added: readonly string[],
  madeByUs: boolean,
): string | undefined {
  const text = without(current, added.map(canonicalTerm));
  const [, ...rest] = wordsOf(text);
  const nothing = isSpf(text) && rest.every((word) => word.text.toLowerCase() === OUR_ALL);
  return madeByUs && nothing ? undefined : text;
}

/**
 * The text without the first term of each canonical form, and without one space beside each: the one behind it, or,
 * where nothing comes behind it, the one before.
 */
function without(current: string, terms: readonly string[]): string {
  const left = [...terms];
  const words = wordsOf(current).map((word, index) => {
    const place = index === 0 ? -1 : left.indexOf(canonicalTerm(word.text));
    if (place >= 0) left.splice(place, 1);
    return { ...word, ours: place >= 0 };
  });
  const last = words.findLastIndex(({ ours }) => !ours);
  return words.reduceRight((text, { ours, position, text: { length } }, index) => {
    if (!ours) return text;
    const start = index > last ? position - 1 : position;
    return text.slice(0, start) + text.slice(start + length + 1);
  }, current);
}
