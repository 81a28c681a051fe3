import { visible } from "../message/visible.ts";

/**
 * A text of somebody else's as a report shows it: in one line, without control characters and what turns the direction of
 * text. A long one is cut, and it is said how much is left out.
 *
 * @param longest in UTF-16 code units
 */
export function shown(text: string, longest = 300): string {
  const kept = visible(text.slice(0, longest).replaceAll(/\s/g, " "), longest);
  const left = text.length - longest;
  return left > 0 ? `${kept} [${left} more characters]` : kept;
}

/** A time as reports have it, `2026-11-23 10:00:01 UTC`; one that can't be read stays as it is. */
export function shownTime(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return shown(at, 40);
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
