import {
  isCredential,
  isCredentialList,
  withoutCredentials,
  withoutThese,
} from "./credentialText.ts";

/**
 * One problem of a configuration, a record or the tenant, described so that it can be fixed without looking anything
 * up. Every rule in `mail/` returns this, and every caller prints it as one `sentence`.
 */
export interface Problem {
  /** Where it is, e.g. `senders[0].egress[1]`. */
  readonly key: string;
  /** The value there. */
  readonly value: unknown;
  /** What is wrong, as a clause that follows the value: `is a private address, …`. */
  readonly rule: string;
  /** What to do, as an imperative: `list the public address …`. */
  readonly fix: string;
}

/** Characters of the longest value that a message repeats: an SPF record should have at most 450 (RFC 7208 section 3.4). */
const LONGEST = 512;

/** The problem as one sentence: `key: value rule; fix`. */
export function sentence(problem: Problem): string {
  const { fact, fix } = clauses(problem);
  return `${fact}; ${fix}`;
}

/** The problem as two clauses: what is wrong, `key: value rule`, and what to do. */
export function clauses({ key, value, rule, fix }: Problem): {
  readonly fact: string;
  readonly fix: string;
} {
  const text = value === undefined ? "" : `${shown(value)} `;
  // A fix can propose what a rule has read in the value.
  const parts =
    typeof value === "string" && isCredential(value) ? value.match(/[^\s/:@.]{6,}/g) : [];
  const shownSafely = (clause: string) => withoutThese(withoutCredentials(clause), parts ?? []);
  return {
    fact: `${withoutCredentials(key).replace(INVISIBLE, escaped)}: ${text}${shownSafely(rule)}`,
    fix: shownSafely(fix),
  };
}

/**
 * A value as a message repeats it: JSON of a scalar or a list of scalars, whole. What may be a credential is described
 * instead, and so is what is too long to be read and an object, whose keys may be anything.
 */
function shown(value: unknown): string {
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  if (parts.some((part) => typeof part === "object" && part !== null)) {
    return Array.isArray(value) ? "a list" : "an object";
  }
  if (isCredentialList(parts)) return "a value that looks like a credential (not shown)";
  // Its keys may be anything, as those of an object.
  if (parts.some((part) => typeof part === "string" && /^\s*[[{].*[\w"']\s*:\s/s.test(part))) {
    return "a text in brackets (not shown)";
  }
  const text = written(value).replace(INVISIBLE, escaped);
  if (text.length <= LONGEST) return text;
  return Array.isArray(value)
    ? `a list of ${parts.length} entries`
    : `a text of ${text.length} characters (not shown)`;
}

/** JSON has no word for a number without end. */
const written = (value: unknown): string =>
  typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));

/** Whether there is a value, and a message may repeat it as it is. */
export const isShown = (value: unknown): boolean =>
  value !== undefined && shown(value) === written(value);

/** Characters that look like a space or like nothing. */
const INVISIBLE = /(?! )[\p{Z}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Co}\u2800]/gu;

const escaped = (character: string): string =>
  `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`;

/** Sentences that fit on one page; of more, those that say the same of several things are put together. */
const LINES = 40;
/** Things that one sentence lists. */
const LISTED = 8;

/**
 * Problems as sentences, each once, as many as can be read at once.
 *
 * @returns one sentence a problem while they fit on a page; else one for all that have the same rule and fix, and a last
 *   line that says how many are left out
 */
export function summarize(problems: readonly Problem[]): string[] {
  const once = [...new Map(problems.map((problem) => [sentence(problem), problem])).values()];
  if (once.length <= LINES) return once.map(sentence);
  const alike = Map.groupBy(once, ({ rule, fix }) => `${rule}; ${fix}`);
  const lines = [...alike.values()].map(together);
  if (lines.length <= LINES) return lines;
  const rest = lines.length - LINES + 1;
  return [...lines.slice(0, LINES - 1), `and ${rest} more kinds of problem; fix these first`];
}

function together(problems: readonly Problem[]): string {
  const [first] = problems;
  if (first === undefined) return "";
  if (problems.length === 1) return sentence(first);
  const keys = problems.slice(0, LISTED).map(({ key }) => key);
  const rest = problems.length - keys.length;
  const more = rest > 0 ? [`${rest} more`] : [];
  const [rule, fix] = [withoutCredentials(first.rule), withoutCredentials(first.fix)];
  return `${[...keys, ...more].map(withoutCredentials).join(", ")} (${problems.length} in all): each ${rule}; ${fix}`;
}
