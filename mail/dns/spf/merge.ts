import type { Problem } from "../../problem.ts";
import { canonicalMechanism, canonicalTerm, covers } from "./canonical.ts";
import { isAll, isRedirect, isSpf, parseSpf } from "./parse.ts";
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
export const OUR_ALL = "~all";

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
    const added = missing([], ours);
    return { text: ["v=spf1", ...added, OUR_ALL].join(" "), added, problems: [] };
  }
  const problems = mergeProblems(key, existing, ours);
  if (!isSpf(existing)) return { text: existing, added: [], problems };
  const { terms } = parseSpf(existing);
  const added = missing(reached(terms), ours);
  return { text: inserted(existing, added, terms), added, problems };
}

/** Says that a record can't take our terms, or that a term of the owner's stands before ours and says otherwise. */
export function mergeProblems(
  key: string,
  existing: string | undefined,
  ours: readonly string[],
): Problem[] {
  if (existing === undefined) return [];
  if (!isSpf(existing)) {
    const fix = 'begin the record with "v=spf1" and a space';
    return [{ key, value: existing, rule: "is no SPF record", fix }];
  }
  const before = reached(parseSpf(existing).terms);
  return mechanisms(ours).flatMap((term) => {
    const first = before.find((theirs) => holds(theirs, term));
    if (first === undefined || first.qualifier === "+") return [];
    const ourText = canonicalTerm(term.text);
    const rule = `stands before "${ourText}" and decides otherwise on the same mail`;
    return [{ key, value: first.text, rule, fix: `write "${ourText}" in its place` }];
  });
}

/** Our terms that are not among those of the record, each once. */
function missing(there: readonly SpfTerm[], ours: readonly string[]): string[] {
  const present = there.filter(({ qualifier }) => qualifier === "+");
  const added: string[] = [];
  for (const term of mechanisms(ours)) {
    if (present.some((theirs) => holds(theirs, term))) continue;
    present.push(term);
    added.push(canonicalTerm(term.text));
  }
  return added;
}

/** Terms that can be read, as mechanisms; others are a mistake of ours and would break the owner's record. */
function mechanisms(ours: readonly string[]): SpfTerm[] {
  return ours.map((text) => {
    const term = parseTerm(text, 0);
    if (isFault(term) || term.qualifier !== "+" || isAll(term)) {
      throw new Error(`"${text}" is no mechanism to put into an SPF record`);
    }
    return term;
  });
}

/** Whether a term of the record decides on all mail that ours is about. */
function holds(theirs: SpfTerm, ours: SpfTerm): boolean {
  return canonicalMechanism(theirs) === canonicalMechanism(ours) || covers(theirs, ours);
}

/** The mechanisms that receivers come to: those before `all`. */
function reached(terms: readonly SpfTerm[]): SpfTerm[] {
  const all = terms.findIndex(isAll);
  const before = all < 0 ? terms : terms.slice(0, all);
  return before.filter(({ kind }) => kind === "mechanism");
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
