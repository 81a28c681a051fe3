import type { Certificate } from "../certificates.ts";
import type { Context } from "../context.ts";
import { smtpReply } from "../smtp/reply.ts";
import { makeSmtpServer, type SmtpServer } from "../smtp/server.ts";
import type { Receiver } from "../world/outside.ts";
import type { MailSystem } from "./system.ts";

export interface MxParts {
  context: Context;
  receiver: Receiver;
  system: MailSystem;
  certificate: Certificate;
  /** Called after each message that was stored. */
  stored: () => void;
}

/** Builds the mail server of an organisation outside: STARTTLS, its own mailboxes only, messages kept in the world. */
export function buildMx({ context, receiver, system, certificate, stored }: MxParts): SmtpServer {
  const { clock, faults } = context;
  const { mailboxes, messages } = receiver;
  const { maxSize, say, extensions } = system;

  return makeSmtpServer(context, {
    service: "mx",
    tls: { key: certificate.key, cert: certificate.chain },
    ...{ maxSize, say, extensions },
    refuseByFault(verb) {
      const fault = faults.take("mx", verb, ["smtp"]);
      return fault && smtpReply("mx.injected", { line: fault.line });
    },
    refuseSender: () => undefined,
    refuseRecipient: (address, session) =>
      mailboxes.includes(address.toLowerCase())
        ? undefined
        : system.refuseUnknown(address, session),

    async accept(raw, session) {
      const result = await system.receive(raw, session);
      if (!("folder" in result)) return result;
      const { clientAddress, helo, sender = "" } = session;
      messages.push({
        at: clock.now().toISOString(),
        clientAddress,
        helo,
        tls: session.tls?.getProtocol() ?? null,
        envelope: { from: sender, to: session.recipients },
        folder: result.folder,
        raw: result.raw,
      });
      context.changed();
      stored();
      return result.reply;
    },
  });
}
