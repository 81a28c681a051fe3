import { chooseSubmission } from "./choose.ts";
import { number, type Refusal } from "./fit.ts";
import { shareOf, TELL_FROM, tenantUsage, type Usage, usageOf } from "./headroom.ts";
import { chooseMethod } from "./method.ts";
import { type Method, nameOfWay } from "./methods.ts";
import type { Sender } from "./sender.ts";

// Who sends what, how, and why so: what `npm run senders` shows.

/** A sender of the stack with the submission method that was chosen for it. */
export interface ChosenSender {
  readonly sender: string;
  readonly description?: string;
  readonly from: readonly string[];
  readonly method: Method;
  /** The method with the form that it has, for people: `connector by certificate`. */
  readonly way: string;
  /** Why this way, as a clause. */
  readonly because: string;
  /** Senders that send through it. */
  readonly members: readonly string[];
  /** What it uses of each limit that there are numbers for. */
  readonly usage: readonly Usage[];
  /** Every other way, with what is against it; nothing where it would do too. */
  readonly otherwise: readonly { readonly way: string; readonly refusals: readonly Refusal[] }[];
  /** What is to be known before it sends. */
  readonly notes: readonly string[];
}

/** All senders of a stack, and what they use of the tenant's limit together. */
export interface Overview {
  readonly senders: readonly ChosenSender[];
  readonly tenant: Usage;
}

/**
 * The senders with their methods.
 *
 * @param licenses those of the tenant with Exchange Online that are not trials; 1 where nobody has said
 */
export function overviewOf(senders: readonly Sender[], licenses: number): Overview {
  const { submitting, relaying, directSending, elsewhere } = chooseSubmission(senders);
  const reasons = new Map(
    [...submitting, ...relaying, ...directSending, ...elsewhere].map(
      ({ sender, because }) => [sender, because] as const,
    ),
  );
  return {
    senders: senders.map((sender) => describe(sender, reasons.get(sender.name) ?? "")),
    tenant: tenantUsage(senders, licenses),
  };
}

function describe(sender: Sender, because: string): ChosenSender {
  const { name, description, from, members = [] } = sender;
  const { refused, alsoFits, ...way } = chooseMethod(sender);
  return {
    sender: name,
    ...(description === undefined ? {} : { description }),
    from,
    method: way.method,
    way: nameOfWay(way),
    because,
    members: members.map((member) => member.name),
    usage: usageOf(sender),
    otherwise: [
      ...alsoFits.map((other) => ({ way: nameOfWay(other), refusals: [] })),
      ...refused.map((other) => ({ way: nameOfWay(other.way), refusals: other.refusals })),
    ],
    notes: notesOf(sender, way.method),
  };
}

function notesOf({ ipv6, messagesPerDay, peakPerMinute }: Sender, method: Method): string[] {
  return [
    ...(ipv6 && (method === "connector" || method === "directSend")
      ? [
          "it has to connect over IPv4: connectors match no IPv6 address, and mail that comes over IPv6 is refused with 550 5.7.64",
        ]
      : []),
    ...(messagesPerDay === undefined && peakPerMinute === undefined
      ? ["how much it sends is not said (messagesPerDay, peakPerMinute), so limits are not judged"]
      : []),
  ];
}

/** Says what takes so much of a limit that its administrator should know, a sentence each. */
export function headroomNotices(senders: readonly Sender[], licenses?: number): string[] {
  const ofSenders = senders.flatMap((sender) =>
    usageOf(sender)
      .filter((usage) => shareOf(usage) >= TELL_FROM)
      .map((usage) => `sender "${sender.name}" ${describeUsage(usage)}`),
  );
  const tenant = licenses === undefined ? undefined : tenantUsage(senders, licenses);
  return tenant !== undefined && shareOf(tenant) >= TELL_FROM
    ? [...ofSenders, `all senders together: ${describeUsage(tenant)}`]
    : ofSenders;
}

/** `uses 27 of 30 messages a minute (90 %); above it, …`. */
function describeUsage(usage: Usage): string {
  const { limit } = usage;
  return `uses ${usageText(usage)}; above that ${limit.above} (${limit.source}, read on ${limit.read})`;
}

/** `27 of 30 messages a minute (90 %), 2.8 on average`. */
export function usageText(usage: Usage): string {
  const { limit, value, peak, average } = usage;
  const share = Math.round(shareOf(usage) * 100);
  const usual = average === undefined || average === peak ? "" : `, ${number(average)} on average`;
  return `${number(peak)} of ${number(value)} ${limit.counts} (${share} %)${usual}`;
}

/** From this share of a limit on, a table shows what is used of it. */
const SHOW_FROM = 0.01;

/** What a table shows of a sender's use, the most used limit first. */
export const shownUsage = ({ usage }: ChosenSender): string[] =>
  usage
    .filter((one) => shareOf(one) >= SHOW_FROM)
    .toSorted((one, other) => shareOf(other) - shareOf(one))
    .map(usageText);
