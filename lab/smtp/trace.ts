import type { TLSSocket } from "node:tls";
import type { World } from "../world/world.ts";
import type { Attribution } from "./attribution.ts";
import { domainOf, fieldName, fieldValue, formatDate, type Message } from "./message.ts";

/** One hop of a message through Exchange. */
export interface Arrival {
  at: Date;
  clientAddress: string;
  helo: string;
  /** TLS version and cipher, or null in clear. */
  tls: { version: string; cipher: string } | null;
}

const VERSION = "15.20.8000.1";

/** The TLS version and cipher of a socket, in Exchange's spelling (TLS1_2, TLS1_3). */
export function describeTls(socket: TLSSocket): { version: string; cipher: string } {
  const version = (socket.getProtocol() ?? "").replace("TLSv", "TLS").replace(".", "_");
  return { version, cipher: socket.getCipher().standardName };
}

/** Fields that clients can't hand in: Exchange's own, removed at the edge (header firewall). */
const FIREWALL =
  /^(x-ms-exchange-(organization|crosstenant|forest|transport-crosstenant).*|x-originatororg|x-forefront-antispam-report|x-eop.*)$/;

/** The message without the fields that only Exchange may set, and the names of those. */
export function applyHeaderFirewall(message: Message): { message: Message; removed: string[] } {
  const isOurs = (field: string): boolean => FIREWALL.test(fieldName(field));
  return {
    message: { ...message, fields: message.fields.filter((field) => !isOurs(field)) },
    removed: message.fields.filter(isOurs).map(fieldName),
  };
}

/** The Received fields of front end and mailbox server, the newest first. */
export function receivedFields(arrival: Arrival, { servers }: World["tenant"]): string[] {
  const date = formatDate(arrival.at);
  const protocol = arrival.tls
    ? `Microsoft SMTP Server\r\n (version=${arrival.tls.version}, cipher=${arrival.tls.cipher}) id ${VERSION}`
    : `Microsoft SMTP Server id ${VERSION}`;
  return [
    `Received: from ${servers.frontEnd} (2603:10b6:a03::12) by ${servers.mailbox}\r\n (2603:10b6:a03::34) with Microsoft SMTP Server\r\n (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id ${VERSION}; ${date}`,
    `Received: from ${arrival.helo} (${arrival.clientAddress}) by\r\n ${servers.frontEnd} (10.167.1.1) with ${protocol}\r\n via Frontend Transport; ${date}`,
  ];
}

/** What Exchange stamps on mail that leaves the tenant by a connector (list archives 2019 to 2026). */
export function relayFields(message: Message, arrival: Arrival, world: World): string[] {
  const { tenant } = world;
  const from = domainOf((fieldValue(message, "From") ?? "").replace(/>.*$/, ""));
  const { clientAddress: ip, helo } = arrival;
  return [
    `Authentication-Results: dkim=none (message not signed)\r\n header.d=none;dmarc=none action=none header.from=${from};`,
    `X-Forefront-Antispam-Report: CIP:${ip};CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;\r\n H:${helo};PTR:InfoDomainNonexistent;CAT:NONE;DIR:OUT;SFP:1101;`,
    `X-OriginatorOrg: ${tenant.domain}`,
    `X-MS-Exchange-CrossTenant-OriginalArrivalTime: ${formatDate(arrival.at)} (UTC)`,
    `X-MS-Exchange-CrossTenant-Id: ${tenant.id}`,
    `X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: TenantId=${tenant.id};Ip=[${ip}];Helo=[${helo}]`,
    `X-MS-Exchange-CrossTenant-AuthSource: ${tenant.servers.frontEnd.replace(".mail.protection", ".prod")}`,
    "X-MS-Exchange-CrossTenant-AuthAs: Anonymous",
    "X-MS-Exchange-CrossTenant-FromEntityHeader: HybridOnPrem",
    `X-MS-Exchange-Transport-CrossTenantHeadersStamped: ${tenant.servers.mailbox.split(".")[0]}`,
  ];
}

/** What Exchange stamps on mail for a mailbox inside ("Anti-spam message headers", Learn). */
export function insideFields(attribution: Attribution | undefined, { tenant }: World): string[] {
  const isInternal = attribution?.connector.treatMessagesAsInternal ?? false;
  return [
    `X-EOPTenantAttributedMessage: ${tenant.id}:0`,
    "X-EOPAttributedMessage: 0",
    `X-MS-Exchange-Organization-MessageDirectionality: ${attribution ? "Originating" : "Incoming"}`,
    `X-MS-Exchange-Organization-AuthSource: ${tenant.servers.frontEnd.replace(".mail.protection", ".prod")}`,
    `X-MS-Exchange-Organization-AuthAs: ${isInternal ? "Internal" : "Anonymous"}`,
  ];
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
