import type { SchemaNode } from "./jsonSchema.ts";
import { nearest } from "./nearest.ts";
import { formOf } from "./typed.ts";

/** A value without the keys that are not known, and these keys at their places. */
export interface KnownKeys {
  readonly value: unknown;
  readonly unknown: readonly { readonly path: readonly PropertyKey[]; readonly name: string }[];
}

/** Takes misspelt keys, at any depth, for those that they mean and that are missing, so that all is judged at once. */
export function withKnownKeys(
  node: SchemaNode | undefined,
  value: unknown,
  path: readonly PropertyKey[],
): KnownKeys {
  if (typeof value !== "object" || value === null || node === undefined)
    return { value, unknown: [] };
  if (node.anyOf !== undefined) return withKnownKeys(formOf(node.anyOf, value), value, path);
  if (Array.isArray(value)) {
    const entries = value.map((entry, index) => withKnownKeys(node.items, entry, [...path, index]));
    return {
      value: entries.map((entry) => entry.value),
      unknown: entries.flatMap((entry) => entry.unknown),
    };
  }
  const properties = node.properties ?? {};
  const known = Object.keys(properties);
  const result: Record<string, unknown> = { ...value };
  const unknown: { path: readonly PropertyKey[]; name: string }[] = [];
  for (const [name, child] of Object.entries(value)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    unknown.push({ path, name });
    delete result[name];
    if (meant !== undefined && !Object.hasOwn(result, meant)) result[meant] = child;
  }
  for (const name of known.filter((key) => Object.hasOwn(result, key))) {
    const child = withKnownKeys(properties[name], result[name], [...path, name]);
    result[name] = child.value;
    unknown.push(...child.unknown);
  }
  return { value: result, unknown };
}
