import { defineReply, type Source } from "../reply.ts";
import type { SmtpReply } from "./reply.ts";

/** The mark at the end of newer refusals: server, time, session. */
export interface Mark {
  host: string;
  at: Date;
  session: string;
}

const dialogue: Source = { record: "public logs of 2025 (client submission dialogue)" };
const memory: Source = { assumed: "wording of Exchange's transport, from memory" };

/** `[host time session]` */
export function formatMark({ host, at, session }: Mark): string {
  return `[${host} ${at.toISOString()} ${session}]`;
}

const say = (code: number, text: string): SmtpReply => ({ code, text });

export const greeting = defineReply(
  "smtp.greeting",
  { record: "public log of Nov 2025 on port 587; host name of port 25 from memory" },
  (host: string, date: string, session: string) =>
    say(220, `${host} Microsoft ESMTP MAIL Service ready at ${date} [${session}]`),
);
export const hello = defineReply("smtp.hello", dialogue, (host: string, client: string) =>
  say(250, `${host} Hello [${client}]`),
);
export const senderOk = defineReply("smtp.sender-ok", dialogue, () => say(250, "2.1.0 Sender OK"));
export const recipientOk = defineReply("smtp.recipient-ok", dialogue, () =>
  say(250, "2.1.5 Recipient OK"),
);
export const startInput = defineReply("smtp.start-input", dialogue, () =>
  say(354, "Start mail input; end with <CRLF>.<CRLF>"),
);
export const startTls = defineReply("smtp.start-tls", dialogue, () =>
  say(220, "2.0.0 SMTP server ready"),
);
export const closing = defineReply("smtp.closing", dialogue, () =>
  say(221, "2.0.0 Service closing transmission channel"),
);

export const queued = defineReply(
  "smtp.queued",
  dialogue,
  (messageId: string, internalId: number, host: string, bytes: number) => {
    const rate = (bytes / 1024 / 0.06).toFixed(3);
    return say(
      250,
      `2.6.0 ${messageId} [InternalId=${internalId}, Hostname=${host}] ${bytes} bytes in 0.060, ${rate} KB/sec Queued mail for delivery`,
    );
  },
);

export const relayDenied = defineReply(
  "smtp.relay-denied",
  { page: "Fix NDR error 5.7.64 (SupportArticles-docs); that it is said at RCPT is from memory" },
  (mark: Mark) => say(550, `5.7.64 TenantAttribution; Relay Access Denied ${formatMark(mark)}`),
);

export const recipientRejected = defineReply(
  "smtp.recipient-rejected",
  { page: "Fix NDR error 5.4.1 (SupportArticles-docs); that it is said at RCPT is from memory" },
  (mark: Mark) => say(550, `5.4.1 Recipient address rejected: Access denied. ${formatMark(mark)}`),
);

export const startTlsRequired = defineReply(
  "smtp.start-tls-required",
  { record: "forums, on client submission; on port 25 assumed" },
  (mark: Mark) => say(451, `5.7.3 STARTTLS is required to send mail ${formatMark(mark)}`),
);

export const noSuchAuth = defineReply(
  "smtp.no-such-auth",
  { record: "mailpit#118, AUTH PLAIN on client submission; on port 25 assumed" },
  (mark: Mark) => say(504, `5.7.4 Unrecognized authentication type ${formatMark(mark)}`),
);

export const unrecognizedCommand = defineReply("smtp.unrecognized", memory, (verb: string) =>
  say(500, `5.3.3 Unrecognized command '${verb}'`),
);
export const tooManyErrors = defineReply("smtp.too-many-errors", memory, () =>
  say(421, "4.7.0 Too many errors on this connection, closing transmission channel"),
);
export const helloFirst = defineReply("smtp.hello-first", memory, () =>
  say(503, "5.5.2 Send hello first"),
);
export const needMail = defineReply("smtp.need-mail", memory, () =>
  say(503, "5.5.2 Need mail command"),
);
export const needRcpt = defineReply("smtp.need-rcpt", memory, () =>
  say(503, "5.5.2 Need rcpt command"),
);
export const senderTwice = defineReply("smtp.sender-twice", memory, () =>
  say(503, "5.5.2 Sender already specified"),
);
export const tlsTwice = defineReply("smtp.tls-twice", memory, () =>
  say(503, "5.5.2 Only one STARTTLS command can be issued per session"),
);
export const badSender = defineReply("smtp.bad-sender", memory, () =>
  say(501, "5.1.7 Invalid address"),
);
export const badRecipient = defineReply("smtp.bad-recipient", memory, () =>
  say(501, "5.1.3 Invalid address"),
);
export const badArguments = defineReply("smtp.bad-arguments", memory, () =>
  say(501, "5.5.4 Invalid arguments"),
);
export const tooBig = defineReply("smtp.too-big", memory, () =>
  say(552, "5.3.4 Message size exceeds fixed maximum message size"),
);
export const tooManyRecipients = defineReply(
  "smtp.too-many-recipients",
  { page: "SupportArticles-docs; the digits of the reply are from memory" },
  () => say(452, "4.5.3 Too many recipients"),
);
export const noop = defineReply("smtp.noop", memory, () => say(250, "2.0.0 OK"));
export const reset = defineReply("smtp.reset", memory, () => say(250, "2.0.0 Resetting"));
export const help = defineReply("smtp.help", memory, () =>
  say(
    214,
    "This server supports the following commands: HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH",
  ),
);
export const cannotVerify = defineReply("smtp.cannot-verify", memory, () =>
  say(252, "2.1.5 Cannot VRFY user"),
);
export const shuttingDown = defineReply("smtp.shutting-down", memory, () =>
  say(421, "4.3.2 Service not active"),
);
export const timedOut = defineReply("smtp.timed-out", memory, () =>
  say(421, "4.4.1 Connection timed out"),
);
export const serverError = defineReply("smtp.server-error", memory, () =>
  say(451, "4.7.0 Temporary server error. Please try again later."),
);
export const injected = defineReply(
  "smtp.injected",
  { assumed: "the words are the fault's own" },
  (line: string): SmtpReply => ({ code: Number(line.slice(0, 3)), text: line.slice(4) }),
);
