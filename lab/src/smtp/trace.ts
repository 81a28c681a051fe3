import { defineReply, type Sourced } from "../reply.ts";
import type { World } from "../world/world.ts";
import type { Attribution } from "./attribution.ts";
import type { Judgement } from "./judge.ts";
import { authorDomain, domainOf, fieldName, formatDate, type Message } from "./message.ts";
import { compositeOf, formatResults, formatSpf } from "./results.ts";

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
export interface Stamps {
  fields: string[];
}

/** Version of Exchange in its trace fields. */
export const VERSION = "15.20.8000.1";

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

/** Names of Exchange's servers that a message passes, derived from those of the world. */
export function hopsOf({ servers }: World["tenant"]) {
  const [site = ""] = servers.frontEnd.split(".");
  const [mailbox = "", ...forest] = servers.mailbox.split(".");
  const proxy = mailbox.replace(/MB\d+$/, "CA0056");
  return { site, mailbox, proxy, forest: forest.join(".") };
}

/** The fields that tell the way through Exchange, the newest first. */
export const passageFields = defineReply(
  "mail.passage",
  {
    record: "a message relayed by a connector of ti.com, March 2026 (devicetree list)",
    assumed:
      "addresses of Exchange's servers; the words of Received-SPF but for Pass, and of compauth's reasons, are from memory",
  },
  (
    message: Message,
    arrival: Arrival,
    { sender, isInside }: { sender: string; isInside: boolean },
    judgement: Judgement,
    tenant: World["tenant"],
  ): Stamps => {
    const { site, mailbox, proxy, forest } = hopsOf(tenant);
    const { clientAddress: ip, helo } = arrival;
    const date = formatDate(arrival.at);
    const from = authorDomain(message);
    const mailFrom = domainOf(sender) || helo;
    const protocol = arrival.tls
      ? `Microsoft SMTP Server\r\n (version=${arrival.tls.version}, cipher=${arrival.tls.cipher}) id ${VERSION}`
      : `Microsoft SMTP Server id ${VERSION}`;
    return {
      fields: [
        `Received: from ${proxy}.${forest} (2603:10b6:a03:33f::31)\r\n by ${mailbox}.${forest} (2603:10b6:8:d1::15) with Microsoft SMTP Server\r\n (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id ${VERSION}; ${date}`,
        `Received: from ${site}.${forest}\r\n (2603:10b6:a03:33f:cafe::8c) by ${proxy}.outlook.office365.com\r\n (2603:10b6:a03:33f::31) with Microsoft SMTP Server\r\n (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id ${VERSION} via Frontend Transport; ${date}`,
        isInside
          ? `Authentication-Results: ${formatResults(judgement, ip, mailFrom, from)}${compositeOf(judgement)}`
          : `X-MS-Exchange-Authentication-Results: ${formatResults(judgement, ip, mailFrom, from)}`,
        `Received-SPF: ${formatSpf(judgement.spf, arrival, mailFrom)}`,
        `Received: from ${helo} (${ip}) by\r\n ${tenant.servers.frontEnd} (10.167.242.72) with ${protocol}\r\n via Frontend Transport; ${date}`,
      ],
    };
  },
);

/** `29 Oct 2025 10:23:11.4419 (UTC)` */
export function formatArrivalTime(at: Date): string {
  const day = formatDate(at).slice(5, 16);
  return `${day} ${at.toISOString().slice(11, 23)}0 (UTC)`;
}

/** What Exchange stamps on mail that leaves the tenant by a connector. */
export const relayFields = defineReply(
  "mail.relayed",
  {
    record: "messages relayed by connectors of amd.com, nvidia.com, ti.com, 2019 to 2026",
    assumed: "that X-OriginatorOrg is the custom domain, whichever accepted domain sends",
  },
  (arrival: Arrival, { tenant }: World): Stamps => {
    const { site, mailbox, forest } = hopsOf(tenant);
    const { clientAddress: ip, helo, networkMessageId } = arrival;
    return {
      fields: [
        "X-EOPAttributedMessage: 0",
        "X-MS-PublicTrafficType: Email",
        `X-MS-TrafficTypeDiagnostic: ${site}:EE_|${mailbox}:EE_`,
        `X-MS-Office365-Filtering-Correlation-Id: ${networkMessageId}`,
        "X-MS-Exchange-SenderADCheck: 1",
        "X-MS-Exchange-AntiSpam-Relay: 0",
        "X-Microsoft-Antispam: BCL:0;ARA:13230040|376014|1800799024|82310400026|36860700016;",
        `X-Forefront-Antispam-Report:\r\n CIP:${ip};CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;H:${helo};PTR:InfoDomainNonexistent;CAT:NONE;SFS:(13230040)(376014)(1800799024)(82310400026)(36860700016);DIR:OUT;SFP:1101;`,
        `X-OriginatorOrg: ${tenant.domain}`,
        `X-MS-Exchange-CrossTenant-OriginalArrivalTime: ${formatArrivalTime(arrival.at)}`,
        `X-MS-Exchange-CrossTenant-Network-Message-Id: ${networkMessageId}`,
        `X-MS-Exchange-CrossTenant-Id: ${tenant.id}`,
        `X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: TenantId=${tenant.id};Ip=[${ip}];Helo=[${helo}]`,
        `X-MS-Exchange-CrossTenant-AuthSource: ${site}.${forest}`,
        "X-MS-Exchange-CrossTenant-AuthAs: Anonymous",
        "X-MS-Exchange-CrossTenant-FromEntityHeader: HybridOnPrem",
        `X-MS-Exchange-Transport-CrossTenantHeadersStamped: ${mailbox}`,
      ],
    };
  },
);

/** What Exchange stamps on mail for a mailbox inside. */
export const insideFields = defineReply(
  "mail.inside",
  {
    page: "Anti-spam message headers in Microsoft 365 (Learn)",
    assumed: "which of them, and SCL -1 for TreatMessagesAsInternal",
  },
  (attribution: Attribution | undefined, arrival: Arrival, { tenant }: World): Stamps => {
    const { site, forest } = hopsOf(tenant);
    const isInternal = attribution?.connector.treatMessagesAsInternal ?? false;
    return {
      fields: [
        `X-EOPTenantAttributedMessage: ${tenant.id}:0`,
        "X-EOPAttributedMessage: 0",
        `X-Forefront-Antispam-Report:\r\n CIP:${arrival.clientAddress};CTRY:;LANG:en;SCL:${isInternal ? -1 : 1};SRV:;IPV:NLI;SFV:${isInternal ? "SKN" : "NSPM"};H:${arrival.helo};PTR:InfoDomainNonexistent;CAT:NONE;SFS:;DIR:INB;`,
        `X-MS-Exchange-Organization-Network-Message-Id: ${arrival.networkMessageId}`,
        `X-MS-Exchange-Organization-MessageDirectionality: ${attribution ? "Originating" : "Incoming"}`,
        `X-MS-Exchange-Organization-AuthSource: ${site}.${forest}`,
        `X-MS-Exchange-Organization-AuthAs: ${isInternal ? "Internal" : "Anonymous"}`,
      ],
    };
  },
);

/** A message between the fields of its way and those that were stamped on it. */
export function stampMessage(
  message: Message,
  passage: Sourced<Stamps>,
  stamps: Sourced<Stamps>,
): Message {
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
