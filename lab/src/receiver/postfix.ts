import type { Context } from "../context.ts";
import { formatDate } from "../smtp/message.ts";
import { smtpReply } from "../smtp/reply.ts";
import type { PostfixReceiver } from "../world/outside.ts";
import type { MailSystem } from "./system.ts";
import { verify, withoutOwnResults } from "./verify.ts";

/** Postfix with mailauth: it checks SPF, DKIM and DMARC, and does what the author's domain asks for. */
export function postfix(
  { clock }: Context,
  { mxHost: host }: PostfixReceiver,
  dnsPort: () => number,
): MailSystem {
  return {
    maxSize: Number.POSITIVE_INFINITY,
    say: (situation, { verb }) => smtpReply("mx.own-words", { situation, host, verb }),
    extensions: ({ tls }) => ["PIPELINING", "8BITMIME", "SMTPUTF8", ...(tls ? [] : ["STARTTLS"])],
    refuseUnknown: (address) => smtpReply("mx.unknown-user", { address }),

    async receive(raw, { id, sender = "", clientAddress, helo, tls }) {
      const verdict = await verify({ raw, sender, clientAddress, helo }, host, dnsPort());
      if (verdict.policy === "reject") {
        return smtpReply("mx.refused-by-policy", { domain: verdict.authorDomain });
      }
      const protocol = tls?.getProtocol() ? "ESMTPS" : "ESMTP";
      const received = `Received: from ${helo} ([${clientAddress}])\r\n by ${host} with ${protocol} id ${id};\r\n ${formatDate(clock.now())}\r\n`;
      return {
        folder: verdict.policy === "quarantine" ? "junk" : "inbox",
        raw: `Return-Path: <${sender}>\r\n${verdict.fields}${received}${withoutOwnResults(raw, host)}`,
        reply: smtpReply("mx.queued", { id }),
      };
    },
  };
}
