import type { Problem } from "../problem.ts";

/**
 * Says that something of a domain bears another stack's mark: a domain belongs to one stack.
 *
 * @param theirs the stack that it belongs to, `project/stack`
 */
export const otherStackProblem = (key: string, value: unknown, theirs: string): Problem => ({
  key,
  value,
  rule: `belongs to the stack ${theirs}, and a domain belongs to one stack`,
  fix: "take the domain out of one of the two",
});
