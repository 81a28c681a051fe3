import type { z } from "zod";
import type { Problem } from "../mail/problem.ts";
import { jsonSchema, type SchemaNode } from "./schema.ts";

/** One of zod's issues in our words: the rule says what is wrong, the fix comes from the key's own description. */
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
      rule: "is not a key that is known here",
      fix: `use one of: ${known}`,
    }));
  }
  return [{ key, value, rule: ruleOf(issue, value, node), fix: fixOf(node) }];
}

function ruleOf(issue: z.core.$ZodIssue, value: unknown, node: SchemaNode | undefined): string {
  if (value === undefined) return "is missing";
  if (issue.code === "invalid_type") {
    return `is not ${issue.expected === "int" ? "a whole number" : article(issue.expected)}`;
  }
  if (issue.code === "too_small" && issue.origin !== "array")
    return `is less than ${issue.minimum}`;
  if (issue.code === "too_small") return "is empty";
  if (issue.code === "too_big") return `is more than ${issue.maximum}`;
  if (issue.code === "invalid_value")
    return `is none of ${node?.enum?.join(", ") ?? "the allowed values"}`;
  if (issue.code === "invalid_format" && issue.format === "guid") return "is not a GUID";
  return "is not in the right form";
}

const article = (type: string): string => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`);

function fixOf(node: SchemaNode | undefined): string {
  const [example] = node?.examples ?? [];
  const wanted =
    node?.description ??
    (node?.enum && `one of ${node.enum.join(", ")}`) ??
    "it in the documented form";
  const text = `write ${wanted.charAt(0).toLowerCase()}${wanted.slice(1)}`;
  return example === undefined ? text : `${text}, e.g. ${JSON.stringify(example)}`;
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
  return path.reduce<SchemaNode | undefined>(
    (node, step) => (typeof step === "number" ? node?.items : node?.properties?.[String(step)]),
    jsonSchema(),
  );
}
