import type { Field } from "./fields.ts";

/** One hop of a message's way: which host handed it to which. */
export interface Hop {
  readonly from: string;
  readonly by: string;
}

/**
 * The way of a message, first hop first, by its Received fields (the newest stands on top).
 *
 * @see RFC 5321 section 4.4 (Trace Information)
 */
export function hopsOf(fields: readonly Field[]): Hop[] {
  return fields
    .filter(({ name }) => name.toLowerCase() === "received")
    .map(({ value }) => ({
      from: /(?:^|\s)from\s+([^\s;]+)/i.exec(value)?.[1] ?? "",
      by: /(?:^|\s)by\s+([^\s;]+)/i.exec(value)?.[1] ?? "",
    }))
    .reverse();
}
