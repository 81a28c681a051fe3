import { classOf, readReply } from "../replies/reply.ts";

/** Pause before the second try where the reply asks for none, in seconds; and the longest that a run waits. */
const USUAL = 60;
const LONGEST = 300;

/** A server that says it has had enough: another try would be counted too (4.3.2, 4.7.x, the limits of 5.2.x and 5.7.x are permanent). */
const THROTTLED = /^4\.(?:3\.2|7\.\d+)$/;

/**
 * How many seconds to wait before the second and last try of a message; undefined where none is to be made: after a
 * permanent refusal, after a sign that the server limits the client, and where it asks for more time than a run has.
 *
 * @see RFC 5321 section 4.5.4.1
 */
export function pauseBeforeAgain(text: string): number | undefined {
  const reply = readReply(text);
  if (classOf(reply).lasts !== "temporary" || THROTTLED.test(reply.enhanced)) return undefined;
  const asked = askedFor(reply.text) ?? USUAL;
  return asked > LONGEST ? undefined : Math.max(asked, USUAL);
}

/** `try again in 5 minutes`, `retry after 30 seconds` */
function askedFor(text: string): number | undefined {
  const [, count, unit] =
    /\b(?:again|retry|wait)\D{0,20}(\d{1,5}) ?(second|sec|minute|min|hour)/i.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const seconds = /^s/i.test(unit) ? 1 : /^m/i.test(unit) ? 60 : 3600;
  return Number(count) * seconds;
}
