import { isAbsent, isObject, type Value } from "./values.ts";

/** One place where two values differ. */
export interface Difference {
  /** Pulumi's property path: `settings.flattenCname`, `tags[1]`. */
  readonly path: string;
  readonly kind: "add" | "update" | "delete";
}

/** Where a property differs between what is and what is to be. */
export function differences(
  path: string,
  old: Value | undefined,
  now: Value | undefined,
): Difference[] {
  if (isAbsent(old) && isAbsent(now)) return [];
  if (isAbsent(old)) return [{ path, kind: "add" }];
  if (isAbsent(now)) return [{ path, kind: "delete" }];
  if (Array.isArray(old) && Array.isArray(now)) {
    const longer = old.length > now.length ? old : now;
    return longer.flatMap((_, index) => differences(`${path}[${index}]`, old[index], now[index]));
  }
  if (isObject(old) && isObject(now)) {
    const names = new Set([...Object.keys(old), ...Object.keys(now)]);
    return [...names]
      .sort()
      .flatMap((name) => differences(`${path}.${name}`, old[name], now[name]));
  }
  return old === now ? [] : [{ path, kind: "update" }];
}
