import type { Entity } from "./answers.ts";
import type { Call } from "./guard.ts";

/** What a property may hold; every property may be null. `any` is kept as it comes. */
type Shape = "string" | "boolean" | "integer" | "any" | readonly [Shape] | Shapes;

/** The properties of a complex property, by name. */
export interface Shapes {
  readonly [name: string]: Shape;
}

/** A resource type. `Properties` is Microsoft's type of it, of which the lab has a part. */
export interface ResourceType<Properties> {
  /** Its name in errors: `Application`. */
  readonly name: string;
  /** What a client may set. */
  readonly writable: { readonly [Name in keyof Properties]?: Shape };
  /** What a new object has; anything else that is writable is null or empty. */
  readonly defaults: Partial<Properties>;
  /** Read-only properties that are the same for every object. */
  readonly constants: Partial<Properties>;
}

/** The properties that the world keeps of a new object. */
export const newProperties = <Properties>(type: ResourceType<Properties>): Entity => ({
  ...initial(type.writable as Shapes),
  ...type.defaults,
});

/** An object as Graph answers it, by what the world keeps of it and what follows from the rest of the world. */
export const entityOf = <Properties extends object>(
  type: ResourceType<Properties>,
  kept: Entity,
  derived: Properties,
): Entity => ({ ...newProperties(type), ...type.constants, ...kept, ...derived });

/** Sets the properties of a body, which may have others; complex ones are merged, lists replaced (OData 4.01, 11.4.3). */
export const withChanges = <Properties>(
  type: ResourceType<Properties>,
  kept: Entity,
  body: Entity,
): Entity => merge(kept, body, type.writable as Shapes);

function initial(shapes: Shapes): Entity {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, initialValue(shape)]),
  );
}

function initialValue(shape: Shape): unknown {
  if (typeof shape === "string") return null;
  return isList(shape) ? [] : initial(shape);
}

function merge(held: Entity, changes: Entity, shapes: Shapes): Entity {
  const merged = { ...held };
  for (const [name, value] of Object.entries(changes)) {
    const shape = shapes[name];
    if (shape === undefined) continue;
    const isComplex = typeof shape === "object" && !isList(shape) && isObject(value);
    const base = isObject(held[name]) ? held[name] : {};
    merged[name] = isComplex ? merge({ ...initial(shape), ...base }, value, shape) : value;
  }
  return merged;
}

/**
 * Checks a body against the properties that a client may set.
 *
 * @throws GraphRefusal for another property, or a value of another type
 */
export function checkBody(
  { refusal }: Call,
  body: Entity,
  shapes: { readonly [name: string]: Shape | undefined },
  resource: string,
): void {
  for (const [name, value] of Object.entries(body)) {
    const shape = shapes[name];
    if (shape === undefined) throw refusal("graph.invalid-property", { property: name });
    const unknown = unknownIn(value, shape, name);
    if (unknown !== undefined) throw refusal("graph.invalid-property", { property: unknown });
    if (!fits(value, shape)) throw refusal("graph.bad-value", { property: name, resource });
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

function isObject(value: unknown): value is Entity {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
