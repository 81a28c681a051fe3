import type { Call } from "./call.ts";
import { GraphRefusal } from "./refusal.ts";
import * as replies from "./replies.ts";

/** What a property may hold; every property may be null. `any` is kept as it comes. */
export type Shape = "string" | "boolean" | "integer" | "any" | readonly [Shape] | Fields;

/** The properties of a resource, or of a complex property, by name. */
export interface Fields {
  readonly [name: string]: Shape;
}

/** What an object has of `fields` before anybody sets anything. */
export function initial(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, shape]) => [name, initialValue(shape)]),
  );
}

function initialValue(shape: Shape): unknown {
  if (typeof shape === "string") return null;
  return isList(shape) ? [] : initial(shape);
}

/** Puts `changes` over what is there; complex properties are merged, lists replaced (OData 4.01, 11.4.3). */
export function merge(
  held: Record<string, unknown>,
  changes: Record<string, unknown>,
  fields: Fields,
): Record<string, unknown> {
  const merged = { ...held };
  for (const [name, value] of Object.entries(changes)) {
    const shape = fields[name];
    if (shape === undefined) continue;
    const isComplex = typeof shape === "object" && !isList(shape) && isObject(value);
    const base = isObject(held[name]) ? held[name] : {};
    merged[name] = isComplex ? merge({ ...initial(shape), ...base }, value, shape) : value;
  }
  return merged;
}

/**
 * Checks a body against the properties that a resource has.
 *
 * @throws GraphRefusal for a property that is none of them, or a value of another type
 */
export function checkBody(
  { trace }: Pick<Call, "trace">,
  body: Record<string, unknown>,
  fields: Fields,
  resource: string,
): void {
  for (const [name, value] of Object.entries(body)) {
    const shape = fields[name];
    if (shape === undefined) {
      throw new GraphRefusal(replies.invalidProperty(trace(), name));
    }
    const unknown = unknownIn(value, shape, name);
    if (unknown !== undefined) throw new GraphRefusal(replies.invalidProperty(trace(), unknown));
    if (!fits(value, shape)) throw new GraphRefusal(replies.badValue(trace(), name, resource));
  }
}

/** The first property inside a value that its shape does not have, by its path. */
function unknownIn(value: unknown, shape: Shape, path: string): string | undefined {
  if (typeof shape === "string") return undefined;
  if (isList(shape)) {
    if (!Array.isArray(value)) return undefined;
    return value.map((item) => unknownIn(item, shape[0], path)).find((one) => one !== undefined);
  }
  if (!isObject(value)) return undefined;
  return Object.entries(value)
    .map(([name, inner]) => {
      const innerShape = shape[name];
      if (innerShape === undefined) return `${path}.${name}`;
      return unknownIn(inner, innerShape, `${path}.${name}`);
    })
    .find((one) => one !== undefined);
}

function fits(value: unknown, shape: Shape): boolean {
  if (value === null || shape === "any") return true;
  if (shape === "integer") return Number.isInteger(value);
  if (typeof shape === "string") return typeof value === shape;
  if (isList(shape)) {
    return Array.isArray(value) && value.every((item) => item !== null && fits(item, shape[0]));
  }
  return (
    isObject(value) &&
    Object.entries(value).every(([name, inner]) => fits(inner, shape[name] ?? "any"))
  );
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
