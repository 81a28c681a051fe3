import { isObject, type Value, type Values } from "../values.ts";

/** `flattenCname` as the API writes it: `flatten_cname`. */
export const apiName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `flatten_cname` as Pulumi writes it: `flattenCname`. */
const pulumiName = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A value for the API, with its names at every depth. */
export const forApi = (value: Value): Value => renamed(value, apiName);

/** A value of the API's, with Pulumi's names at every depth. */
export const forPulumi = (value: Value): Value => renamed(value, pulumiName);

function renamed(value: Value, rename: (name: string) => string): Value {
  if (Array.isArray(value)) return value.map((held) => renamed(held, rename));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, held]): [string, Value] => [
      rename(name),
      renamed(held, rename),
    ]),
  );
}

/** What the API tells of the named properties; null for what it leaves out, nothing for what is not named. */
export function picked(result: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, forPulumi(result[apiName(name)] ?? null)]));
}
