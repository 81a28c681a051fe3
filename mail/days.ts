/** A day in milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** Whole days until a time; less than 0 once it has passed. */
export const daysUntil = (time: Date, now: Date): number =>
  Math.floor((time.getTime() - now.getTime()) / DAY);

/** The day of a time in UTC: `2026-01-31`. */
export const isoDay = (time: Date): string => time.toISOString().slice(0, 10);
