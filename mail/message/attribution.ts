import { OF_EVERY_ORGANISATION } from "../senders/address.ts";
import { isWithin } from "./addresses.ts";
import { type Border, isOfDomain } from "./border.ts";
import { type Field, isNamed } from "./fields.ts";

/** How Exchange says that a message came to it. */
export interface Attribution {
  /** The tenant that the message was attributed to, a GUID; undefined when Exchange did not stamp it. */
  readonly tenantId: string | undefined;
  /** `HybridOnPrem` by a connector, `Hosted` from a mailbox, `Internet` from outside. */
  readonly origin: string | undefined;
  /** Address of the server that connected. */
  readonly connectingIp: string | undefined;
  /** `Internal` for a mailbox, `Anonymous` for a connector and for outside. */
  readonly authAs: string | undefined;
  /** The host that authenticated it. */
  readonly authSource: string | undefined;
  /** `Originating` or `Incoming`; only a recipient in the tenant sees it. */
  readonly direction: string | undefined;
}

/**
 * Reads Exchange's `X-MS-Exchange-CrossTenant-*` fields, and `X-MS-Exchange-Organization-*`, which leave no tenant. Of
 * fields of one name that differ none counts.
 *
 * @see https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo
 */
export function attributionOf(fields: readonly Field[]): Attribution {
  const crossTenant = (name: string) => onlyOf(fields, `X-MS-Exchange-CrossTenant-${name}`);
  const inside = (name: string) => onlyOf(fields, `X-MS-Exchange-Organization-${name}`);
  const connecting = crossTenant("OriginalAttributedTenantConnectingIp")?.slice(0, 500) ?? "";
  const direction = inside("MessageDirectionality");
  const own = direction === "Originating" ? attributedTo(fields) : undefined;
  return {
    tenantId: (crossTenant("Id") ?? own)?.toLowerCase(),
    origin: crossTenant("FromEntityHeader"),
    connectingIp: /Ip=\[([^\]]+)\]/.exec(connecting)?.[1],
    authAs: inside("AuthAs") ?? crossTenant("AuthAs"),
    authSource: inside("AuthSource") ?? crossTenant("AuthSource"),
    direction,
  };
}

/**
 * The tenant of `X-EOPTenantAttributedMessage: GUID:0`, which Exchange stamps on what comes in: the recipient's, which is the
 * sender's where the message originates in it.
 *
 * @see https://learn.microsoft.com/archive/blogs/eopfieldnotes/use-headers-to-determine-which-exchange-online-tenant-a-message-was-attributed-to
 */
const attributedTo = (fields: readonly Field[]): string | undefined =>
  /^([0-9a-f-]{36})(?::\d+)?$/i.exec(onlyOf(fields, "X-EOPTenantAttributedMessage") ?? "")?.[1];

/** The value of the fields of a name, if they agree. */
function onlyOf(fields: readonly Field[], name: string): string | undefined {
  const values = new Set(fields.filter((field) => isNamed(field, name)).map(({ value }) => value));
  return values.size === 1 ? [...values][0] : undefined;
}

/** What Exchange's spam filter made of a message. */
export interface Filtering {
  /** `INB` into the tenant, `OUT` of it, `INT` inside. */
  readonly direction: string | undefined;
  /** `NSPM` no spam, `SPM` spam, `SKN`, `SKB`, … */
  readonly verdict: string | undefined;
  /** Spam confidence level, -1 to 9. */
  readonly level: number | undefined;
  /** `NONE`, `SPM`, `HSPM`, `PHSH`, `SPOOF`, `BULK`, … */
  readonly category: string | undefined;
  /** Where the mailbox's own server put the message; undefined where it did not say so. */
  readonly delivered: "inbox" | "junk" | undefined;
}

/**
 * `X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;jmr:0;auth:0;dest:I;…`, with `dest:J` for the junk folder. Microsoft's
 * pages do not have it; public messages do, 2017 to 2026.
 */
function deliveredOf(fields: readonly Field[]): Filtering["delivered"] {
  const [, place] =
    /(?:^|;)\s*dest:([IJ])\s*;/.exec(
      onlyOf(fields, "X-Microsoft-Antispam-Mailbox-Delivery")?.slice(0, 2000) ?? "",
    ) ?? [];
  if (place === undefined) return undefined;
  return place === "J" ? "junk" : "inbox";
}

const REPORT = "X-Forefront-Antispam-Report";

/**
 * What Exchange reported when it sent a message. Where the receiver is Exchange too, it gives that report another name, as public
 * messages between tenants show, and writes its own.
 */
export const sentFilteringOf = (fields: readonly Field[], { isExchange }: Border) =>
  filteringOf(fields, isExchange ? `${REPORT}-Untrusted` : REPORT);

/** Reads X-Forefront-Antispam-Report; undefined without one, or where several differ. */
export function filteringOf(fields: readonly Field[], name = REPORT): Filtering | undefined {
  const report = onlyOf(fields, name);
  if (report === undefined) return undefined;
  const values = new Map(
    report.split(";").flatMap((part) => {
      const colon = part.indexOf(":");
      return colon < 0
        ? []
        : [[part.slice(0, colon).trim().toUpperCase(), part.slice(colon + 1).trim()]];
    }),
  );
  const level = values.get("SCL") ?? "";
  return {
    direction: values.get("DIR") || undefined,
    verdict: values.get("SFV") || undefined,
    level: /^-?\d$/.test(level) ? Number(level) : undefined,
    category: values.get("CAT") || undefined,
    delivered: deliveredOf(fields),
  };
}

/** Where Exchange Online sends from, as its SPF record (spf.protection.outlook.com) has it. */
const OUTBOUND = [...OF_EVERY_ORGANISATION, "2a01:111:f400::/48", "2a01:111:f403::/48"];

/** Where mail that is neither the tenant's domain's nor authenticated leaves from; not in the SPF record. */
const RELAY_POOL = ["40.95.0.0/16"];

/** Which of Exchange's servers a message left by; undefined where it did not leave Exchange last. */
export type Outbound = "listed" | "relayPool" | undefined;

/**
 * Whether Exchange Online handed the message to the receiver, by the address that the receiver saw. The relay pool's
 * servers have `rly` in their names too.
 *
 * @see https://learn.microsoft.com/defender-office-365/outbound-spam-high-risk-delivery-pool-about
 */
export function outboundOf({ hop }: Border): Outbound {
  const isOf = (ranges: readonly string[]) =>
    hop.addresses.length > 0 && hop.addresses.every((address) => isWithin(address, ranges));
  if (isOf(RELAY_POOL)) return "relayPool";
  if (!isOf(OUTBOUND)) return undefined;
  const [host = ""] = hop.from.split(".");
  const isRelay = isOfDomain(hop.from, "outbound.protection.outlook.com") && /rly/i.test(host);
  return isRelay ? "relayPool" : "listed";
}
