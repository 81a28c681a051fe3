import type { Problem } from "../../mail/problem.ts";
import type { Refusal } from "./follow.ts";

type Fixes<S> = readonly (readonly [words: RegExp, fixed: S])[];
/** What is wrong with a value, the value, and what it becomes when each part of the fix is followed. */
export type Row<S> = readonly [says: RegExp, broken: S, ...fixes: Fixes<S>];

type Judged = readonly (Pick<Problem, "rule" | "fix"> | undefined)[];

/** Rows about values that one rule judges. */
export function valueFixes<S>(
  what: string,
  judge: (value: S) => Judged | Promise<Judged>,
  rows: readonly Row<S>[],
): Refusal<unknown>[] {
  return rows.map(
    ([says, broken, ...fixes]): Refusal<unknown> => ({
      title: `${what}: ${says.source}`,
      make: () => broken,
      refusals: async (value) =>
        (await judge(value as S)).flatMap((problem) =>
          problem === undefined ? [] : [`${problem.rule}; ${problem.fix}`],
        ),
      says,
      fixes: fixes.map(([words, fixed]) => [words, () => fixed]),
    }),
  );
}
