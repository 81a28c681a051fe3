/** Seconds that a record of ours may be cached; short, as a new record is likely to be corrected soon. */
export const TTL = 300;
