import type { CheckFailure } from "../definition.ts";
import { isAbsent, isObject, UNKNOWN, type Value, type Values } from "../values.ts";
import type { Format } from "./formats.ts";
import { conflict, missingProperty, wrongType } from "./replies.ts";

/** What a program may set of a resource, in the terms of Terraform's schemas. */
export interface Property {
  /** A `set` has no order; `map` is an object. */
  readonly type: "string" | "boolean" | "list" | "set" | "map";
  readonly required?: true;
  /** What it is when the program says nothing. */
  readonly default?: Value;
  /** The service says what it is when the program says nothing. */
  readonly computed?: true;
  /** Its change makes another object. */
  readonly forceNew?: true;
  readonly secret?: true;
  /** The service never tells it: it stays as the program said. */
  readonly kept?: true;
  /** Another property that can't be set as well. */
  readonly conflictsWith?: string;
  readonly format?: Format;
}

export type Schema = Readonly<Record<string, Property>>;

/** What a resource kind has by its schema. `told` names the outputs that only the service can tell. */
export function bySchema(schema: Schema, told: readonly string[]) {
  const properties = Object.entries(schema);
  const namesOf = (flag: "forceNew" | "secret") =>
    properties.filter(([, property]) => property[flag]).map(([name]) => name);
  return {
    inputs: Object.keys(schema),
    replacedBy: namesOf("forceNew"),
    secret: namesOf("secret"),
    check: (inputs: Values) =>
      properties.flatMap(([name, property]) => failuresOf(name, property, inputs)),
    plan(inputs: Values, old?: Values): Values {
      const planned = properties.map(([name, property]) => [
        name,
        plannedValue(property, inputs[name], old, name),
      ]);
      const rest = told.map((name) => [name, old === undefined ? UNKNOWN : (old[name] ?? null)]);
      return Object.fromEntries([...planned, ...rest]);
    },
  };
}

/** The values that the service never tells, as they were planned or as they were. */
export function keptOf(schema: Schema, values: Values): Values {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, { kept }]) => kept && !isAbsent(values[name]))
      .map(([name]) => [name, values[name] ?? null]),
  );
}

/** What is known of a plan. */
export function knownOf(plan: Values): Values {
  return Object.fromEntries(
    Object.entries(plan).filter(([, value]) => !isAbsent(value) && value !== UNKNOWN),
  );
}

/** Whether two values are the same for Terraform: nothing and a zero value are, and sets have no order. */
export function isSame(type: Property["type"], one?: Value, other?: Value): boolean {
  if (isZero(one) || isZero(other)) return isZero(one) && isZero(other);
  const written = (value: Value | undefined) =>
    type === "set" && Array.isArray(value) ? value.map(canonical).sort().join() : canonical(value);
  return written(one) === written(other);
}

function plannedValue(
  { type, default: fallback, computed }: Property,
  given: Value | undefined,
  old: Values | undefined,
  name: string,
): Value {
  const was = old?.[name];
  if (isAbsent(given) && computed) return old === undefined ? UNKNOWN : (was ?? null);
  const planned = given ?? fallback;
  const isUnchanged = old !== undefined && isSame(type, planned, was);
  return (isUnchanged ? was : planned) ?? null;
}

function failuresOf(name: string, property: Property, inputs: Values): CheckFailure[] {
  const value = inputs[name];
  const { conflictsWith, format, required, type } = property;
  if (isAbsent(value)) return required ? [missingProperty(name)] : [];
  const failures: CheckFailure[] = [];
  if (conflictsWith !== undefined && !isAbsent(inputs[conflictsWith])) {
    failures.push(conflict(name, conflictsWith));
  }
  if (value === UNKNOWN) return failures;
  if (!isOfType(type, value)) return [...failures, wrongType(name, type)];
  const reasons = format?.(name, value) ?? [];
  return [...failures, ...reasons.map((reason) => ({ property: name, reason }))];
}

function isOfType(type: Property["type"], value: Value): boolean {
  if (type === "list" || type === "set") return Array.isArray(value);
  return type === "map" ? isObject(value) : typeof value === type;
}

const isZero = (value: Value | undefined): boolean =>
  isAbsent(value) ||
  value === "" ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** JSON with the names of every object in order. */
function canonical(value: Value | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const members = Object.entries(value).map(([name, held]) => `"${name}":${canonical(held)}`);
  return `{${members.sort().join()}}`;
}
