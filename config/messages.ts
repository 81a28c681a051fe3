import type { z } from "zod";
import { characterProblem } from "../mail/characters.ts";
import { isCredentialList } from "../mail/credentialText.ts";
import type { Problem } from "../mail/problem.ts";
import { jsonSchema, type SchemaNode } from "./jsonSchema.ts";
import { isName, misreading, nearest } from "./nearest.ts";
import { formOf } from "./typed.ts";

type Issue = z.core.$ZodIssue;

/**
 * What zod says of a stack file as problems of ours: what is wrong with each value, and what the key takes.
 *
 * @param input the stack file's values, by full key
 * @param isSecret whether a full key is secret, or contains something secret
 */
export function problemsOf(
  issues: readonly Issue[],
  input: unknown,
  isSecret: (key: string) => boolean,
): Problem[] {
  const isWider = (issue: Issue, index: number): boolean =>
    issue.code === "too_big" &&
    issues
      .slice(index + 1)
      .some(({ code, path }) => code === "too_big" && keyOf(path) === keyOf(issue.path));
  return issues
    .filter((issue, index) => !isWider(issue, index))
    .flatMap((issue) => issuesOfForm(issue, input))
    .flatMap((issue) =>
      isSecret(String(issue.path[0]))
        ? [secretIssueProblem(issue, input)]
        : problemsOfIssue(issue, input),
    );
}

/** Of a value that fits no form of its key: what is wrong with it in the form that it is meant to have. */
function issuesOfForm(issue: Issue, input: unknown): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const { anyOf = [] } = nodeAt(issue.path) ?? {};
  const form = formOf(anyOf, at(input, issue.path));
  const issues = form === undefined ? [] : (issue.errors[anyOf.indexOf(form)] ?? []);
  return issues
    .map((one) => ({ ...one, path: [...issue.path, ...one.path] }))
    .flatMap((one) => issuesOfForm(one, input));
}

/** The rule that a required key breaks which is not there. */
const MISSING = "is missing";

function problemsOfIssue(issue: Issue, input: unknown): Problem[] {
  const key = keyOf(issue.path);
  const value = at(input, issue.path);
  const list = at(input, issue.path.slice(0, -1));
  if (Array.isArray(list) && isCredentialList(list)) return [hiddenEntryProblem(issue, value)];
  if (issue.code === "custom") return [{ ...(issue.params?.problem as Problem), key }];
  const unreadable = typeof value === "string" ? characterProblem(key, value) : undefined;
  return [unreadable ?? formProblem(issue, value)];
}

/** Says that an entry is wrong whose list looks like a credential, so that each entry may be a part of it. */
function hiddenEntryProblem(issue: Issue, value: unknown): Problem {
  const node = nodeAt(issue.path);
  const key = keyOf(issue.path);
  // A rule that shows no value repeats none in its words either.
  const own = issue.code === "custom" ? (issue.params?.problem as Problem) : undefined;
  if (own !== undefined && own.value === undefined) return { ...own, key };
  const unreadable = typeof value === "string" ? characterProblem(key, value) : undefined;
  if (unreadable !== undefined) return { ...unreadable, value: undefined };
  return {
    key,
    value: undefined,
    rule: "is not valid (not shown, because its list looks like a credential)",
    fix: `${expectationOf(node, issue, undefined)}${exampleOf(node)}`,
  };
}

/** Says that a value has another form than its key takes. */
function formProblem(issue: Issue, value: unknown): Problem {
  const taken = nodeAt(issue.path);
  const node = taken?.anyOf ? formOf(taken.anyOf, value) : taken;
  const isEmpty = value === undefined || value === null;
  const add = typeof issue.path.at(-1) === "number" ? "remove it, or add a value" : "add it";
  // Text in place of a list or an object can hold keys that are not known, whose values are never repeated.
  const isBrokenJson = typeof value === "string" && /^\s*[[{]/.test(value);
  return {
    key: keyOf(issue.path),
    value: isEmpty || isBrokenJson ? undefined : value,
    rule: isBrokenJson ? "is text that is not valid JSON" : ruleOf(issue, value),
    fix: `${isEmpty ? add : expectationOf(node, issue, value)}${exampleOf(node)}`,
  };
}

/** What is wrong with a secret value, in words that hold for every value of its key. */
function secretIssueProblem(issue: Issue, input: unknown): Problem {
  if (issue.code === "custom") return secretProblem(keyOf(issue.path));
  const value = at(input, issue.path);
  const isEmpty = value === undefined || value === null;
  return { ...formProblem(issue, isEmpty ? value : "?"), value: undefined };
}

/**
 * Says that a secret value breaks a rule, but not which one: a clause and a fix can repeat the value, or what follows
 * from it.
 */
export function secretProblem(key: string): Problem {
  const [name] = key.split(/[.[]/, 1);
  return {
    key,
    value: undefined,
    rule: "is not valid (not shown, because it is secret)",
    fix: `run pulumi config get ${name} to see it, and correct it`,
  };
}

/** The value of an unknown key is never repeated. Its name is, if it looks like a name. */
export function unknownKeyProblem(path: readonly PropertyKey[], name: string): Problem {
  const near = nearestKey(path, name);
  const key = near !== undefined || isName(name) ? keyOf([...path, name]) : keyOf(path);
  const rule =
    key === keyOf(path) ? "has a key that is not known (not shown)" : "is not a known key";
  const known = keysAt(path);
  const fix = near === undefined ? `use one of: ${known.join(", ")}` : `rename it to ${near}`;
  return { key, value: undefined, rule: `${rule}${misreading(name)}`, fix };
}

const nearestKey = (path: readonly PropertyKey[], name: string): string | undefined =>
  nearest(name, keysAt(path));

/** The keys that an object at a place takes. */
function keysAt(path: readonly PropertyKey[]): string[] {
  const node = nodeAt(path);
  return Object.keys((node?.anyOf ? formOf(node.anyOf, {}) : node)?.properties ?? {});
}

function ruleOf(issue: Issue, value: unknown): string {
  if (value === undefined) return MISSING;
  if (value === null || value === "") return "is empty";
  switch (issue.code) {
    case "invalid_type":
      return `is not ${TYPES[issue.expected] ?? `of the type ${issue.expected}`}`;
    case "too_small":
      if (issue.origin === "array") return "is empty";
      return `is ${issue.inclusive === false ? "not more" : "less"} than ${issue.minimum}`;
    case "too_big":
      return `is more than ${issue.maximum}`;
    case "invalid_value":
      return "is not an allowed value";
    default:
      return "is not valid";
  }
}

/** What zod's names of types mean in a stack file. */
const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "an object",
  string: "a string",
};

/** What YAML 1.1, and other tools, take for true and false. */
export const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(["yes", "y", "on", "1", "true"].map((word) => [word, true])),
  ...Object.fromEntries(["no", "n", "off", "0", "false"].map((word) => [word, false])),
};

function expectationOf(node: SchemaNode | undefined, issue: Issue, value: unknown): string {
  if (node?.enum !== undefined) return `use one of ${node.enum.join(", ")}`;
  if (issue.code === "too_small" && issue.origin === "array") return "list at least one";
  switch (node?.type) {
    case "array":
      return "use a list";
    case "boolean": {
      const meant = BOOLEANS[String(value).toLowerCase()];
      return meant === undefined ? "use true or false" : `use ${meant}`;
    }
    case "integer":
      return `use a whole number ${rangeOf(node)}`;
    case "number":
      return `use a number ${rangeOf(node)}`;
    case "object":
      return "use an object";
    default:
      return "use a string";
  }
}

function rangeOf(node: SchemaNode): string {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER, exclusiveMinimum } = node;
  if (exclusiveMinimum !== undefined) return `above ${exclusiveMinimum}`;
  return maximum < Number.MAX_SAFE_INTEGER ? `from ${minimum} to ${maximum}` : `from ${minimum} on`;
}

/** An example of a key's value, for the end of a fix. */
function exampleOf(node: SchemaNode | undefined): string {
  const [example] = node?.examples ?? [];
  return example === undefined || node?.enum !== undefined || node?.type === "boolean"
    ? ""
    : `, e.g. ${JSON.stringify(example)}`;
}

/** A path as messages write it: `m365-smtp-relay:senders[0].from`. */
function keyOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((key, step) => {
    if (typeof step === "number") return `${key}[${step}]`;
    return key === "" ? String(step) : `${key}.${String(step)}`;
  }, "");
}

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
    input,
  );
}

function nodeAt(path: readonly PropertyKey[]): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((taken, step) => {
    const isEntry = typeof step === "number";
    const node = taken?.anyOf?.find(({ type }) => type === (isEntry ? "array" : "object")) ?? taken;
    if (!isEntry) return node?.properties?.[String(step)];
    const [example] = (node?.examples ?? []) as readonly (readonly unknown[])[];
    return node?.items && { examples: example?.slice(0, 1) ?? [], ...node.items };
  }, jsonSchema());
}
