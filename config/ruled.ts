import { z } from "zod";
import { characterProblem } from "../mail/characters.ts";
import type { Problem } from "../mail/problem.ts";

type Rule = (key: string, value: string) => Problem | undefined;

/** A text of any number of lines that a rule of `mail/` judges; the rule's clause and fix travel with zod's issue. */
export const ruledText = (rule: Rule) =>
  z.string().superRefine((value, context) => {
    const problem = rule("", value);
    if (problem !== undefined) context.addIssue({ code: "custom", params: { problem } });
  });

/** The same of a word or a name, which has no character that nobody sees. */
export const ruled = (rule: Rule) =>
  ruledText((key, value) => characterProblem(key, value) ?? rule(key, value));
