import type { AuthenticateResult } from "mailauth";
import type { Context } from "../context.ts";
import { makeRandom } from "../random.ts";
import { loadMailauth } from "../smtp/judge.ts";
import { authorDomain, domainOf, parseMessage } from "../smtp/message.ts";
import { smtpReply } from "../smtp/reply.ts";
import type { Session } from "../smtp/rules.ts";
import { describeTls } from "../smtp/tls.ts";
import { headerFields } from "../smtp/trace.ts";
import type { GmailReceiver } from "../world/outside.ts";
import { formatResults, formatSpf } from "./gmailResults.ts";
import type { MailSystem } from "./system.ts";
import { authenticate, policyOf, resolverAt, withoutOwnResults } from "./verify.ts";

/** The name of all its servers, in its results too. */
const HOST = "mx.google.com";
const SIZE = 157_286_400;

/**
 * Gmail: it refuses what neither SPF nor DKIM vouches for, and what the author's domain wants refused. What that domain
 * wants quarantined is spam, and so is mail of Exchange's high-risk pool (assumed). It seals an ARC set with what it found.
 */
export function gmail(
  { world, clock, dkimKeys }: Context,
  { arcKey }: GmailReceiver,
  dnsPort: () => number,
): MailSystem {
  /** The name that DNS has for an address, as its Received field tells it; empty without one. */
  const nameOf = (address: string): Promise<string> =>
    resolverAt(dnsPort())
      .reverse(address)
      .then(([name]) => `${name}. `)
      .catch(() => "");

  async function seal(raw: string, { arc }: AuthenticateResult, results: string): Promise<string> {
    const [privateKey, { sealMessage }] = await Promise.all([
      dkimKeys.make(arcKey),
      loadMailauth(),
    ]);
    const [selector = ""] = arcKey.cname.split(".");
    const set = await sealMessage(Buffer.from(raw, "latin1"), {
      ...{ signingDomain: "google.com", selector, privateKey, authResults: results },
      cv: arc ? arc.status.result : "none",
      signTime: clock.now(),
    });
    return set.toString("latin1").trimEnd().replaceAll("\r\n", "\n");
  }

  return {
    maxSize: SIZE,
    say: (situation, session) =>
      smtpReply("mx.gmail-words", {
        situation,
        ...{ host: HOST, client: session.clientAddress, id: idOf(session) },
      }),
    extensions: ({ tls }) => [
      ...[`SIZE ${SIZE}`, "8BITMIME", ...(tls ? [] : ["STARTTLS"])],
      ...["ENHANCEDSTATUSCODES", "PIPELINING", "SMTPUTF8"],
    ],
    refuseUnknown: (_, session) => smtpReply("mx.gmail-unknown-user", { id: idOf(session) }),

    async receive(raw, session) {
      const { sender = "", clientAddress: client, helo, recipients } = session;
      const [id, mailFrom] = [idOf(session), sender || helo];
      const handed = { raw, sender, clientAddress: client, helo };
      const result = await authenticate(handed, HOST, dnsPort(), { arc: true });
      const domain = authorDomain(parseMessage(raw));
      const policy = policyOf(result);
      if (policy === "reject") return smtpReply("mx.gmail-dmarc-reject", { domain, id });
      const spf = result.spf ? result.spf.status.result : "none";
      const isSigned = result.dkim.results.some(({ status }) => status.result === "pass");
      if (!isSigned && spf !== "pass") {
        const values = { domain: domainOf(mailFrom), client, id };
        return smtpReply("mx.gmail-unauthenticated", values);
      }
      const results = `${HOST};\n       ${formatResults(result, { mailFrom, client, domain })}`;
      const { fields } = headerFields("mail.gmail-received", {
        ...{ id, helo, client, sender, results, to: recipients[0] ?? "", ...wayOf(session) },
        ...{ inner: makeRandom(id).hex(12), date: pacificDate(clock.now()) },
        spf: formatSpf(spf, mailFrom, client),
        name: await nameOf(client),
        set: await seal(raw, result, results.replaceAll(/\s+/g, " ")),
        recipient: recipients.length === 1 ? `\n        for <${recipients[0]}>` : "",
      });
      return {
        folder: policy === "quarantine" || client === world.pools.highRisk ? "junk" : "inbox",
        raw: `${fields.join("\r\n")}\r\n${withoutOwnResults(raw, HOST)}`,
        reply: smtpReply("mx.gmail-queued", { time: Math.floor(clock.now().getTime() / 1000), id }),
      };
    },
  };
}

/** How Gmail marks a session, such as `ffacd0b85a97d-3b7641fed89si15063f8f.5`. */
function idOf({ id }: Session): string {
  const random = makeRandom(id);
  return `${random.hex(13)}-${random.hex(11)}si${random.integer(10_000, 99_999)}f8f.${random.integer(1, 999)}`;
}

/** The protocol in Received, and its TLS. */
function wayOf({ tls }: Session): { protocol: string; encryption: string } {
  if (!tls) return { protocol: "ESMTP", encryption: "" };
  const { version, cipher } = describeTls(tls);
  const bits = cipher.includes("128") ? 128 : 256;
  return {
    protocol: "ESMTPS",
    encryption: `\n        (version=${version} cipher=${cipher} bits=${bits}/${bits})`,
  };
}

/** A date as Gmail's servers write it, in California's winter. */
function pacificDate(date: Date): string {
  const there = new Date(date.getTime() - 8 * 3_600_000);
  return `${there.toUTCString().replace(" GMT", "")} -0800 (PST)`;
}
