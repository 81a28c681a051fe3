import { TLSSocket } from "node:tls";
import type { SMTPServerSession } from "smtp-server";
import type { Certificate } from "../certificates.ts";
import type { Context } from "../context.ts";
import { defineReply } from "../reply.ts";
import { formatDate } from "../smtp/message.ts";
import { SmtpRefusal, type SmtpReply } from "../smtp/reply.ts";
import { describeSaying, readAll, TalkingServer } from "../smtp/server.ts";
import { publicOf } from "../world/nat.ts";
import { withoutOwnResults } from "./foreignResults.ts";
import { type Verdict, verify } from "./verify.ts";

type Done = (error?: Error | null, text?: string) => void;

const unknownUser = defineReply(
  "mx.unknown-user",
  { provider: "Postfix" },
  (address: string): SmtpReply => ({
    code: 550,
    text: `5.1.1 <${address}>: Recipient address rejected: User unknown`,
  }),
);

const queued = defineReply(
  "mx.queued",
  { provider: "Postfix" },
  (id: string): SmtpReply => ({ code: 250, text: `2.0.0 Ok: queued as ${id}` }),
);

const refusedByPolicy = defineReply(
  "mx.refused-by-policy",
  { provider: "OpenDMARC as a milter of Postfix" },
  (domain: string): SmtpReply => ({
    code: 550,
    text: `5.7.1 rejected by DMARC policy for ${domain}`,
  }),
);

/** Whatever else the outside server says. */
const ownWords = defineReply(
  "mx.own-words",
  { provider: "smtp-server" },
  (text: string | string[]) => ({ text }),
);

const injected = defineReply(
  "mx.injected",
  { assumed: "the words are the fault's own" },
  (line: string): SmtpReply => ({ code: Number(line.slice(0, 3)), text: line.slice(4) }),
);

export interface ReceiverParts {
  context: Context;
  certificate: Certificate;
  /** Port of the lab's DNS server on 127.0.0.1. */
  dnsPort: () => number;
  /** Told after each message that was stored. */
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
}: ReceiverParts): TalkingServer {
  const { world, clock, faults, log } = context;
  const versions = new WeakMap<SMTPServerSession, string>();

  function refusalByFault(verb: string): SmtpRefusal | undefined {
    const fault = faults.take("mx", verb, ["smtp"]);
    return fault && new SmtpRefusal(injected(fault.line));
  }

  const server = new TalkingServer(
    {
      name: world.outside.mxHost,
      heloResponse: "%s",
      key: certificate.key,
      cert: certificate.chain,
      minVersion: "TLSv1.2",
      disabledCommands: ["AUTH", "WIZ", "SHELL", "KILL", "XCLIENT", "XFORWARD"],
      onSecure(socket, session, done) {
        if (socket instanceof TLSSocket) versions.set(session, socket.getProtocol() ?? "");
        done();
      },
      onMailFrom: (_address, _session, done) => done(refusalByFault("MAIL")),
      onRcptTo({ address }, _session, done) {
        const fault = refusalByFault("RCPT");
        if (fault) return done(fault);
        const isKnown = world.outside.mailboxes.includes(address.toLowerCase());
        done(isKnown ? undefined : new SmtpRefusal(unknownUser(address)));
      },
      onData(stream, session, done) {
        readAll(stream)
          .then((raw) => server.busy(take(raw, session, done)))
          .catch(done);
      },
    },
    {
      phrase: ({ text }) => ownWords(text).text,
      said: (saying) =>
        log.add({
          ...describeSaying(saying),
          service: "mx",
          detail: {
            client: publicOf(world, saying.connection.remoteAddress),
            argument: saying.argument,
          },
        }),
    },
  );

  return server;

  async function take(raw: string, session: SMTPServerSession, done: Done): Promise<void> {
    const fault = refusalByFault("DATA");
    if (fault) return done(fault);
    const verdict = await verify(
      {
        raw,
        sender: senderOf(session),
        clientAddress: publicOf(world, session.remoteAddress),
        helo: session.hostNameAppearsAs || "",
      },
      world.outside.mxHost,
      dnsPort(),
    );
    if (verdict.policy === "reject") {
      return done(new SmtpRefusal(refusedByPolicy(verdict.authorDomain)));
    }
    store(raw, session, verdict);
    done(null, queued(session.id).text);
  }

  function store(raw: string, session: SMTPServerSession, verdict: Verdict): void {
    const clientAddress = publicOf(world, session.remoteAddress);
    const tls = versions.get(session) ?? null;
    const helo = session.hostNameAppearsAs || "";
    const at = clock.now();
    const received = `Received: from ${helo} ([${clientAddress}])\r\n by ${world.outside.mxHost} with ${tls ? "ESMTPS" : "ESMTP"} id ${session.id};\r\n ${formatDate(at)}\r\n`;
    const from = senderOf(session);
    world.outside.messages.push({
      at: at.toISOString(),
      clientAddress,
      helo,
      tls,
      envelope: { from, to: session.envelope.rcptTo.map(({ address }) => address) },
      folder: verdict.policy === "quarantine" ? "junk" : "inbox",
      raw: `Return-Path: <${from}>\r\n${verdict.fields}${received}${withoutOwnResults(raw, world.outside.mxHost)}`,
    });
    context.changed();
    stored();
  }
}

function senderOf({ envelope }: SMTPServerSession): string {
  return envelope.mailFrom ? envelope.mailFrom.address : "";
}
