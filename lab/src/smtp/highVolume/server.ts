import type { Sourced } from "../../reply.ts";
import { BILLED, billingStatus, findHveAccount, type HveAccount } from "../../world/highVolume.ts";
import { isAcceptedDomain } from "../accept.ts";
import { arrivalOf, formatMark, speakExchange } from "../exchange.ts";
import { authorsOf, domainOf, parseMessage } from "../message.ts";
import { type SmtpReply, smtpReply } from "../reply.ts";
import type { Ask, AuthRequest, Session } from "../rules.ts";
import { makeSmtpServer, type SmtpServer } from "../server.ts";
import { serversOf } from "../submission/fields.ts";
import { readCredential } from "../submission/sasl.ts";
import type { SubmissionParts } from "../submission/server.ts";
import { acceptHighVolume } from "./accept.ts";
import { signIn } from "./signIn.ts";

/** Limits of a message ("Manage High Volume Email for Microsoft 365", Learn): there are none of messages or recipients in a time. */
const MAX_RECIPIENTS = 50;
const MAX_SIZE = 10 * 1024 ** 2;

type Refusal = Sourced<SmtpReply>;

/** Builds High Volume Email: smtp.hve.mx.microsoft, port 587. Not listening yet. */
export function buildHighVolume(parts: Omit<SubmissionParts, "queue">): SmtpServer {
  const { context, certificate } = parts;
  const { world, clock, faults } = context;
  const { proxy } = serversOf(world.tenant);
  /** Address of the account that a session sends as. */
  const accounts = new WeakMap<Session, string>();

  const mark = (session: Session): string => formatMark(proxy.name, clock.now(), session);
  const accountOf = (session: Session): HveAccount | undefined =>
    findHveAccount(world, accounts.get(session) ?? "");

  async function answerAuth(request: AuthRequest, session: Session, ask: Ask): Promise<Refusal> {
    if (!session.tls) return smtpReply("submission.no-starttls", { mark: mark(session) });
    if (accounts.has(session)) return smtpReply("submission.second-auth");
    const credential = await readCredential(request, ask);
    if (credential === "unknown mechanism") {
      return smtpReply("smtp.no-such-auth", { mark: mark(session) });
    }
    if (credential === "aborted") return smtpReply("submission.auth-aborted");
    if (credential === "malformed") {
      return request.mechanism === "XOAUTH2"
        ? smtpReply("submission.hve-bad-argument")
        : smtpReply("smtp.bad-arguments");
    }
    const fault = faults.take("smtp", "AUTH", ["smtp"]);
    if (fault) return smtpReply("smtp.injected", { line: fault.line });
    const outcome = await signIn(credential, parts, mark(session));
    if ("code" in outcome) return outcome;
    if (billingStatus(outcome, world) !== BILLED) {
      return smtpReply("submission.hve-unsuccessful", { mark: mark(session) });
    }
    accounts.set(session, outcome.address);
    return smtpReply("submission.signed-in");
  }

  return makeSmtpServer(context, {
    ...speakExchange(context, {
      ...{ host: proxy.greeting, afterTls: ["AUTH LOGIN XOAUTH2"], maxSize: MAX_SIZE },
    }),
    service: "highVolume",
    tls: { key: certificate.key, cert: certificate.chain },
    signIn: answerAuth,

    refuseSender(sender, session) {
      if (!session.tls) return smtpReply("submission.no-starttls", { mark: mark(session) });
      const account = accountOf(session);
      if (!account) return smtpReply("submission.not-authenticated", { mark: mark(session) });
      return isOwn(account, sender) ? undefined : smtpReply("submission.hve-other-sender");
    },

    refuseRecipient(recipient, session) {
      if (session.recipients.length >= MAX_RECIPIENTS) {
        return smtpReply("smtp.too-many-recipients");
      }
      return isAcceptedDomain(world, domainOf(recipient))
        ? undefined
        : smtpReply("submission.hve-external-recipient");
    },

    accept(raw, session) {
      const account = accountOf(session);
      // The account may have gone since MAIL.
      if (!account) return smtpReply("submission.not-authenticated", { mark: mark(session) });
      const message = parseMessage(raw);
      if (!authorsOf(message).every((author) => isOwn(account, author))) {
        return smtpReply("submission.hve-other-author");
      }
      const arrival = arrivalOf(session, clock.now());
      const { recipients } = session;
      return acceptHighVolume(
        { account, message, recipients, arrival, bytes: raw.length },
        context,
      );
    },
  });
}

const isOwn = ({ address }: HveAccount, sender: string): boolean =>
  sender.toLowerCase() === address;
