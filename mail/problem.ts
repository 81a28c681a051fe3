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

/** The problem as one sentence: `key: value rule; fix`. Values are written as JSON, cut at 120 characters. */
export function sentence({ key, value, rule, fix }: Problem): string {
  const text = value === undefined ? "" : `${abbreviated(value)} `;
  return `${key}: ${text}${rule}; ${fix}`;
}

function abbreviated(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

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
  return `${[...keys, ...more].join(", ")} (${problems.length} in all): each ${first.rule}; ${first.fix}`;
}
