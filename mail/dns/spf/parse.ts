import { describeCharacter } from "../../characters.ts";
import type { VersionedRecord } from "../version.ts";
import { isFault, joinedTerms, parseTerm, type SpfFault, type SpfTerm } from "./term.ts";

/** What an SPF record says, as far as it can be read, and what is wrong with it. */
export interface ParsedSpf {
  /** The terms that could be read, in their order. */
  readonly terms: readonly SpfTerm[];
  readonly problems: readonly SpfFault[];
}

/** A word of the record, what stands between two spaces. */
interface Word {
  readonly text: string;
  readonly position: number;
}

/** Octets of text that leave room for the rest in an answer of 512 (RFC 7208 section 3.4). */
const COMFORTABLE_LENGTH = 450;

/**
 * Whether receivers take a TXT record's text for SPF: it begins with `v=spf1` and a space, or ends there.
 *
 * @see RFC 7208 section 4.5 (selecting records)
 */
export function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/** How an SPF record is known, and a text that is meant to be one: terms alone, at least one of which means nothing else. */
export const SPF_VERSION: VersionedRecord = {
  name: "SPF",
  version: "v=spf1",
  reader: "receivers",
  separator: " ",
  isRecord: isSpf,
  isContent(text) {
    const read = wordsOf(text).map((word) => parseTerm(word.text, word.position));
    const isOfSpf = (term: SpfTerm | SpfFault): boolean =>
      !isFault(term) &&
      (["include", "ip4", "ip6", "exists"].includes(term.name) || /^[-+~?]all$/i.test(term.text));
    return read.some(isOfSpf) && !read.some(isFault);
  },
  isFine: (text) => !parseSpf(text).problems.some(({ severity }) => severity === "error"),
};

/**
 * Reads an SPF record. Problems are reported for each term, so that the rest can still be read.
 *
 * @param text the strings of the TXT record, put together
 * @see RFC 7208 section 4.6 (record evaluation) and section 12 (ABNF)
 */
export function parseSpf(text: string): ParsedSpf {
  const { first, read, terms } = readTerms(text);
  return {
    terms,
    problems: [
      ...versionFaults(text, first),
      ...spaceFaults(text),
      ...read.filter(isFault),
      ...twiceFaults(terms),
      ...unreachedFaults(terms),
      ...adviceOn(terms, text),
      ...lengthFaults(text),
    ],
  };
}

/** The terms of a record that can be read, each word by itself. */
export function termsOf(text: string): readonly SpfTerm[] {
  return termWords(wordsOf(text))
    .map((word) => parseTerm(word.text, word.position))
    .filter((term): term is SpfTerm => !isFault(term));
}

/** The words without the version. */
const termWords = (words: readonly Word[]): readonly Word[] =>
  /^["']?v=/i.test(words[0]?.text ?? "") ? words.slice(1) : words;

function readTerms(text: string) {
  const words = wordsOf(text);
  const read = readWords(termWords(words));
  return { first: words[0], read, terms: read.filter((term): term is SpfTerm => !isFault(term)) };
}

/** Each word as a term; two as one fault where a space parts a mechanism from what it names. */
function readWords(words: readonly Word[]): (SpfTerm | SpfFault)[] {
  const read = words.map(({ text, position }) => parseTerm(text, position));
  return read.flatMap((one, index) => {
    const [before, after] = [read[index - 1], read[index + 1]];
    if (before !== undefined && isParted(before, one)) return [];
    if (after === undefined || !isParted(one, after)) return [one];
    const text = `${one.text} ${after.text}`;
    const rule = "has a space within it";
    const fix = `write "${one.text}${after.text}"`;
    return [{ severity: "error", text, position: one.position, rule, fix } as const];
  });
}

/** Whether two words are one term with a space before or after one of its signs; a second word that is a term by itself is not. */
function isParted(one: SpfTerm | SpfFault, other: SpfTerm | SpfFault): boolean {
  const isSign = /^[-+~?]$/.test(one.text);
  if (isSign) return !isFault(parseTerm(one.text + other.text, 0));
  const hasSign = /^[a-z+~?-][a-z0-9]*[:=]$/i.test(one.text) !== /^[:=]./.test(other.text);
  return hasSign && isFault(other) && !isFault(parseTerm(one.text + other.text, 0));
}

/** The words of a text; any white space counts between them, as people take it to. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  const pattern = /\S+/g;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    words.push({ text: found[0], position: found.index });
  }
  return words;
}

function versionFaults(text: string, first: Word | undefined): SpfFault[] {
  if (isSpf(text)) return [];
  const fix = 'begin the record with "v=spf1" and a space';
  const fault = (rule: string, word = first): SpfFault => ({
    severity: "error",
    text: word?.text ?? text,
    position: word?.position ?? 0,
    rule,
    fix,
  });
  if (first === undefined) return [fault("is empty")];
  if (first.text.toLowerCase() === "v=spf1") {
    const where = first.position > 0 ? "has white space before it" : "has no space after it";
    return [fault(`${where}, so receivers see no SPF record`)];
  }
  if (/^["']/.test(first.text)) return [fault("has a quotation mark before the version")];
  if (/^v=spf/i.test(first.text)) return [fault("is not a version of SPF that receivers know")];
  return [fault("is in the place of the version")];
}

/** @see RFC 7208 section 4.6.1 (terms are separated by spaces alone) */
function spaceFaults(text: string): SpfFault[] {
  const found = /[^\S ]/.exec(text);
  if (found === null) return [];
  const rule = `has ${describeCharacter(found[0])} between its terms`;
  const fix = "put one space between terms";
  return [{ severity: "error", text, position: found.index, rule, fix }];
}

/** @see RFC 7208 section 6 (redirect and exp at most once) */
function twiceFaults(terms: readonly SpfTerm[]): SpfFault[] {
  return ["redirect", "exp"].flatMap((once) => {
    const [, ...more] = terms.filter(({ name }) => name === once);
    const fix = "leave one of them in the record";
    return more.map((term) => about(term, "error", `is the second ${once}=`, fix));
  });
}

/** @see RFC 7208 section 5.1 (what follows all) and section 6.1 (redirect beside all) */
function unreachedFaults(terms: readonly SpfTerm[]): SpfFault[] {
  const all = terms.findIndex(isAll);
  if (all < 0) return [];
  return terms.flatMap((term, index) => {
    if (term.kind === "mechanism" && index > all) {
      const fix = `put it before "${terms[all]?.text}", or remove it`;
      return [about(term, "warning", "comes after all, so it is never reached", fix)];
    }
    if (isRedirect(term)) {
      const fix = `remove it, or "${terms[all]?.text}"`;
      return [about(term, "warning", "has no effect, because the record has all", fix)];
    }
    return [];
  });
}

/** Whether a term is the mechanism that matches everybody. */
export function isAll({ kind, name }: SpfTerm): boolean {
  return kind === "mechanism" && name === "all";
}

/** Whether a term is the modifier that sends receivers on to another domain's record. */
export function isRedirect({ name }: SpfTerm): boolean {
  return name === "redirect";
}

const NO_ALL = "has no all, so mail from anywhere is neither passed nor failed";
const NEUTRAL_ALL = "gives no result for mail from elsewhere";

/** Whether a fault is that the record says nothing of mail from elsewhere. */
export const isNeutral = ({ rule }: SpfFault): boolean => [NO_ALL, NEUTRAL_ALL].includes(rule);

/** What receivers take, and owners did not mean. */
function adviceOn(terms: readonly SpfTerm[], text: string): SpfFault[] {
  const advice = terms.flatMap((term) => adviceOnTerm(term));
  if (!isSpf(text) || terms.some((term) => isAll(term) || isRedirect(term))) return advice;
  const fix = 'end it with "~all"';
  return [...advice, { severity: "warning", text, position: text.length, rule: NO_ALL, fix }];
}

function adviceOnTerm(term: SpfTerm): SpfFault[] {
  const { kind, name, qualifier } = term;
  if (kind === "modifier" && !/%\{p/i.test(term.value ?? "")) {
    if (!["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists", "v"].includes(name))
      return [];
    const fix = name === "v" ? "remove it" : `write "${name}:" with a colon`;
    return [about(term, "warning", "is an unknown modifier, which receivers ignore", fix)];
  }
  const joined = joinedTerms(term.text);
  if (joined !== undefined) {
    const rule = "is two terms without a space between them, which receivers take for one name";
    return [about(term, "warning", rule, `write "${joined}"`)];
  }
  if (/%\{p/i.test(term.value ?? "")) {
    const rule = "has the macro %{p}, which is slow and should not be used (RFC 7208 section 7.2)";
    return [
      about(term, "warning", rule, "use another macro, or name the addresses with ip4 and ip6"),
    ];
  }
  if (name === "ptr") {
    const fix = "name the addresses with ip4 and ip6 instead";
    return [about(term, "warning", "is slow and must not be used (RFC 7208 section 5.5)", fix)];
  }
  if (name === "all" && qualifier === "?") {
    const fix = 'write "~all", or "-all"';
    return [about(term, "warning", NEUTRAL_ALL, fix)];
  }
  return [];
}

function lengthFaults(text: string): SpfFault[] {
  const { length } = text;
  if (length <= COMFORTABLE_LENGTH) return [];
  return [
    {
      severity: "warning",
      text,
      position: COMFORTABLE_LENGTH,
      rule: `has ${length} characters; answers with more than ${COMFORTABLE_LENGTH} may be cut off`,
      fix: "join ranges of addresses, or move terms to another record and include it",
    },
  ];
}

function about(
  { text, position }: SpfTerm,
  severity: SpfFault["severity"],
  rule: string,
  fix: string,
): SpfFault {
  return { severity, text, position, rule, fix };
}
