import { distance as editDistance } from "fastest-levenshtein";
import { characterFault } from "../characters.ts";
import type { Problem } from "../problem.ts";
import { readTags } from "./tagList.ts";

/** A kind of TXT record that receivers know by the version at its beginning. */
export interface VersionedRecord {
  readonly name: "SPF" | "DMARC" | "TLSRPT" | "MTA-STS";
  /** As receivers look for it, e.g. `v=DMARC1`. */
  readonly version: string;
  /** Who looks for it. */
  readonly reader: "receivers" | "senders";
  /** What ends the version: a space in SPF, a semicolon in a tag list. */
  readonly separator: " " | ";";
  /** Whether receivers take a text for such a record. */
  readonly isRecord: (text: string) => boolean;
  /** Whether a text without a version can be meant as nothing else. */
  readonly isContent: (text: string) => boolean;
  /** Whether nothing is wrong with a record. */
  readonly isFine: (text: string) => boolean;
}

/** A step from a text as it is published to one that receivers know. */
interface Step {
  /** What is wrong; undefined when this step changes nothing. */
  readonly clause: (text: string, kind: VersionedRecord) => string | undefined;
  readonly repair: (text: string, kind: VersionedRecord) => string;
}

const OUTER_SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;
/** Double quotation marks anywhere, single ones and backslashes at the ends. */
const QUOTES =
  /["\u201c-\u201f\u00ab\u00bb\u2033\u301d-\u301f]|^['`\u2018-\u201b\\]+|['`\u2018-\u201b\\]+$|\\(?=[";\u201c\u201d])/gu;
/** What has no shape: control characters but for tabs and line breaks, format characters, variation selectors, blanks. */
const INVISIBLE = /(?![\t\r\n])[\p{Cc}\p{Cf}]|\p{Variation_Selector}|[\u115f\u1160\u3164\uffa0]/gu;
const STEPS: readonly Step[] = [
  {
    clause: (text) => (text.search(OUTER_SPACE) >= 0 ? "has white space around it" : undefined),
    repair: (text) => text.replace(OUTER_SPACE, ""),
  },
  {
    clause(text) {
      const found = text.match(QUOTES);
      if (found === null) return undefined;
      const marks = found.every((one) => /^\\+$/.test(one)) ? "backslashes" : "quotation marks";
      return `has ${marks} in its text`;
    },
    repair: (text) => text.replace(QUOTES, "").replace(OUTER_SPACE, ""),
  },
  {
    clause: characterFault,
    repair: (text) => visible(text).replace(OUTER_SPACE, ""),
  },
  { clause: headClause, repair: withVersion },
];

/**
 * Says what is wrong with a TXT record that is meant as one of a kind, and that receivers pass over as they look for
 * its version at the very beginning. The fix shows the record as it should be, where that can be told.
 *
 * @param key where it stands, e.g. `SPF of contoso.com`
 * @param text the strings of the TXT record, put together
 * @returns undefined for a record that receivers take, and for one that means something else
 * @see RFC 7208 section 4.5, RFC 9989 section 4.7 (v), RFC 8460 section 3, RFC 8461 section 3.1
 */
export function passedOverProblem(
  key: string,
  text: string,
  kind: VersionedRecord,
): Problem | undefined {
  if (kind.isRecord(text) || !isMeant(text, kind)) return undefined;
  const clauses: string[] = [];
  let repaired = text;
  for (const { clause, repair } of STEPS) {
    if (kind.isRecord(repaired)) break;
    const wrong = clause(repaired, kind);
    if (wrong !== undefined) clauses.push(wrong);
    repaired = repair(repaired, kind);
  }
  const { name, reader, version, separator } = kind;
  const start = separator === " " ? `"${version}" and a space` : `"${version};"`;
  const right = visible(repaired);
  return {
    key,
    value: text,
    rule: `${clauses.join(" and ")}, so ${reader} see no ${name} record`,
    fix: kind.isFine(right)
      ? `change it to "${right}"`
      : `begin the record with ${start}, or remove it`,
  };
}

function isMeant(text: string, kind: VersionedRecord): boolean {
  const clean = cleaned(text);
  const { end, distance } = headOf(clean, kind);
  const rest = clean.slice(end);
  const isWord = /^(?![a-z])/i.test(rest) || clean.charAt(end - 1) === " ";
  return (distance <= tolerance(kind) && (isWord || kind.isContent(rest))) || kind.isContent(clean);
}

/**
 * Says of a record that is passed over, beside one that is not, what is wrong with it.
 *
 * @returns as `passedOverProblem` does
 */
export function besideProblem(
  key: string,
  text: string,
  kind: VersionedRecord,
): Problem | undefined {
  const problem = passedOverProblem(key, text, kind);
  const fix = `remove it; if it says what the other ${kind.name} record does not, put that into the other one first`;
  return problem && { ...problem, fix };
}

/** A text without what cannot be seen, spaces and quotation marks at its ends, and words of a zone file before it. */
function cleaned(text: string): string {
  const bare = visible(text).replace(QUOTES, "").replace(OUTER_SPACE, "");
  return bare.replace(
    /^(?:\S+\s+)?(?:\d+\s+)?IN\s+TXT\s+|^(?:(?:@|txt|spf|dmarc|_dmarc[^\s:]*)[\s:]+)+(?=\S)/i,
    "",
  );
}

/** Compatibility characters, such as no-break spaces and full-width letters, become those of ASCII. */
function visible(text: string): string {
  return text.normalize("NFKC").replace(INVISIBLE, "").replace(/\s/g, " ");
}

/** How many letters of a version may be wrong: a third. */
const tolerance = ({ version }: VersionedRecord): number => Math.floor(version.length / 3);

/** Where what comes nearest to the version ends, and how many letters are wrong in it. */
function headOf(text: string, { version }: VersionedRecord): { end: number; distance: number } {
  const wanted = version.toLowerCase();
  const start = text.slice(0, wanted.length + 3).toLowerCase();
  let best = { end: 0, distance: wanted.length };
  for (let end = 1; end <= start.length; end += 1) {
    const distance = editDistance(start.slice(0, end), wanted);
    if (distance <= best.distance) best = { end, distance };
  }
  return best;
}

function headClause(text: string, kind: VersionedRecord): string {
  const { version, separator } = kind;
  const clean = cleaned(text);
  const { end, distance } = headOf(clean, kind);
  if (distance > tolerance(kind)) return `does not begin with "${version}"`;
  const [head, next] = [clean.slice(0, end), clean.charAt(end)];
  if (head.toLowerCase() !== version.toLowerCase()) return `has "${head}" instead of "${version}"`;
  const isCased = head !== version && !kind.isRecord(head);
  if (isCased) return `has "${head}", in other letter case than "${version}"`;
  if (clean !== text) return `has "${text.slice(0, text.indexOf(head))}" before the version`;
  const wanted = separator === " " ? "a space" : '";"';
  return next === "" || /[a-z0-9 ]/i.test(next)
    ? `has no ${wanted.replace(/^a /, "")} after the version`
    : `has "${next}" instead of ${wanted} after the version`;
}

/** The text with the version in its place, and separators as the kind has them. */
function withVersion(text: string, kind: VersionedRecord): string {
  const { version, separator } = kind;
  const clean = cleaned(text);
  const { end, distance } = headOf(clean, kind);
  const content = (distance > tolerance(kind) ? clean : clean.slice(end)).replace(/^[\s;,:.]+/, "");
  if (separator === " ") return [version, ...content.split(/[\s;,]+/).filter(Boolean)].join(" ");
  const tags = readTags(content.replace(TAG_GAP, "; ")).filter(({ name }) => !/^v?$/i.test(name));
  return [version, ...tags.map(({ name, value }) => `${name}=${value}`)].join("; ");
}

/** White space or a comma before a tag, where a semicolon belongs. */
const TAG_GAP = /[\s,]+(?=(?:p|sp|np|rua|ruf|adkim|aspf|fo|pct|psd|t|ri|rf|id)\s*=)/gi;
