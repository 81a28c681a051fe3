import type { Context } from "../context.ts";

/** Virtual time from which sign-ins are judged by a grant that is made now, ISO 8601. */
export function grantedAt({ world, clock }: Context): string {
  return new Date(clock.now().getTime() + world.settings.grantDelayMs).toISOString();
}

/** Whether a time, ISO 8601, has come. */
export function hasCome(time: string, at: Date): boolean {
  return at.getTime() >= Date.parse(time);
}

/** The values that sign-ins are judged by at a time: until a change has spread, those before it. */
export function judgedBy<Earlier extends { until: string }>(
  object: Omit<Earlier, "until"> & { earlier?: Earlier },
  at: Date,
): Omit<Earlier, "until"> {
  const { earlier } = object;
  return earlier !== undefined && !hasCome(earlier.until, at) ? earlier : object;
}

/** .NET's round-trip form of a UTC time; the directory keeps whole seconds. */
export function roundTrip(iso: string): string {
  return `${iso.slice(0, 19)}.0000000Z`;
}
