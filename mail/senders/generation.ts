import type { Problem } from "../problem.ts";

/**
 * The generations of a sender's secret that are valid, as a stack file has them. A number stands for itself and the one
 * before: 2 is [2, 1]. A list is exactly what it lists.
 */
export type CredentialGeneration = number | readonly number[];

/** The valid generations, the newest first. */
export function validGenerations(written: CredentialGeneration): readonly [number, ...number[]] {
  if (typeof written === "number") return written > 1 ? [written, written - 1] : [written];
  const [newest = 1, ...others] = written.toSorted((one, other) => other - one);
  return [newest, ...others];
}

/** An app's two secrets: the one in use, and the one that takes its place. */
const MOST = 2;

/** Says that a value is neither a generation nor the one or two that are valid. */
export function generationProblem(key: string, value: unknown): Problem | undefined {
  const fix = "use a whole number from 1 on, e.g. 1";
  if (value === null || value === "") return { key, value: undefined, rule: "is empty", fix };
  if (!Array.isArray(value)) {
    const rule = ruleOfOne(value);
    return rule === undefined ? undefined : { key, value, rule, fix };
  }
  const listed: readonly unknown[] = value;
  const problem = (rule: string, instead: string) => ({ key, value, rule, fix: instead });
  if (listed.length === 0) return problem("is empty", "list the valid generation, e.g. [2]");
  const wrong = listed.find((one) => ruleOfOne(one) !== undefined);
  if (wrong !== undefined) {
    return problem(`has an entry that ${ruleOfOne(wrong)}`, "list whole numbers from 1 on");
  }
  const numbers = listed as readonly number[];
  const newest = Math.max(...numbers);
  const instead = `list the newest one alone, [${newest}]${newest > 1 ? `, or with the one before it, [${newest}, ${newest - 1}]` : ""}`;
  if (numbers.length > MOST) {
    return problem(`lists ${numbers.length} generations, and two can be valid at most`, instead);
  }
  return numbers.length === MOST && newest - Math.min(...numbers) !== 1
    ? problem("does not list two generations that follow each other", instead)
    : undefined;
}

/** What is wrong with one generation, as a clause. */
function ruleOfOne(value: unknown): string | undefined {
  if (!Number.isSafeInteger(value)) return "is not a whole number";
  return (value as number) < 1 ? "is less than 1" : undefined;
}

/** Says that a sender with a password has two generations of it. */
export const twoPasswordsProblem = (
  key: string,
  written: CredentialGeneration,
): Problem | undefined =>
  typeof written === "number" || written.length < MOST
    ? undefined
    : {
        key,
        value: written,
        rule: "lists two generations, and a user has one password",
        fix: `list the newest one alone, [${validGenerations(written)[0]}]`,
      };
