import { type Context, newGuid } from "../context.ts";
import { arrivalOf, formatMark, sayQueued, speakExchange } from "../smtp/exchange.ts";
import { actionOf, type Judgement, judge } from "../smtp/judge.ts";
import {
  authorDomain,
  fieldName,
  fieldValue,
  formatMessage,
  type Message,
  parseMessage,
} from "../smtp/message.ts";
import { smtpReply } from "../smtp/reply.ts";
import type { Session } from "../smtp/rules.ts";
import { isSpamTest } from "../smtp/spam.ts";
import {
  applyHeaderFirewall,
  headerFields,
  passageFields,
  stampMessage,
  valuesOf,
} from "../smtp/trace.ts";
import type { StoredMessage } from "../world/mail.ts";
import type { OutlookReceiver } from "../world/outside.ts";
import { isExchanges } from "../world/pools.ts";
import type { MailSystem } from "./system.ts";

/** What the spam filter makes of a message ("Anti-spam message headers in Microsoft 365", Learn). */
interface Filtering {
  /** Spam confidence level. */
  level: number;
  verdict: "NSPM" | "SPM";
  category: "NONE" | "SPOOF" | "SPM" | "HSPM";
  folder: StoredMessage["folder"];
}

/**
 * Exchange Online, of another tenant: it honours the policy of the author's domain, and its spam filter decides about the
 * rest. Fields that only Exchange may set it takes from Exchange alone.
 */
export function outlook(context: Context, receiver: OutlookReceiver): MailSystem {
  const { world, clock } = context;
  const { tenant } = receiver;
  const { frontEnd: host } = tenant.servers;
  const { maxSize, say, extensions } = speakExchange(context, { host, afterTls: [] });
  const mark = (session: Session): string => formatMark(host, clock.now(), session);

  return {
    ...{ maxSize, say, extensions },
    refuseUnknown: (_, session) => smtpReply("smtp.recipient-rejected", { mark: mark(session) }),

    async receive(raw, session) {
      const { sender = "", clientAddress, helo } = session;
      const at = clock.now();
      const judgement = await judge({ raw, sender, clientAddress, helo, at }, world);
      const given = parseMessage(raw);
      if (actionOf(judgement.dmarc) === "oreject") {
        const domain = authorDomain(given);
        return smtpReply("mx.outlook-dmarc-reject", { domain, mark: mark(session) });
      }
      const arrival = { ...arrivalOf(session, at), networkMessageId: newGuid(world) };
      const fromTenant = isExchanges(clientAddress, world);
      const message = fromTenant ? fromExchange(given) : applyHeaderFirewall(given).message;
      const filtering = filter(raw, judgement, clientAddress === world.pools.highRisk);
      const passage = passageFields(
        message,
        arrival,
        { sender, isInside: true },
        judgement,
        tenant,
      );
      const stamps = headerFields("mail.outlook-received", {
        ...valuesOf(arrival, tenant),
        ...{ ip: clientAddress, helo },
        ...{ level: filtering.level, verdict: filtering.verdict, category: filtering.category },
      });
      const more = [
        ...(fromTenant
          ? []
          : headerFields("mail.outlook-internet", { tenantId: tenant.id }).fields),
        ...deliveryFields(filtering),
      ];
      const all = { ...stamps, fields: [...stamps.fields, ...more] };
      const messageId = fieldValue(message, "Message-ID") ?? "";
      return {
        folder: filtering.folder,
        raw: formatMessage(stampMessage(message, passage, all)),
        reply: sayQueued(arrival.networkMessageId, messageId, raw.length, { tenant }),
      };
    },
  };
}

/** What the mailbox's own server writes: where it put the message. What is in quarantine has not come to it. */
function deliveryFields({ folder }: Filtering): string[] {
  if (folder === "quarantine") return [];
  return headerFields("mail.outlook-delivered", { place: folder === "junk" ? "J" : "I" }).fields;
}

/**
 * The rules of the preset security policy "Standard": spam to junk, high-confidence spam and spoofs to quarantine. What the high-risk
 * pool sends is spam (assumed; Microsoft's page says that it is likely to be taken for that).
 */
function filter(raw: string, { dmarc }: Judgement, isHighRisk: boolean): Filtering {
  if (actionOf(dmarc) === "quarantine") {
    return { level: 5, verdict: "SPM", category: "SPOOF", folder: "quarantine" };
  }
  if (isSpamTest(raw)) return { level: 9, verdict: "SPM", category: "HSPM", folder: "quarantine" };
  if (isHighRisk) return { level: 5, verdict: "SPM", category: "SPM", folder: "junk" };
  return { level: 1, verdict: "NSPM", category: "NONE", folder: "inbox" };
}

const FROM_EXCHANGE = /^(?:x-originatororg|x-ms-exchange-(?:transport-)?crosstenant.*)$/;
const OTHERS_REPORT = /^x-(?:forefront-antispam-report|microsoft-antispam)$/;

/** Fields of Exchange's own that another tenant's Exchange set: some stay, and its filter's are marked as untrusted. */
function fromExchange(message: Message): Message {
  const others = new Set(applyHeaderFirewall(message).message.fields);
  return {
    ...message,
    fields: message.fields.flatMap((field) => {
      const name = fieldName(field);
      if (OTHERS_REPORT.test(name)) return [field.replace(/^[^:]+/, (own) => `${own}-Untrusted`)];
      return others.has(field) || FROM_EXCHANGE.test(name) ? [field] : [];
    }),
  };
}
