import type { Context } from "../context.ts";
import { refusal } from "./cmdletError.ts";
import type { Bound } from "./parameters.ts";

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

/** The time that a parameter gives. @throws CmdletError for what is no date and time */
export function dateOf(bound: Bound, parameter: string): number {
  const given = bound.text(parameter) ?? "";
  const time = Date.parse(given);
  if (!Number.isNaN(time)) return time;
  throw refusal("exchange.bad-type", {
    ...{ parameter, given, hint: "none" },
    type: "Microsoft.Exchange.ExchangeSystem.ExDateTime",
  });
}
