import { type Problem, sentence } from "./problem.ts";

/** Sentences that fit on one page; of more, those that say the same of several things are put together. */
const LINES = 40;
/** Things that one sentence lists. */
const LISTED = 8;

/**
 * Problems as sentences, each once, as many as can be read at once.
 *
 * @returns one sentence a problem while they fit on a page; else one for all that have the same rule and fix, and a last
 *   line that says how many are not shown
 */
export function onePage(problems: readonly Problem[]): string[] {
  const once = [...new Map(problems.map((problem) => [sentence(problem), problem])).values()];
  if (once.length <= LINES) return once.map(sentence);
  const alike = Map.groupBy(once, ({ rule, fix }) => `${rule}; ${fix}`);
  const lines = [...alike.values()].map(together);
  if (lines.length <= LINES) return lines;
  const rest = lines.length - LINES + 1;
  return [...lines.slice(0, LINES - 1), `and ${rest} more kinds of problem; mend these first`];
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
