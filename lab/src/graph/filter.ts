import type { Call } from "./call.ts";
import { GraphRefusal } from "./refusal.ts";
import * as replies from "./replies.ts";

/**
 * Reads `$filter=<property> eq '<text>'`, the one form that the lab acts on; Graph compares without letter case.
 *
 * @returns whether an object passes
 * @throws GraphRefusal for any other filter
 */
export function readFilter(
  { c, trace }: Call,
  properties: readonly string[],
): (entity: Record<string, unknown>) => boolean {
  const filter = c.req.query("$filter");
  if (filter === undefined) return () => true;
  const [, name = "", text = ""] = /^(\w+) eq '((?:[^']|'')*)'$/.exec(filter.trim()) ?? [];
  if (!properties.includes(name)) {
    throw new GraphRefusal(replies.unknownFilter(trace(), filter));
  }
  const wanted = text.replaceAll("''", "'").toLowerCase();
  return (entity) => String(entity[name]).toLowerCase() === wanted;
}
