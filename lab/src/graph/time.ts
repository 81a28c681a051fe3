import type { Context } from "../context.ts";

/** Virtual time without milliseconds, as Graph writes it: `2026-01-31T10:00:00Z`. */
export function graphTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Virtual time from which sign-ins know what is created now. */
export function knownFrom({ clock, world }: Context): string {
  return new Date(clock.now().getTime() + world.settings.signInDelayMs).toISOString();
}

/** Virtual time from which new tokens show a grant that is made now. */
export function shownFrom({ clock, world }: Context): string {
  return new Date(clock.now().getTime() + world.settings.consentDelayMs).toISOString();
}

/** The moment that a text of a request names; undefined when it is no date. */
export function readTime(value: unknown): Date | undefined {
  if (typeof value !== "string") return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
