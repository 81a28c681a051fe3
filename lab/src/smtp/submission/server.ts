import { TLSSocket } from "node:tls";
import type { SMTPServerAuthentication, SMTPServerSession } from "smtp-server";
import type { Certificate } from "../../certificates.ts";
import { publicOf } from "../../world/nat.ts";
import type { Mailbox } from "../../world/recipients.ts";
import { findMailbox } from "../accept.ts";
import { parseMessage } from "../message.ts";
import { describeTls } from "../peer.ts";
import type { Queue } from "../queue.ts";
import { injected, type Mark, tooBig, tooManyRecipients } from "../replies.ts";
import { SmtpRefusal, type SmtpReply } from "../reply.ts";
import { readAll, TalkingServer } from "../server.ts";
import { makeMark, makeVoice, SIZE } from "../voice.ts";
import { acceptSubmission } from "./accept.ts";
import { serversOf } from "./fields.ts";
import { countError, MAX_RECIPIENTS, MAX_SESSIONS } from "./limits.ts";
import { refuseMessage } from "./refuse.ts";
import * as replies from "./replies.ts";
import { type SignedIn, type SignInParts, signInByPassword, signInByToken } from "./signIn.ts";
import { phraseSubmission } from "./words.ts";

export interface SubmissionParts extends SignInParts {
  queue: Queue;
  /** The certificate of smtp.office365.com. */
  certificate: Certificate;
}

/** Name that clients know client submission by, and that its certificate has. */
export const SUBMISSION_HOST = "smtp.office365.com";

type Done = (error?: Error | null, text?: string) => void;

/** Builds client submission: smtp.office365.com, port 587. Not listening yet. */
export function buildSubmission(parts: SubmissionParts): TalkingServer {
  const { context, queue, certificate } = parts;
  const { world, clock, faults } = context;
  const { proxy, store } = serversOf(world.tenant);
  /** Who a session signed in as, or why it could not. */
  const states = new WeakMap<SMTPServerSession, SignedIn | SmtpReply>();
  const sockets = new WeakMap<SMTPServerSession, TLSSocket>();

  const mark = ({ id }: { id: string }): Mark => makeMark(proxy.name, clock.now(), id);

  function signedIn(session: SMTPServerSession): SignedIn | undefined {
    const state = states.get(session);
    return state && "mailbox" in state ? state : undefined;
  }

  /** The mailbox that the session sends for, as long as there is one. */
  function mailboxOf(session: SMTPServerSession): Mailbox | undefined {
    return findMailbox(world, signedIn(session)?.mailbox ?? "");
  }

  function refusalByFault(verb: string): SmtpRefusal | undefined {
    const fault = faults.take("smtp", verb, ["smtp"]);
    return fault && new SmtpRefusal(injected(fault.line));
  }

  async function signIn(auth: SMTPServerAuthentication, session: SMTPServerSession) {
    const { username: user = "", accessToken, password } = auth;
    return auth.method === "XOAUTH2"
      ? signInByToken({ user, token: accessToken ?? "" }, parts, mark(session))
      : signInByPassword({ user, password: password ?? "" }, parts, mark(session));
  }

  function isCrowded(mailbox: string): boolean {
    const others = [...server.connections].filter(
      ({ session }) => signedIn(session)?.mailbox === mailbox,
    );
    return others.length >= MAX_SESSIONS;
  }

  /** Why MAIL is refused to a session that did not sign in. */
  function refuseStranger(session: SMTPServerSession): SmtpRefusal | undefined {
    if (!session.secure) return new SmtpRefusal(replies.noStartTls(mark(session)));
    if (mailboxOf(session)) return undefined;
    const state = states.get(session);
    return new SmtpRefusal(
      state && "code" in state
        ? replies.notAuthenticatedAfter(state)
        : replies.notAuthenticated(mark(session)),
    );
  }

  /** The 250 of a message that is taken in, or why it is not. */
  function take(raw: string, isTooBig: boolean, session: SMTPServerSession): string | SmtpRefusal {
    const fault = refusalByFault("DATA");
    if (fault) return fault;
    if (isTooBig) return new SmtpRefusal(tooBig());
    const mailbox = mailboxOf(session);
    const identity = signedIn(session);
    // The mailbox may have gone since MAIL.
    if (!mailbox || !identity) return new SmtpRefusal(replies.notAuthenticated(mark(session)));
    const { mailFrom, rcptTo } = session.envelope;
    const socket = sockets.get(session);
    const submitted = {
      mailbox,
      message: parseMessage(raw),
      sender: mailFrom ? mailFrom.address : "",
      recipients: rcptTo.map(({ address }) => address),
      bytes: raw.length,
      arrival: {
        at: clock.now(),
        clientAddress: publicOf(world, session.remoteAddress),
        helo: session.hostNameAppearsAs || "",
        tls: socket ? describeTls(socket) : null,
      },
    };
    const refusal = refuseMessage(submitted, identity, context);
    if (refusal) return new SmtpRefusal(refusal);
    return acceptSubmission(submitted, context, queue).text;
  }

  const server = new TalkingServer(
    {
      size: SIZE,
      rejectOversized: true,
      key: certificate.key,
      cert: certificate.chain,
      minVersion: "TLSv1.2",
      hideDSN: false,
      authMethods: ["LOGIN", "XOAUTH2"],
      disabledCommands: ["WIZ", "SHELL", "KILL", "XCLIENT", "XFORWARD"],

      onSecure(socket, session, done) {
        if (socket instanceof TLSSocket) sockets.set(session, socket);
        done();
      },

      onAuth(auth, session, done) {
        const fault = refusalByFault("AUTH");
        if (fault) return done(fault);
        signIn(auth, session)
          .then((outcome) => {
            const state =
              "mailbox" in outcome && isCrowded(outcome.mailbox)
                ? replies.tooManySessions(store.name)
                : outcome;
            states.set(session, state);
            if ("mailbox" in state) done(null, { user: state.mailbox });
            else done(new SmtpRefusal(state));
          })
          .catch(done);
      },

      onMailFrom(_address, session, done) {
        done(refusalByFault("MAIL") ?? refuseStranger(session));
      },

      onRcptTo(_address, session, done) {
        const fault = refusalByFault("RCPT");
        if (fault) return done(fault);
        const { mailbox = "" } = signedIn(session) ?? {};
        if (session.envelope.rcptTo.length < MAX_RECIPIENTS) return done();
        countError(world.submission, mailbox, "too many recipients", clock.now());
        context.changed();
        done(new SmtpRefusal(tooManyRecipients()));
      },

      onData(stream, session, done: Done) {
        readAll(stream)
          .then((raw) => {
            const outcome = take(raw, stream.sizeExceeded, session);
            if (outcome instanceof SmtpRefusal) done(outcome);
            else done(null, outcome);
          })
          .catch(done);
      },
    },
    {
      ...makeVoice({
        context,
        host: proxy.greeting,
        service: "submission",
        afterTls: ["AUTH LOGIN XOAUTH2"],
        phrase: (saying) => phraseSubmission(saying, mark(saying.connection)),
      }),
      refuseAuth: (connection) =>
        connection.secure ? undefined : replies.noStartTls(mark(connection)),
    },
  );
  return server;
}
