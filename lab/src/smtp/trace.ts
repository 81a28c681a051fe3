import { buildReply, type Holes, type ReplyWith, type Sourced, withSource } from "../reply.ts";
import type { World } from "../world/world.ts";
import type { Attribution } from "./attribution.ts";
import { compositeOf, formatResults, formatSpf, type Judgement } from "./judge.ts";
import { authorDomain, domainOf, fieldName, formatDate, type Message } from "./message.ts";

/** One hop of a message through Exchange. */
export interface Arrival {
  at: Date;
  clientAddress: string;
  helo: string;
  /** TLS version and cipher, or null in clear. */
  tls: { version: string; cipher: string } | null;
  /** GUID that Exchange gives the message. */
  networkMessageId: string;
}

/** Header fields that Exchange sets, without line ends at the end. */
export type Stamps = Sourced<{ fields: string[] }>;

/** Version of Exchange in its trace fields. */
const VERSION = "15.20.8000.1";

/** Fields that clients can't hand in: Exchange's own, removed at the edge (header firewall). */
const FIREWALL = new RegExp(
  `^(${[
    "x-ms-exchange-(organization|forest|crosstenant|crosspremises|transport-crosstenant|antispam|authentication-results|senderadcheck).*",
    "x-ms-(publictraffictype|traffictypediagnostic)",
    "x-ms-office365-filtering-.*",
    "x-originatororg",
    "x-forefront-antispam-report.*",
    "x-microsoft-antispam.*",
    "x-eop.*",
  ].join("|")})$`,
);

/** The message without the fields that only Exchange may set, and the names of those. */
export function applyHeaderFirewall(message: Message): { message: Message; removed: string[] } {
  const isOurs = (field: string): boolean => FIREWALL.test(fieldName(field));
  return {
    message: { ...message, fields: message.fields.filter((field) => !isOurs(field)) },
    removed: message.fields.filter(isOurs).map(fieldName),
  };
}

/** A tenant's servers that take mail, by name. */
interface Servers {
  servers: Pick<World["tenant"]["servers"], "frontEnd" | "mailbox">;
}

/** Names of Exchange's servers that a message passes, derived from those of the world. */
export function hopsOf({ servers }: Servers) {
  const [site = ""] = servers.frontEnd.split(".");
  const [mailbox = "", ...forest] = servers.mailbox.split(".");
  const proxy = mailbox.replace(/MB\d+$/, "CA0056");
  return { site, mailbox, proxy, forest: forest.join(".") };
}

type FieldsName = Extract<ReplyWith<object>, `mail.${string}`>;

/** The header fields of an entry of lab/replies, whose text has them line by line as they go over the wire. */
export function headerFields<Name extends FieldsName>(name: Name, ...holes: Holes<Name>): Stamps {
  const { text } = buildReply(name, ...holes);
  const fields = text.split(/\n(?! )/).map((field) => field.replaceAll(/\r?\n/g, "\r\n"));
  return withSource(name, { fields });
}

/** What fields of every message are made of. */
export function valuesOf(
  { at, networkMessageId }: MessageTime,
  tenant: Servers & Pick<World["tenant"], "id">,
) {
  return {
    ...hopsOf(tenant),
    version: VERSION,
    date: formatDate(at),
    arrivalTime: formatArrivalTime(at),
    networkMessageId,
    tenantId: tenant.id,
  };
}

type MessageTime = Pick<Arrival, "at" | "networkMessageId">;

/** `29 Oct 2025 10:23:11.4419 (UTC)` */
function formatArrivalTime(at: Date): string {
  const day = formatDate(at).slice(5, 16);
  return `${day} ${at.toISOString().slice(11, 23)}0 (UTC)`;
}

/** The fields that tell the way through Exchange, the newest first. */
export function passageFields(
  message: Message,
  arrival: Arrival,
  { sender, isInside }: { sender: string; isInside: boolean },
  judgement: Judgement,
  tenant: Servers & Pick<World["tenant"], "id">,
): Stamps {
  const { clientAddress: ip, helo, tls } = arrival;
  const values = valuesOf(arrival, tenant);
  const mailFrom = domainOf(sender) || helo;
  const results = formatResults(judgement, ip, mailFrom, authorDomain(message));
  return headerFields("mail.passage", {
    ...values,
    ip,
    helo,
    frontEnd: tenant.servers.frontEnd,
    protocol: tls
      ? `Microsoft SMTP Server\r\n (version=${tls.version}, cipher=${tls.cipher}) id ${VERSION}`
      : `Microsoft SMTP Server id ${VERSION}`,
    authenticationResults: isInside
      ? `Authentication-Results: ${results}${compositeOf(judgement)}`
      : `X-MS-Exchange-Authentication-Results: ${results}`,
    receivedSpf: formatSpf(judgement.spf, arrival, mailFrom),
  });
}

/** What Exchange stamps on mail that leaves the tenant by a connector. */
export function relayFields(arrival: Arrival, { tenant }: World): Stamps {
  const { clientAddress: ip, helo } = arrival;
  return headerFields("mail.relayed", {
    ...valuesOf(arrival, tenant),
    ip,
    helo,
    domain: tenant.domain,
  });
}

/** What Exchange stamps on mail for a mailbox inside. */
export function insideFields(
  attribution: Attribution | undefined,
  arrival: Arrival,
  { tenant }: World,
): Stamps {
  const isInternal = attribution?.connector.treatMessagesAsInternal ?? false;
  return headerFields("mail.inside", {
    ...valuesOf(arrival, tenant),
    ip: arrival.clientAddress,
    helo: arrival.helo,
    spamLevel: isInternal ? -1 : 1,
    verdict: isInternal ? "SKN" : "NSPM",
    directionality: attribution ? "Originating" : "Incoming",
    authAs: isInternal ? "Internal" : "Anonymous",
  });
}

/** A message between the fields of its way and those that were stamped on it. */
export function stampMessage(message: Message, passage: Stamps, stamps: Stamps): Message {
  return { ...message, fields: [...passage.fields, ...message.fields, ...stamps.fields] };
}

/**
 * The envelope sender that leaves: one of an accepted domain, or the empty one, as it came; any
 * other rewritten by SRS to the default domain.
 */
export function rewriteSender(sender: string, { tenant }: World): string {
  const domain = domainOf(sender);
  if (sender === "" || tenant.acceptedDomains.some(({ name }) => name === domain)) return sender;
  const user = sender.slice(0, sender.lastIndexOf("@"));
  return `bounces+SRS=labhs=AA=${domain}=${user}@${tenant.domain}`;
}

/** How the log says what a message came in by. */
export function describeAttribution(attribution: Attribution | undefined): string {
  return attribution ? `${attribution.connector.name} by ${attribution.by}` : "incoming";
}
