import type { Certificate } from "../../certificates.ts";
import type { Sourced } from "../../reply.ts";
import { findMailbox } from "../../world/recipients.ts";
import { arrivalOf, formatMark, speakExchange } from "../exchange.ts";
import { parseMessage } from "../message.ts";
import type { Queue } from "../queue.ts";
import { type SmtpReply, smtpReply } from "../reply.ts";
import type { Ask, AuthRequest, Session } from "../rules.ts";
import { makeSmtpServer, type SmtpServer } from "../server.ts";
import { acceptSubmission } from "./accept.ts";
import { serversOf } from "./fields.ts";
import { countError, MAX_RECIPIENTS, MAX_SESSIONS } from "./limits.ts";
import { refuseMessage } from "./refuse.ts";
import { readCredential } from "./sasl.ts";
import { type SignedIn, type SignInParts, signIn } from "./signIn.ts";

export interface SubmissionParts extends SignInParts {
  queue: Queue;
  /** The certificate of smtp.office365.com. */
  certificate: Certificate;
}

type Refusal = Sourced<SmtpReply>;

/** Builds client submission: smtp.office365.com, port 587. Not listening yet. */
export function buildSubmission(parts: SubmissionParts): SmtpServer {
  const { context, queue, certificate } = parts;
  const { world, clock, faults } = context;
  const { proxy, store } = serversOf(world.tenant);
  /** Whom a session sends for, or why it could not sign in. */
  const outcomes = new WeakMap<Session, SignedIn | Refusal>();

  const mark = (session: Session): string => formatMark(proxy.name, clock.now(), session);

  function signedIn(session: Session): SignedIn | undefined {
    const outcome = outcomes.get(session);
    return outcome && "mailbox" in outcome ? outcome : undefined;
  }

  function isCrowded(mailbox: string): boolean {
    const others = server.sessions().filter((session) => signedIn(session)?.mailbox === mailbox);
    return others.length >= MAX_SESSIONS;
  }

  async function answerAuth(request: AuthRequest, session: Session, ask: Ask): Promise<Refusal> {
    if (!session.tls) return smtpReply("submission.no-starttls", { mark: mark(session) });
    if (signedIn(session)) return smtpReply("submission.second-auth");
    const credential = await readCredential(request, ask);
    if (credential === "unknown mechanism") {
      return smtpReply("smtp.no-such-auth", { mark: mark(session) });
    }
    if (credential === "aborted") return smtpReply("submission.auth-aborted");
    if (credential === "malformed") return smtpReply("smtp.bad-arguments");
    const fault = faults.take("smtp", "AUTH", ["smtp"]);
    if (fault) return smtpReply("smtp.injected", { line: fault.line });
    const judged = await signIn(credential, parts, mark(session));
    const outcome =
      "mailbox" in judged && isCrowded(judged.mailbox)
        ? smtpReply("submission.too-many-sessions", { host: store.name })
        : judged;
    outcomes.set(session, outcome);
    return "mailbox" in outcome ? smtpReply("submission.signed-in") : outcome;
  }

  /** Why MAIL is refused to a session that did not sign in, or whose mailbox has gone. */
  function refuseStranger(session: Session): Refusal | undefined {
    if (!session.tls) return smtpReply("submission.no-starttls", { mark: mark(session) });
    const outcome = outcomes.get(session);
    if (outcome && "code" in outcome) {
      const refusal = `${outcome.code} ${outcome.text}`;
      return smtpReply("submission.not-authenticated-after", { refusal });
    }
    return findMailbox(world, outcome?.mailbox ?? "")
      ? undefined
      : smtpReply("submission.not-authenticated", { mark: mark(session) });
  }

  const server = makeSmtpServer(context, {
    ...speakExchange(context, { host: proxy.greeting, afterTls: ["AUTH LOGIN XOAUTH2"] }),
    service: "submission",
    tls: { key: certificate.key, cert: certificate.chain },
    signIn: answerAuth,
    refuseSender: (_sender, session) => refuseStranger(session),

    refuseRecipient(_recipient, session) {
      if (session.recipients.length < MAX_RECIPIENTS) return undefined;
      const { mailbox = "" } = signedIn(session) ?? {};
      countError(world.submission, mailbox, "too many recipients", clock.now());
      context.changed();
      return smtpReply("smtp.too-many-recipients");
    },

    accept(raw, session) {
      const identity = signedIn(session);
      const mailbox = findMailbox(world, identity?.mailbox ?? "");
      // The mailbox may have gone since MAIL.
      if (!mailbox || !identity) {
        return smtpReply("submission.not-authenticated", { mark: mark(session) });
      }
      const submitted = {
        mailbox,
        message: parseMessage(raw),
        sender: session.sender ?? "",
        recipients: session.recipients,
        bytes: raw.length,
        arrival: arrivalOf(session, clock.now()),
      };
      return (
        refuseMessage(submitted, identity, context) ?? acceptSubmission(submitted, context, queue)
      );
    },
  });
  return server;
}
