import type { Certificate } from "../certificates.ts";
import type { Context } from "../context.ts";
import { formatDate } from "../smtp/message.ts";
import { smtpReply } from "../smtp/reply.ts";
import type { Session } from "../smtp/rules.ts";
import { makeSmtpServer, type SmtpServer } from "../smtp/server.ts";
import { type Verdict, verify, withoutOwnResults } from "./verify.ts";

export interface ReceiverParts {
  context: Context;
  certificate: Certificate;
  /** Port of the lab's DNS server on 127.0.0.1. */
  dnsPort: () => number;
  /** Called after each message that was stored. */
  stored: () => void;
}

/**
 * Builds the outside mail server: STARTTLS, its own mailboxes only, messages kept in the world. It checks SPF, DKIM
 * and DMARC of each message, and does what the author's domain asks for.
 */
export function buildReceiver({
  context,
  certificate,
  dnsPort,
  stored,
}: ReceiverParts): SmtpServer {
  const { world, clock, faults } = context;
  const { mxHost: host, mailboxes, messages } = world.outside;

  function store(raw: string, session: Session, verdict: Verdict): void {
    const { id, clientAddress, helo, sender = "" } = session;
    const tls = session.tls?.getProtocol() ?? null;
    const at = clock.now();
    const received = `Received: from ${helo} ([${clientAddress}])\r\n by ${host} with ${tls ? "ESMTPS" : "ESMTP"} id ${id};\r\n ${formatDate(at)}\r\n`;
    messages.push({
      at: at.toISOString(),
      clientAddress,
      helo,
      tls,
      envelope: { from: sender, to: session.recipients },
      folder: verdict.policy === "quarantine" ? "junk" : "inbox",
      raw: `Return-Path: <${sender}>\r\n${verdict.fields}${received}${withoutOwnResults(raw, host)}`,
    });
    context.changed();
    stored();
  }

  return makeSmtpServer(context, {
    service: "mx",
    tls: { key: certificate.key, cert: certificate.chain },
    maxSize: Number.POSITIVE_INFINITY,
    say: (situation, { verb }) => smtpReply("mx.own-words", { situation, host, verb }),
    extensions: ({ tls }) => ["PIPELINING", "8BITMIME", "SMTPUTF8", ...(tls ? [] : ["STARTTLS"])],
    refuseByFault(verb) {
      const fault = faults.take("mx", verb, ["smtp"]);
      return fault && smtpReply("mx.injected", { line: fault.line });
    },
    refuseSender: () => undefined,
    refuseRecipient: (address) =>
      mailboxes.includes(address.toLowerCase())
        ? undefined
        : smtpReply("mx.unknown-user", { address }),

    async accept(raw, session) {
      const { sender = "", clientAddress, helo } = session;
      const verdict = await verify({ raw, sender, clientAddress, helo }, host, dnsPort());
      if (verdict.policy === "reject") {
        return smtpReply("mx.refused-by-policy", { domain: verdict.authorDomain });
      }
      store(raw, session, verdict);
      return smtpReply("mx.queued", { id: session.id });
    },
  });
}
