import { defineReply, type Source } from "../reply.ts";
import type { SmtpReply } from "./reply.ts";

/** The mark at the end of newer refusals: server, time, session. */
export interface Mark {
  host: string;
  at: Date;
  session: string;
}

const dialogue: Source = {
  record: "public logs of 2025, on client submission",
  assumed: "that port 25 says the same",
};
const server: Source = {
  record: "table of SMTP replies of Exchange Server 2013",
  assumed: "that the cloud still says so",
};

/** `[host time session]` */
export function formatMark({ host, at, session }: Mark): string {
  return `[${host} ${at.toISOString()} ${session}]`;
}

const say = (code: number, text: string): SmtpReply => ({ code, text });

export const greeting = defineReply(
  "smtp.greeting",
  { record: "public log of Nov 2025, on port 587", assumed: "the host's name on port 25" },
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
  {
    page: "Fix NDR error 5.7.64 (SupportArticles-docs)",
    assumed: "that it is said at RCPT; the details of attribution (lab/smtp/attribution.ts)",
  },
  (mark: Mark) => say(550, `5.7.64 TenantAttribution; Relay Access Denied ${formatMark(mark)}`),
);

export const recipientRejected = defineReply(
  "smtp.recipient-rejected",
  {
    page: "Fix NDR error 5.4.1 (SupportArticles-docs)",
    assumed: "that it is said at RCPT",
  },
  (mark: Mark) => say(550, `5.4.1 Recipient address rejected: Access denied. ${formatMark(mark)}`),
);

export const noTlsChannel = defineReply(
  "smtp.no-tls-channel",
  {
    page: "Mail flow to EXO stops and event 2004 is logged (Learn, KB 2888788)",
    assumed: "that it is said at MAIL, without a reason, to a session in clear",
  },
  (mark: Mark) =>
    say(
      454,
      `4.7.0 Failed to establish appropriate TLS channel: Access Denied ${formatMark(mark)}`,
    ),
);

export const partnerRestricted = defineReply(
  "smtp.partner-restricted",
  {
    page: "Mail flow NDR articles (SupportArticles-docs)",
    assumed: "that it is said at RCPT, and by the domain of MAIL FROM",
  },
  (mark: Mark) =>
    say(
      550,
      `5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the message's recipient domain. The connector had either the RestrictDomainsToIPAddresses or RestrictDomainsToCertificate set ${formatMark(mark)}`,
    ),
);

export const directSendDenied = defineReply(
  "smtp.direct-send-denied",
  {
    page: "Introducing more control over Direct Send in Exchange Online (Exchange Team blog)",
    assumed: "that it is said at RCPT",
  },
  (mark: Mark) =>
    say(
      550,
      `5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources ${formatMark(mark)}`,
    ),
);

export const noSuchAuth = defineReply(
  "smtp.no-such-auth",
  {
    record: "mailpit#118, AUTH PLAIN on client submission",
    assumed: "that port 25 says it to every mechanism",
  },
  (mark: Mark) => say(504, `5.7.4 Unrecognized authentication type ${formatMark(mark)}`),
);

export const unrecognizedCommand = defineReply(
  "smtp.unrecognized",
  {
    record: "table of SMTP replies of Exchange Server 2013",
    assumed: "that it repeats the command, from memory",
  },
  (verb: string) => say(500, `5.3.3 Unrecognized command '${verb}'`),
);
export const tooManyErrors = defineReply("smtp.too-many-errors", server, () =>
  say(421, "4.7.0 Too many errors on this connection, closing transmission channel"),
);
export const helloFirst = defineReply("smtp.hello-first", server, () =>
  say(503, "5.5.2 Send hello first"),
);
export const needMail = defineReply("smtp.need-mail", server, () =>
  say(503, "5.5.2 Need mail command"),
);
export const needRcpt = defineReply("smtp.need-rcpt", server, () =>
  say(503, "5.5.2 Need rcpt command"),
);
export const senderTwice = defineReply("smtp.sender-twice", server, () =>
  say(503, "5.5.2 Sender already specified"),
);
export const tlsTwice = defineReply("smtp.tls-twice", server, () =>
  say(503, "5.5.2 Only one STARTTLS command can be issued per session"),
);
export const badSender = defineReply("smtp.bad-sender", server, () =>
  say(501, "5.1.7 Invalid address"),
);
export const badRecipient = defineReply("smtp.bad-recipient", server, () =>
  say(501, "5.1.3 Invalid address"),
);
export const helloWithoutDomain = defineReply("smtp.hello-without-domain", server, (verb: string) =>
  say(501, `5.0.0 ${verb} requires domain address`),
);
export const badHelloDomain = defineReply("smtp.bad-hello-domain", server, () =>
  say(501, "5.5.4 Invalid domain name"),
);
export const badArguments = defineReply("smtp.bad-arguments", server, () =>
  say(501, "5.5.4 Invalid arguments"),
);
export const tooBig = defineReply("smtp.too-big", server, () =>
  say(552, "5.3.4 Message size exceeds fixed maximum message size"),
);
export const tooManyRecipients = defineReply(
  "smtp.too-many-recipients",
  {
    page: "Exchange Online limits (SupportArticles-docs)",
    assumed: "the number of recipients; a second domain of the tenant may bring it too",
  },
  () => say(452, "4.5.3 Too many recipients"),
);
export const noop = defineReply("smtp.noop", server, () => say(250, "2.0.0 OK"));
export const reset = defineReply("smtp.reset", server, () => say(250, "2.0.0 Resetting"));
export const help = defineReply("smtp.help", server, () =>
  say(
    214,
    "This server supports the following commands: HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH",
  ),
);
export const cannotVerify = defineReply("smtp.cannot-verify", server, () =>
  say(252, "2.1.5 Cannot VRFY user"),
);
export const shuttingDown = defineReply("smtp.shutting-down", server, () =>
  say(421, "4.3.2 Service not active"),
);
export const timedOut = defineReply("smtp.timed-out", server, () =>
  say(421, "4.4.1 Connection timed out"),
);
export const serverError = defineReply("smtp.server-error", server, () =>
  say(451, "4.7.0 Temporary server error. Please try again later"),
);
/** What a bounce says of a recipient whose domain has no mail server. */
export const unknownDomain = defineReply(
  "queue.unknown-domain",
  { assumed: "from memory of bounces" },
  (domain: string) =>
    say(550, `5.4.310 DNS domain ${domain} does not exist [Message=InfoDomainNonexistent]`),
);
/** What a bounce says of a message that the other side can't take, as it offers no BDAT. */
export const bareLineFeeds = defineReply(
  "queue.bare-line-feeds",
  { record: "SEC Consult's SMTP smuggling, December 2023; bounces in public threads" },
  () =>
    say(
      550,
      "5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds, which cannot be sent via DATA and receiving system does not support BDAT",
    ),
);
export const injected = defineReply(
  "smtp.injected",
  { assumed: "the words are the fault's own" },
  (line: string): SmtpReply => ({ code: Number(line.slice(0, 3)), text: line.slice(4) }),
);
