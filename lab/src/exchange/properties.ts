import type { World } from "../world/world.ts";
import type { ExchangeObject } from "./cmdlet.ts";
import type { Bound, ListEdit, Parameters, ParameterType } from "./parameters.ts";

type FieldOf<T, Value> = {
  [Field in keyof T]-?: T[Field] extends Value ? Field : never;
}[keyof T] &
  string;

interface Stored<T, Value, Given = Value> {
  /** Where the world's object keeps the value. */
  field: FieldOf<T, Value>;
  /** Exchange's own value in a new object. */
  default?: Value;
  /** The one verb that has the parameter. @default New and Set have it */
  only?: "New" | "Set";
  /**
   * The canonical form of a value, as Exchange stores it. @default the value; the empty text for a text of null
   *
   * @throws CmdletError when the value is not valid
   */
  canonical?(value: Given, world: World, parameter: string): Value;
}

type TypeOf<Is extends ParameterType["is"]> = Extract<ParameterType, { is: Is }>;

/** A property of T that a parameter of the same name sets. */
export type Property<T> =
  | (TypeOf<"flag"> & Stored<T, boolean>)
  | (TypeOf<"flagOrNull"> & Stored<T, boolean | null>)
  | (TypeOf<"text" | "identity"> & Stored<T, string | null>)
  | (TypeOf<"enum"> & Stored<T, string>)
  | (TypeOf<"list"> & Stored<T, string[]>)
  | (TypeOf<"uint32" | "int32"> & Stored<T, number>);

/** Properties by the name of their parameter. */
export type Properties<T> = Record<string, Property<T>>;

/** The parameters by which a verb sets properties. */
export function parametersOf<T>(properties: Properties<T>, verb: "New" | "Set"): Parameters {
  return Object.fromEntries(
    Object.entries(properties).filter(([, { only }]) => only === undefined || only === verb),
  );
}

/**
 * The values of a new object's properties: what the call gives, or Exchange's defaults.
 *
 * @throws CmdletError when a value is not valid
 */
export function initialValues<T>(
  properties: Properties<T>,
  bound: Bound,
  world: World,
): Partial<T> {
  const values: Record<string, unknown> = {};
  for (const [parameter, property] of Object.entries(properties)) {
    const value = bound.has(parameter) ? given(property, [], bound, parameter) : property.default;
    if (value === undefined) continue;
    values[property.field] = canonical(property, value, world, parameter);
  }
  return values as Partial<T>;
}

/**
 * The object that `current` becomes with the call's values. `current` stays as it is.
 *
 * @throws CmdletError when a value is not valid
 */
export function withValues<T>(
  properties: Properties<T>,
  current: T,
  bound: Bound,
  world: World,
): T {
  const next = { ...current } as Record<string, unknown>;
  for (const [parameter, property] of Object.entries(properties)) {
    if (!bound.has(parameter)) continue;
    const value = given(property, next[property.field], bound, parameter);
    next[property.field] = canonical(property, value, world, parameter);
  }
  return next as T;
}

function canonical<T>(
  property: Property<T>,
  value: unknown,
  world: World,
  parameter: string,
): unknown {
  const form = property.canonical as ((...values: unknown[]) => unknown) | undefined;
  if (form) return form(value, world, parameter);
  return property.is === "flagOrNull" ? value : (value ?? "");
}

function given<T>({ is }: Property<T>, before: unknown, bound: Bound, parameter: string): unknown {
  switch (is) {
    case "flag":
      return bound.flag(parameter);
    case "flagOrNull":
      return bound.flag(parameter) ?? null;
    case "list":
      return editList(before as string[], bound.list(parameter) ?? []);
    case "uint32":
    case "int32":
      return Number(bound.text(parameter));
    default:
      return bound.text(parameter) ?? null;
  }
}

function editList(before: string[], edit: string[] | ListEdit): string[] {
  if (Array.isArray(edit)) return edit;
  const removed = new Set(edit.remove.map((text) => text.toLowerCase()));
  return [...before.filter((text) => !removed.has(text.toLowerCase())), ...edit.add];
}

/** The properties of an object as Get shows them. */
export function presentProperties<T>(properties: Properties<T>, object: T): ExchangeObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, { field }]) => [
      name,
      object[field as keyof T] as ExchangeObject[string],
    ]),
  );
}

/** A switch that is off, and a list without members, as most properties of a noun are at first. */
export const flag = { is: "flag", default: false } as const;
export const list = { is: "list", default: [] as string[] } as const;
