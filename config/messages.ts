import type { z } from "zod";
import type { Problem } from "../mail/problem.ts";
import { jsonSchema, type SchemaNode } from "./jsonSchema.ts";

/** One of zod's issues as problems of ours: what is wrong with the value, and what the key takes. */
export function problemsOf(issue: z.core.$ZodIssue, input: unknown): Problem[] {
  const key = keyOf(issue.path);
  const value = at(input, issue.path);
  if (issue.code === "custom" && issue.params?.problem !== undefined) {
    return [{ ...(issue.params.problem as Problem), key }];
  }
  const node = nodeAt(issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(node?.properties ?? {}).join(", ");
    return issue.keys.map((name) => ({
      key: keyOf([...issue.path, name]),
      value: at(input, [...issue.path, name]),
      rule: "is not a known key",
      fix: `use one of: ${known}`,
    }));
  }
  const fix = `${value === undefined ? "add it" : expectationOf(node, issue)}${exampleOf(node)}`;
  return [{ key, value, rule: ruleOf(issue, value), fix }];
}

function ruleOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return "is missing";
  switch (issue.code) {
    case "invalid_type":
      return `is not ${TYPES[issue.expected] ?? `of the type ${issue.expected}`}`;
    case "too_small":
      return issue.origin === "array" ? "is empty" : `is less than ${issue.minimum}`;
    case "too_big":
      return `is more than ${issue.maximum}`;
    case "invalid_value":
      return "is not an allowed value";
    case "invalid_format":
      return issue.format === "guid" ? "is not a GUID" : "is not in the right format";
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

function expectationOf(node: SchemaNode | undefined, issue: z.core.$ZodIssue): string {
  if (node?.enum !== undefined) return `use one of ${node.enum.join(", ")}`;
  if (issue.code === "too_small" && issue.origin === "array") return "list at least one";
  switch (node?.type) {
    case "array":
      return "use a list";
    case "boolean":
      return "use true or false";
    case "integer":
      return `use a whole number ${rangeOf(node)}`;
    case "object":
      return "use an object";
    default:
      return issue.code === "invalid_format" && issue.format === "guid"
        ? "use a GUID"
        : "use a string";
  }
}

function rangeOf({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: SchemaNode): string {
  return maximum < Number.MAX_SAFE_INTEGER ? `from ${minimum} to ${maximum}` : `from ${minimum} on`;
}

function exampleOf(node: SchemaNode | undefined): string {
  const [example] = node?.examples ?? [];
  return example === undefined || node?.enum !== undefined || node?.type === "boolean"
    ? ""
    : `, e.g. ${JSON.stringify(example)}`;
}

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
  return path.reduce<SchemaNode | undefined>((node, step) => {
    if (typeof step !== "number") return node?.properties?.[String(step)];
    const [example] = (node?.examples ?? []) as readonly (readonly unknown[])[];
    return node?.items && { examples: example?.slice(0, 1) ?? [], ...node.items };
  }, jsonSchema());
}
