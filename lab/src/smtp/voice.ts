import type { Context } from "../context.ts";
import { makeRandom } from "../random.ts";
import { publicOf } from "../world/nat.ts";
import { formatDate } from "./message.ts";
import { greeting, hello, type Mark } from "./replies.ts";
import { describeSaying, type Saying, type Voice } from "./server.ts";

/** The largest message in bytes, as the real servers say in EHLO. */
export const SIZE = 157_286_400;

/**
 * What EHLO offers before TLS. BINARYMIME and CHUNKING of the real servers are left out: the library
 * has no BDAT, and what is offered must work.
 */
const BEFORE_TLS = [
  `SIZE ${SIZE}`,
  "PIPELINING",
  "DSN",
  "ENHANCEDSTATUSCODES",
  "STARTTLS",
  "8BITMIME",
  "SMTPUTF8",
];

/** What one of Exchange's servers says in its own way. */
export interface VoiceParts {
  context: Context;
  /** Its name in the greeting. */
  host: string;
  /** What the log calls it. */
  service: "smtp" | "submission";
  /** What EHLO offers in the place of STARTTLS once there is TLS. */
  afterTls: string[];
  /** The text of a reply other than the greeting and EHLO. */
  phrase(saying: Saying): string;
}

/** How Exchange's servers talk: their greeting, what EHLO offers, and every reply in the log. */
export function makeVoice({ context, host, service, afterTls, phrase }: VoiceParts): Voice {
  const { world, clock, log } = context;
  const clientOf = ({ connection }: Saying) => publicOf(world, connection.remoteAddress);

  function extensions(secure: boolean): string[] {
    return BEFORE_TLS.flatMap((name) => (secure && name === "STARTTLS" ? afterTls : [name]));
  }

  return {
    phrase(saying) {
      const { connection, verb, code } = saying;
      if (code === 220 && verb === "") {
        return greeting(host, formatDate(clock.now()), sessionMark(connection.id)).text;
      }
      if (code !== 250 || !["EHLO", "HELO"].includes(verb)) return phrase(saying);
      const first = hello(host, clientOf(saying)).text;
      return verb === "HELO" ? first : [first, ...extensions(connection.secure)];
    },
    said: (saying) =>
      log.add({
        ...describeSaying(saying),
        service,
        ...([500, 504].includes(saying.code) && { refused: true }),
        detail: { client: clientOf(saying), argument: saying.argument },
      }),
  };
}

/** The mark of a server at the end of its refusals. */
export function makeMark(host: string, at: Date, sessionId: string): Mark {
  return { host, at, session: sessionMark(sessionId) };
}

/** Sixteen upper-case hexadecimal digits, as Exchange marks a session. */
function sessionMark(id: string): string {
  return `08DE${makeRandom(id).hex(12).toUpperCase()}`;
}
