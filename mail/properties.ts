/** Inputs or outputs of a resource, as the engine has them. */
export type Properties = Readonly<Record<string, unknown>>;

/** The kind of a resource: its type without the provider's prefix, as `InboundConnector`. */
export const kindOf = (type: string): string =>
  type.slice(Math.max(type.lastIndexOf(":"), type.lastIndexOf("/")) + 1);

/** A property as text; empty where it is none. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const isListOfText = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

/** The texts of a list; none of anything else. */
export const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** Names of the properties that differ, in alphabetical order, but for these. */
export const differingNames = (
  before: Properties = {},
  after: Properties = {},
  ignored: ReadonlySet<string>,
): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(
      (name) => !ignored.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
    )
    .sort();

/** These without those. */
export const without = (these: readonly string[], those: readonly string[]): string[] =>
  these.filter((one) => !those.includes(one));
