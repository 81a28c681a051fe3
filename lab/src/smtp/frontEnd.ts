import { TLSSocket } from "node:tls";
import type { SMTPServerSession } from "smtp-server";
import type { Certificate } from "../certificates.ts";
import { type Context, newGuid } from "../context.ts";
import { publicOf } from "../world/nat.ts";
import type { World } from "../world/world.ts";
import { acceptMessage, findMailbox, type Incoming } from "./accept.ts";
import { attribute, type Client } from "./attribution.ts";
import { type Denial, denyDirectSend } from "./directSend.ts";
import { type Judgement, judge } from "./judge.ts";
import { domainOf } from "./message.ts";
import { describeTls, namesOf } from "./peer.ts";
import type { Queue } from "./queue.ts";
import * as replies from "./replies.ts";
import { SmtpRefusal } from "./reply.ts";
import { readAll, TalkingServer, type Voice } from "./server.ts";
import { makeMark, makeVoice, SIZE } from "./voice.ts";
import { phraseLikeExchange } from "./words.ts";

/** MaxRecipientEnvelopeLimit "Unlimited" stands for this many (Set-TransportConfig). */
const MAX_RECIPIENTS = 1000;

export interface FrontEndParts {
  context: Context;
  queue: Queue;
  /** The MX host's certificate. */
  certificate: Certificate;
  /** Root of the web PKI that client certificates must come from, PEM. */
  trustedRoot: string;
}

type Done = (error?: Error | null, text?: string) => void;

/** Builds Exchange Online Protection's front end: port 25 of the domain's MX host. Not listening yet. */
export function buildFrontEnd({ context, queue, certificate, trustedRoot }: FrontEndParts) {
  const { world, clock, faults } = context;
  const { frontEnd: host } = world.tenant.servers;
  const certificates = new WeakMap<SMTPServerSession, string[]>();
  const sockets = new WeakMap<SMTPServerSession, TLSSocket>();

  const mark = (session: { id: string }): replies.Mark => makeMark(host, clock.now(), session.id);
  const clientOf = (session: SMTPServerSession): Client => ({
    address: publicOf(world, session.remoteAddress),
    tls: session.secure,
    certificateNames: certificates.get(session) ?? [],
  });
  const senderOf = ({ envelope }: SMTPServerSession): string =>
    envelope.mailFrom ? envelope.mailFrom.address : "";

  /** Why a recipient can't be reached by this session, as things stand now. */
  function refuseRecipient(session: SMTPServerSession, recipient: string): SmtpRefusal | undefined {
    const [client, sender] = [clientOf(session), senderOf(session)];
    const attribution = attribute(client, sender, world);
    if (attribution === "tls") return new SmtpRefusal(replies.noTlsChannel(mark(session)));
    if (!isAccepted(world, domainOf(recipient))) {
      return attribution ? undefined : new SmtpRefusal(replies.relayDenied(mark(session)));
    }
    if (!findMailbox(world, recipient)) {
      return new SmtpRefusal(replies.recipientRejected(mark(session)));
    }
    const denial = attribution ? undefined : denyDirectSend(client, sender, world);
    return denial && new SmtpRefusal(DENIALS[denial](mark(session)));
  }

  async function judgeIncoming(raw: string, session: SMTPServerSession): Promise<Judgement> {
    const { address: clientAddress } = clientOf(session);
    const helo = session.hostNameAppearsAs || "";
    return judge({ raw, sender: senderOf(session), clientAddress, helo, at: clock.now() }, world);
  }

  function incoming(raw: string, session: SMTPServerSession, judgement: Judgement): Incoming {
    const client = clientOf(session);
    const sender = senderOf(session);
    const attribution = attribute(client, sender, world);
    const socket = sockets.get(session);
    return {
      raw,
      sender,
      recipients: session.envelope.rcptTo.map(({ address }) => address),
      attribution: attribution === "tls" ? undefined : attribution,
      arrival: {
        at: clock.now(),
        clientAddress: client.address,
        helo: session.hostNameAppearsAs || "",
        tls: socket ? describeTls(socket) : null,
      },
      judgement,
    };
  }

  function refusalByFault(verb: string): SmtpRefusal | undefined {
    const fault = faults.take("smtp", verb, ["smtp"]);
    return fault && new SmtpRefusal(replies.injected(fault.line));
  }

  async function take(
    raw: string,
    isTooBig: boolean,
    session: SMTPServerSession,
    done: Done,
  ): Promise<void> {
    const fault = refusalByFault("DATA");
    if (fault) return done(fault);
    if (isTooBig) return done(new SmtpRefusal(replies.tooBig()));
    const judgement = await judgeIncoming(raw, session);
    // A connector may have gone since RCPT; nothing is taken that would then be lost.
    for (const { address } of session.envelope.rcptTo) {
      const refusal = refuseRecipient(session, address);
      if (refusal) return done(refusal);
    }
    done(null, acceptMessage(incoming(raw, session, judgement), context, queue).text);
  }

  const voice: Voice = {
    ...makeVoice({ context, host, service: "smtp", afterTls: [], phrase: phraseLikeExchange }),
    refuseAuth: () => replies.noSuchAuth(mark({ id: newGuid(world) })),
  };

  const server = new TalkingServer(
    {
      size: SIZE,
      rejectOversized: true,
      maxRecipients: MAX_RECIPIENTS,
      key: certificate.key,
      cert: certificate.chain,
      ca: trustedRoot,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
      hideDSN: false,
      disabledCommands: ["WIZ", "SHELL", "KILL", "XCLIENT", "XFORWARD"],

      onSecure(socket, session, done) {
        if (socket instanceof TLSSocket) {
          sockets.set(session, socket);
          certificates.set(session, socket.authorized ? namesOf(socket) : []);
        }
        done();
      },

      onMailFrom({ address }, session, done) {
        const fault = refusalByFault("MAIL");
        if (fault) return done(fault);
        if (attribute(clientOf(session), address, world) === "tls") {
          return done(new SmtpRefusal(replies.noTlsChannel(mark(session))));
        }
        done();
      },

      onRcptTo({ address }, session, done) {
        done(refusalByFault("RCPT") ?? refuseRecipient(session, address));
      },

      onData(stream, session, done: Done) {
        readAll(stream)
          .then((raw) => server.busy(take(raw, stream.sizeExceeded, session, done)))
          .catch(done);
      },
    },
    voice,
  );
  return server;
}

const DENIALS: Record<Denial, (mark: replies.Mark) => ReturnType<typeof replies.relayDenied>> = {
  partner: replies.partnerRestricted,
  tls: replies.noTlsChannel,
  "direct send": replies.directSendDenied,
};

function isAccepted(world: World, domain: string): boolean {
  return world.tenant.acceptedDomains.some(({ name }) => name === domain);
}
