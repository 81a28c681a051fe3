import type { Certificate } from "../certificates.ts";
import type { Context } from "../context.ts";
import type { Sourced } from "../reply.ts";
import { findGroup } from "../world/mailFlow.ts";
import { findMailbox } from "../world/recipients.ts";
import { acceptMessage, isAcceptedDomain } from "./accept.ts";
import { attribute, type Client, denyDirectSend } from "./attribution.ts";
import { arrivalOf, formatMark, speakExchange } from "./exchange.ts";
import { judge } from "./judge.ts";
import { domainOf } from "./message.ts";
import type { Queue } from "./queue.ts";
import { type SmtpReply, smtpReply } from "./reply.ts";
import type { Session } from "./rules.ts";
import { makeSmtpServer, type SmtpServer } from "./server.ts";
import { namesOf } from "./tls.ts";

/** MaxRecipientEnvelopeLimit "Unlimited" stands for this many (Set-TransportConfig). */
const MAX_RECIPIENTS = 1000;
/** Those of them in one domain ("NDR codes for common errors in Exchange Online", Learn, 4.5.3). */
const MAX_OF_DOMAIN = 200;

const DENIALS = {
  partner: "smtp.partner-restricted",
  tls: "smtp.no-tls-channel",
  "direct send": "smtp.direct-send-denied",
} as const;

export interface FrontEndParts {
  context: Context;
  queue: Queue;
  /** The MX host's certificate. */
  certificate: Certificate;
  /** Root of the web PKI that client certificates must come from, PEM. */
  trustedRoot: string;
}

/** Builds Exchange Online Protection's front end: port 25 of the domain's MX host. Not listening yet. */
export function buildFrontEnd({
  context,
  queue,
  certificate,
  trustedRoot,
}: FrontEndParts): SmtpServer {
  const { world, clock } = context;
  const { frontEnd: host } = world.tenant.servers;

  const mark = (session: Session): string => formatMark(host, clock.now(), session);
  const clientOf = ({ clientAddress, tls }: Session): Client => ({
    address: clientAddress,
    tls: tls !== null,
    certificateNames: tls?.authorized ? namesOf(tls) : [],
  });

  /** Why a recipient can't be reached by this session, as things stand now. */
  function refuseRecipient(recipient: string, session: Session): Sourced<SmtpReply> | undefined {
    const [client, sender] = [clientOf(session), session.sender ?? ""];
    const attribution = attribute(client, { sender, recipient }, world);
    if (attribution === "tls") return smtpReply("smtp.no-tls-channel", { mark: mark(session) });
    if (!isAcceptedDomain(world, domainOf(recipient))) {
      return attribution ? undefined : smtpReply("smtp.relay-denied", { mark: mark(session) });
    }
    if (!findMailbox(world, recipient) && !findGroup(world, recipient)) {
      return smtpReply("smtp.recipient-rejected", { mark: mark(session) });
    }
    const denial = attribution ? undefined : denyDirectSend(client, sender, world);
    return denial && smtpReply(DENIALS[denial], { mark: mark(session) });
  }

  return makeSmtpServer(context, {
    ...speakExchange(context, { host, afterTls: [] }),
    service: "smtp",
    tls: {
      key: certificate.key,
      cert: certificate.chain,
      ca: trustedRoot,
      requestCert: true,
      rejectUnauthorized: false,
    },

    signIn: (_request, session) => smtpReply("smtp.no-such-auth", { mark: mark(session) }),

    refuseSender: (sender, session) =>
      attribute(clientOf(session), { sender }, world) === "tls"
        ? smtpReply("smtp.no-tls-channel", { mark: mark(session) })
        : undefined,

    refuseRecipient(recipient, session) {
      const ofDomain = session.recipients.filter((one) => domainOf(one) === domainOf(recipient));
      return session.recipients.length >= MAX_RECIPIENTS || ofDomain.length >= MAX_OF_DOMAIN
        ? smtpReply("smtp.too-many-recipients")
        : refuseRecipient(recipient, session);
    },

    async accept(raw, session) {
      const { sender = "", recipients } = session;
      const arrival = arrivalOf(session, clock.now());
      const judgement = await judge({ raw, sender, ...arrival }, world);
      // A connector may have gone since RCPT; nothing is taken that would then be lost.
      for (const recipient of recipients) {
        const refusal = refuseRecipient(recipient, session);
        if (refusal) return refusal;
      }
      const [recipient] = recipients;
      const envelope = { sender, ...(recipient !== undefined && { recipient }) };
      const attribution = attribute(clientOf(session), envelope, world);
      return acceptMessage(
        {
          raw,
          sender,
          recipients,
          attribution: attribution === "tls" ? undefined : attribution,
          arrival: { ...arrival, at: clock.now() },
          judgement,
        },
        context,
        queue,
      );
    },
  });
}
