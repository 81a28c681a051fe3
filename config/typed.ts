import type { SchemaNode } from "./jsonSchema.ts";

/**
 * What Pulumi hands over of a key: text for a scalar, JSON as text for a list or an object.
 *
 * @param node the key's schema
 * @param text as `pulumi.runtime.allConfig()` and `pulumi config --json` have it
 * @returns the value with the types that the schema has; whatever is of another type stays as it was written
 */
export function decode(node: SchemaNode, text: string): unknown {
  if (text === "") return null;
  return typed(node, node.type === "array" || /^\s*[[{]/.test(text) ? parse(text) : text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * Gives scalars the type of their key: `pulumi config set` writes every value as text, `--path` writes whatever looks
 * like a number or a boolean as one, and a secret is always text.
 */
function typed(node: SchemaNode | undefined, value: unknown): unknown {
  if (node?.anyOf !== undefined) return typed(formOf(node.anyOf, value), value);
  if (Array.isArray(value)) return value.map((entry) => typed(node?.items, entry));
  if (typeof value === "object" && value !== null) {
    const { properties = {} } = node ?? {};
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [
        key,
        Object.hasOwn(properties, key) ? typed(properties[key], entry) : entry,
      ]),
    );
  }
  switch (node?.type) {
    case "integer":
    case "number":
      return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    case "boolean":
      return value === "true" || value === "false" ? value === "true" : value;
    case "string":
      return typeof value === "boolean" || Number.isSafeInteger(value) ? String(value) : value;
    default:
      return value;
  }
}

/** Of several forms, the one that a value is meant to have: that of a list for a list, of an object for an object. */
export function formOf(forms: readonly SchemaNode[], value: unknown): SchemaNode | undefined {
  const isObject = typeof value === "object" && value !== null;
  const kind = Array.isArray(value) ? "array" : isObject ? "object" : "scalar";
  return forms.find((form) => kindOf(form) === kind) ?? forms.find(({ type }) => type !== "array");
}

const kindOf = ({ type }: SchemaNode): string =>
  type === "array" || type === "object" ? type : "scalar";
