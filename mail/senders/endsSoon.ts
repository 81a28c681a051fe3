const DAY = 24 * 60 * 60 * 1000;
const SOON = 30;

/**
 * Says that what a sender signs in with ends within 30 days, or has ended.
 *
 * @param what it is, e.g. `the secret of sender "crm"`
 * @param end an ISO 8601 time
 * @param fix what to do, as an order
 */
export function endsSoon(
  { what, end, fix }: { what: string; end: string; fix: string },
  now: Date,
): string | undefined {
  const left = Math.floor((Date.parse(end) - now.getTime()) / DAY);
  if (!(left < SOON)) return undefined;
  const day = end.slice(0, 10);
  return left < 0 ? `${what} ended on ${day}; ${fix}` : `${what} ends on ${day}; ${fix}`;
}
