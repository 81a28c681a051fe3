import { fieldsOf } from "../message/fields.ts";
import { type Reading, readingOf } from "../message/reading.ts";
import type { Arrival } from "./verification.ts";

/** The longest header that is read, in UTF-16 code units: no server accepts one as long. */
const LONGEST_HEADER = 1024 * 1024;

/** What the header of a message that arrived says; undefined where none did. */
export function arrivedReading(arrival: Arrival): Reading | undefined {
  if (arrival.outcome !== "arrived") return undefined;
  return readingOf(fieldsOf(arrival.header.slice(0, LONGEST_HEADER)), arrival.receiver);
}
