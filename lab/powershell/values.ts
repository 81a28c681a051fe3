import { type Expression, ScriptError } from "./syntax.ts";

// A value is what JSON has, bytes, a secure string, or a list of values. An object is a hashtable or what a cmdlet gave.

/** A text that no output shows. */
export class SecureText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }
}

/** What a pipeline gives to a variable: nothing, the one value, or all. */
export const collected = (values: readonly unknown[]): unknown =>
  values.length > 1 ? [...values] : (values[0] ?? null);

/** What a value gives to a pipeline: a list its items, nothing where there is none. */
export const piped = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];

/** Whether a condition holds: a list of one goes by its item. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 1 || (value.length === 1 && isTrue(value[0]));
  return Boolean(value);
}

/** Whether two values are equal as `-eq` has it: texts in any letter case. */
export const isEqual = (one: unknown, other: unknown): boolean =>
  typeof one === "string" && typeof other === "string"
    ? one.toLowerCase() === other.toLowerCase()
    : one === other;

/**
 * A property, found in any letter case; of a list, that of each item; of nothing, nothing.
 *
 * @throws ScriptError when the object has no such property
 */
export function propertyOf(
  value: unknown,
  name: string,
  { line }: Pick<Expression, "line">,
): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) {
    return collected(value.flatMap((item) => piped(propertyOf(item, name, { line }))));
  }
  if (typeof value !== "object") throw new ScriptError(line, `a text has no property ${name}`);
  const found = Object.keys(value).find((key) => key.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return (value as Record<string, unknown>)[found];
  throw new ScriptError(
    line,
    `there is no property ${name} here; there are ${Object.keys(value).join(", ")}`,
  );
}

/** A value within a text. */
export function asText(value: unknown, line: number): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new ScriptError(line, "only a text or a number can stand in a text");
}
