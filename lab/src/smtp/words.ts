import type { Sourced } from "../reply.ts";
import * as replies from "./replies.ts";
import type { SmtpReply } from "./reply.ts";
import type { Saying } from "./server.ts";

type Phrase = (saying: Saying) => Sourced<SmtpReply>;

/** smtp-server's own texts, and what Exchange says in their place. The first match counts. */
const phrases: [RegExp, Phrase][] = [
  [/^250 Accepted$/, sayAccepted],
  [/^354 /, replies.startInput],
  [/^220 Ready to start TLS$/, replies.startTls],
  [/^221 /, replies.closing],
  [/^250 OK$/, replies.noop],
  [/^250 Flushed$/, replies.reset],
  [/^214 /, replies.help],
  [/^252 /, replies.cannotVerify],
  [/^500 Error: command not recognized$/, ({ verb }) => replies.unrecognizedCommand(verb)],
  [/^503 Error: send HELO\/EHLO first$/, replies.helloFirst],
  [/^503 Error: need MAIL command$/, replies.needMail],
  [/^503 Error: need RCPT command$/, replies.needRcpt],
  [/^503 Error: nested MAIL command$/, replies.senderTwice],
  [/^503 Error: TLS already active$/, replies.tlsTwice],
  [/^501 Error: Bad sender address syntax$/, replies.badSender],
  [/^501 Error: Bad recipient address syntax$/, replies.badRecipient],
  [/^501 Error: syntax: (EHLO|HELO) /i, ({ verb }) => replies.helloWithoutDomain(verb)],
  [/^501 Error: Bad hostname syntax$/, replies.badHelloDomain],
  [/^501 /, replies.badArguments],
  [/^552 /, replies.tooBig],
  [/^452 /, replies.tooManyRecipients],
  [/^421 Error: too many /, replies.tooManyErrors],
  [/^421 Server shutting down$/, replies.shuttingDown],
  [/^421 /, replies.timedOut],
];

function sayAccepted({ situation }: Saying): Sourced<SmtpReply> {
  return situation === "MAIL_FROM_OK" ? replies.senderOk() : replies.recipientOk();
}

const OUR_OWN = /^\d\.\d+\.\d+ /;

/**
 * Exchange's text for a reply of one line. Texts that begin with an enhanced status code are the
 * lab's own and stay; whatever else the library says and the table does not know is a server error.
 */
export function phraseLikeExchange(saying: Saying): string {
  const text = String(saying.text);
  if (OUR_OWN.test(text)) return text;
  const line = `${saying.code} ${text}`;
  const found = phrases.find(([pattern]) => pattern.test(line));
  return (found ? found[1](saying) : replies.serverError()).text;
}
