// What Exchange's SMTP servers have in common: how they talk, and what they take a message for.

import type { Context } from "../context.ts";
import { makeRandom } from "../random.ts";
import type { Sourced } from "../reply.ts";
import type { World } from "../world/world.ts";
import { formatDate } from "./message.ts";
import { type SmtpReply, smtpReply } from "./reply.ts";
import type { Session, SmtpRules } from "./rules.ts";
import { describeTls } from "./tls.ts";
import type { Arrival } from "./trace.ts";

/** The largest message in bytes, as the real servers of ports 25 and 587 say in EHLO. */
const SIZE = 157_286_400;

/**
 * What EHLO offers before TLS. BINARYMIME and CHUNKING of the real servers are left out: the lab has no BDAT, and
 * what is offered must work.
 */
const BEFORE_TLS = ["PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS", "8BITMIME", "SMTPUTF8"];

/** What one of Exchange's servers says in its own way. */
interface Speaker {
  /** Its name in the greeting. */
  host: string;
  /** What EHLO offers in the place of STARTTLS once there is TLS. */
  afterTls: string[];
  /** The largest message that it takes, in bytes. @default 150 MB */
  maxSize?: number;
}

/** How Exchange's servers talk: their greeting, what EHLO offers, and their words for all that a session comes to. */
export function speakExchange(
  { clock, faults }: Context,
  { host, afterTls, maxSize = SIZE }: Speaker,
): Pick<SmtpRules, "maxSize" | "say" | "extensions" | "refuseByFault"> {
  const beforeTls = [`SIZE ${maxSize}`, ...BEFORE_TLS];
  return {
    maxSize,
    say(situation, session) {
      const values = {
        host,
        date: formatDate(clock.now()),
        session: sessionMark(session),
        client: session.clientAddress,
        verb: session.verb,
      };
      return smtpReply(`smtp.${situation}`, values);
    },
    extensions({ tls }) {
      if (tls) return beforeTls.flatMap((name) => (name === "STARTTLS" ? afterTls : [name]));
      const isStripped = faults.take("smtp", "EHLO", ["withoutStartTls"]) !== undefined;
      return beforeTls.filter((name) => !(isStripped && name === "STARTTLS"));
    },
    refuseByFault(verb) {
      const fault = faults.take("smtp", verb, ["smtp"]);
      return fault && smtpReply("smtp.injected", { line: fault.line });
    },
  };
}

/** The mark at the end of a refusal: server, time, session. */
export function formatMark(host: string, at: Date, session: Session): string {
  return `[${host} ${at.toISOString()} ${sessionMark(session)}]`;
}

/** Sixteen upper-case hexadecimal digits, as Exchange marks a session. */
function sessionMark({ id }: Session): string {
  return `08DE${makeRandom(id).hex(12).toUpperCase()}`;
}

/** How a message comes in by a session. */
export function arrivalOf(
  { clientAddress, helo, tls }: Session,
  at: Date,
): Omit<Arrival, "networkMessageId"> {
  return { at, clientAddress, helo, tls: tls && describeTls(tls) };
}

/** The 250 for a message of `bytes` that Exchange gave the GUID. */
export function sayQueued(
  guid: string,
  messageId: string,
  bytes: number,
  { tenant }: { tenant: { servers: Pick<World["tenant"]["servers"], "mailbox"> } },
): Sourced<SmtpReply> {
  return smtpReply("smtp.queued", {
    messageId,
    internalId: makeRandom(guid).integer(10 ** 13, 10 ** 14 - 1),
    host: tenant.servers.mailbox,
    bytes,
    rate: (bytes / 1024 / 0.06).toFixed(3),
  });
}
