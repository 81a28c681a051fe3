/** What the engine passes, in a preview, for a value that only an `up` can tell. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value, or anything inside it, is not known yet. */
export function isUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(isUnknown);
}

/** The properties of these names, without those that are undefined: state can't hold them. */
export function pickDefined<T extends object, K extends keyof T>(
  props: T,
  keys: readonly K[],
): Pick<T, K> {
  const entries = keys.map((key) => [key, props[key]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Pick<T, K>;
}
