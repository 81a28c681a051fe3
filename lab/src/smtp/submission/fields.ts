import { defineReply } from "../../reply.ts";
import type { World } from "../../world/world.ts";
import { authorDomain, formatDate, type Message } from "../message.ts";
import { type Arrival, formatArrivalTime, hopsOf, type Stamps, VERSION } from "../trace.ts";

/** Exchange's servers on the way of submitted mail, by the names of the world. */
export function serversOf(tenant: World["tenant"]) {
  const { mailbox, proxy, forest } = hopsOf(tenant);
  return {
    /** Speaks to the client. */
    proxy: { name: `${proxy}.${forest}`, greeting: `${proxy}.outlook.office365.com` },
    /** Holds the mailbox. */
    store: { short: mailbox, name: `${mailbox}.${forest}` },
    /** Brings the message on. */
    transport: { short: transportOf(mailbox), name: `${transportOf(mailbox)}.${forest}` },
  };
}

const transportOf = (mailbox: string): string => mailbox.replace(/MB\d+$/, "MB6494");

const PROXY_ADDRESS = "2603:10b6:930:4b::25";
const STORE_ADDRESS = "2603:10b6:610:112::22";

/** The fields on top of a submitted message, the newest first. */
export const submittedPassage = defineReply(
  "mail.submitted-passage",
  {
    record: "messages of os.amperecomputing.com's mailboxes, June 2025 (kernel lists)",
    assumed: "addresses of Exchange's servers",
  },
  (message: Message, { at }: Pick<Arrival, "at">, tenant: World["tenant"]): Stamps => {
    const { store, transport } = serversOf(tenant);
    const date = formatDate(at);
    return {
      fields: [
        `Authentication-Results: dkim=none (message not signed)\r\n header.d=none;dmarc=none action=none header.from=${authorDomain(message)};`,
        `Received: from ${store.name} (${STORE_ADDRESS}) by\r\n ${transport.name} (2603:10b6:a03:2a0::24) with Microsoft\r\n SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id\r\n ${VERSION}; ${date}`,
        `Received: from ${store.name}\r\n ([fe80::3850:9112:f3bf:6460]) by ${store.name}\r\n ([fe80::3850:9112:f3bf:6460%6]) with mapi id ${VERSION}; ${date}`,
      ],
    };
  },
);

/** What the client's message gets when it comes in, below its own fields. */
export const clientFields = defineReply(
  "mail.submitted-client",
  {
    record: "messages of git send-email by mailboxes of several tenants (kernel lists)",
    assumed: "where it stands among the fields",
  },
  ({ at, clientAddress, helo, tls }: Arrival, tenant: World["tenant"]): Stamps => {
    const { proxy, store } = serversOf(tenant);
    return {
      fields: [
        `X-ClientProxiedBy: ${proxy.name}\r\n (${PROXY_ADDRESS}) To ${store.name}\r\n (${STORE_ADDRESS})`,
        `Received: from ${helo} (${clientAddress}) by\r\n ${proxy.name} (${PROXY_ADDRESS}) with Microsoft SMTP Server\r\n (version=${tls?.version}, cipher=${tls?.cipher}) id ${VERSION} via Frontend Transport; ${formatDate(at)}`,
        "X-MS-Exchange-MessageSentRepresentingType: 1",
      ],
    };
  },
);

/** What Exchange stamps on a mailbox's mail that leaves the tenant. */
export const submittedOutside = defineReply(
  "mail.submitted",
  {
    record: "messages of os.amperecomputing.com's mailboxes, June 2025 (kernel lists)",
    assumed: "which fields a short message has",
  },
  (message: Message, { at, networkMessageId }: Arrival, tenant: World["tenant"]): Stamps => {
    const { store, transport } = serversOf(tenant);
    return {
      fields: [
        "X-MS-PublicTrafficType: Email",
        `X-MS-TrafficTypeDiagnostic: ${store.short}:EE_|${transport.short}:EE_`,
        `X-MS-Office365-Filtering-Correlation-Id: ${networkMessageId}`,
        "X-MS-Exchange-SenderADCheck: 1",
        "X-MS-Exchange-AntiSpam-Relay: 0",
        "X-Microsoft-Antispam: BCL:0;ARA:13230040|366016|1800799024|376014;",
        `X-Forefront-Antispam-Report:\r\n CIP:255.255.255.255;CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;H:${store.name};PTR:;CAT:NONE;SFS:(13230040)(366016)(1800799024)(376014);DIR:OUT;SFP:1102;`,
        `X-OriginatorOrg: ${authorDomain(message)}`,
        `X-MS-Exchange-CrossTenant-Network-Message-Id: ${networkMessageId}`,
        `X-MS-Exchange-CrossTenant-AuthSource: ${store.name}`,
        "X-MS-Exchange-CrossTenant-AuthAs: Internal",
        `X-MS-Exchange-CrossTenant-OriginalArrivalTime: ${formatArrivalTime(at)}`,
        "X-MS-Exchange-CrossTenant-FromEntityHeader: Hosted",
        `X-MS-Exchange-CrossTenant-Id: ${tenant.id}`,
        "X-MS-Exchange-CrossTenant-MailboxType: HOSTED",
        `X-MS-Exchange-Transport-CrossTenantHeadersStamped: ${transport.short}`,
      ],
    };
  },
);

/** What Exchange stamps on a mailbox's mail to another mailbox inside. */
export const submittedInside = defineReply(
  "mail.submitted-inside",
  {
    page: "Anti-spam message headers in Microsoft 365 (Learn)",
    assumed: "which of them, and their values but for AuthAs",
  },
  ({ networkMessageId }: Arrival, tenant: World["tenant"]): Stamps => {
    const { store } = serversOf(tenant);
    return {
      fields: [
        `X-Forefront-Antispam-Report:\r\n CIP:255.255.255.255;CTRY:;LANG:en;SCL:-1;SRV:;IPV:NLI;SFV:SKI;H:${store.name};PTR:;CAT:NONE;SFS:;DIR:INT;`,
        `X-MS-Exchange-Organization-Network-Message-Id: ${networkMessageId}`,
        "X-MS-Exchange-Organization-MessageDirectionality: Originating",
        `X-MS-Exchange-Organization-AuthSource: ${store.name}`,
        "X-MS-Exchange-Organization-AuthAs: Internal",
        "X-MS-Exchange-Organization-AuthMechanism: 04",
        "X-MS-Exchange-Organization-SCL: -1",
      ],
    };
  },
);
