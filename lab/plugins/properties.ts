import { isAbsent, mapObjects, UNKNOWN, type Value, type Values } from "./values.ts";

/** A property of a resource type, in the terms of Terraform's schemas. */
export interface Property {
  /** A `set` has no order; a `map` is an object. */
  readonly type: "string" | "boolean" | "number" | "list" | "set" | "map";
  /** Its value when the program sets none. */
  readonly default?: Value;
  /** The service sets it when the program sets none. */
  readonly computed?: true;
  /** Only the service sets it: programs can't. */
  readonly output?: true;
  /** A new value replaces the resource. */
  readonly forceNew?: true;
  readonly secret?: true;
}

export type Properties = Readonly<Record<string, Property>>;

/** Something wrong with an input. */
interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** The names of the properties for which `flag` is set. */
export const namesWith = (
  properties: Properties,
  flag: "secret" | "output" | "forceNew",
): string[] => Object.keys(properties).filter((name) => properties[name]?.[flag]);

/** Refuses inputs that the stand-in does not have; the SDK has refused missing ones. */
export const checkInputs = (properties: Properties, inputs: Values): CheckFailure[] =>
  Object.keys(inputs)
    .filter((name) => properties[name] === undefined || properties[name].output)
    .map((property) => ({ property, reason: "the lab's stand-in does not know this property" }));

/** The outputs as they will be. UNKNOWN stands for a value that only the service can know. */
export function planOf(properties: Properties, inputs: Values, old?: Values): Values {
  const planned = Object.entries(properties).map(([name, property]): [string, Value] => {
    const { type, default: fallback, computed, output } = property;
    const before = old?.[name];
    if (output || (computed && isAbsent(inputs[name]))) {
      return [name, old === undefined ? UNKNOWN : (before ?? null)];
    }
    const value = inputs[name] ?? fallback ?? null;
    const isUnchanged = old !== undefined && isSame(type, value, before);
    return [name, isUnchanged ? (before ?? null) : value];
  });
  return Object.fromEntries(planned);
}

/** The names of the inputs that change between the current outputs and the plan. */
export const changesOf = (properties: Properties, plan: Values, old: Values): string[] =>
  Object.entries(properties)
    .filter(([name, { output, type }]) => !output && !isEqual(type, plan[name], old[name]))
    .map(([name]) => name);

/** The inputs that lead to these outputs: those that the program set, or all that have a value on import. */
export function inputsOf(properties: Properties, outputs: Values, oldInputs: Values): Values {
  const inputs = Object.keys(properties).filter((name) => !properties[name]?.output);
  const set = inputs.filter((name) => name in oldInputs);
  const values = (set.length > 0 ? set : inputs).map((name) => [name, outputs[name]] as const);
  return Object.fromEntries(
    values.filter((entry): entry is [string, Value] => !isAbsent(entry[1])),
  );
}

/** What is known of a plan. */
export const knownOf = (plan: Values): Values =>
  Object.fromEntries(
    Object.entries(plan).filter(([, value]) => !isAbsent(value) && value !== UNKNOWN),
  );

/** Whether two values are the same for Terraform: no value and a zero value are. */
export function isSame(type: Property["type"], one?: Value, other?: Value): boolean {
  return isZero(one) || isZero(other) ? isZero(one) && isZero(other) : isEqual(type, one, other);
}

function isEqual(type: Property["type"], one?: Value, other?: Value): boolean {
  const text = (value: Value | undefined) =>
    type === "set" && Array.isArray(value) ? value.map(canonical).sort().join() : canonical(value);
  return text(one) === text(other);
}

/** JSON with the members of every object in order. */
const canonical = (value: Value = null): string =>
  JSON.stringify(
    mapObjects(value, (object) =>
      Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1))),
    ),
  );

const isZero = (value: Value | undefined): boolean =>
  isAbsent(value) ||
  value === "" ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0);
