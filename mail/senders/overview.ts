import { chooseSubmission } from "./choose.ts";
import { announcedFor } from "./dates.ts";
import { number, type Refusal } from "./fit.ts";
import {
  externalRecipientsOf,
  shareOf,
  TELL_FROM,
  tenantUsage,
  type Usage,
  usageOf,
} from "./headroom.ts";
import type { HeldLicense } from "./heldLicenses.ts";
import { licenseOf, type SenderLicense } from "./licenseNeeds.ts";
import { LIMITS } from "./limits.ts";
import { loadOf } from "./load.ts";
import { chooseMethod } from "./method.ts";
import { isMade, isRelayed, type Method, nameOfWay } from "./methods.ts";
import { type Cost, costOf, costText, type Prices } from "./prices.ts";
import type { Member, Sender } from "./sender.ts";

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
  /** The sender that it sends through. */
  readonly via?: string;
  readonly license: SenderLicense;
  /** What it costs in a month; left out without prices. */
  readonly cost?: Cost;
  /** What it uses of each limit that there are numbers for. */
  readonly usage: readonly Usage[];
  /** Every other way, with what is against it; nothing where it would work too. */
  readonly otherwise: readonly { readonly way: string; readonly refusals: readonly Refusal[] }[];
  /** What is to be known before it sends. */
  readonly notes: readonly string[];
}

/** All senders of a stack, and what they use of the tenant's limit together. */
export interface Overview {
  readonly senders: readonly ChosenSender[];
  readonly tenant: Usage;
  /** What the tenant has of the licences that its senders need; left out where nobody has asked it. */
  readonly licenses?: readonly HeldLicense[];
  /** Licences with Exchange Online that are not trials, which the tenant's limit follows from; undefined where nobody has said. */
  readonly paidLicenses?: number;
}

/**
 * The senders with their methods.
 *
 * @param licenses those of the tenant with Exchange Online that are not trials; where nobody has said, its limit is that of one
 * @param prices what licences and messages cost, where somebody has said
 */
export function overviewOf(
  senders: readonly Sender[],
  licenses: number | undefined,
  prices?: Prices,
): Overview {
  const { submitting, relaying, directSending, highVolume, elsewhere } = chooseSubmission(senders);
  const reasons = new Map(
    [...submitting, ...relaying, ...directSending, ...highVolume, ...elsewhere].map(
      ({ sender, because }) => [sender, because] as const,
    ),
  );
  return {
    senders: senders.flatMap((sender) => {
      const front = {
        ...describe(sender, reasons.get(sender.name) ?? ""),
        ...(prices && { cost: costOf(sender, prices) }),
      };
      return [
        front,
        ...(sender.members ?? []).map((member) => describeMember(member, front, sender)),
      ];
    }),
    tenant: tenantUsage(externalRecipientsOf(senders), licenses ?? 1),
    ...(licenses === undefined ? {} : { paidLicenses: licenses }),
  };
}

function describe(sender: Sender, because: string): ChosenSender {
  const { name, description, from } = sender;
  const { refused, alsoFits, ...way } = chooseMethod(sender);
  return {
    sender: name,
    ...(description === undefined ? {} : { description }),
    from,
    method: way.method,
    way: nameOfWay(way),
    because,
    license: licenseOf(sender),
    usage: usageOf(sender),
    otherwise: [
      ...alsoFits.map((other) => ({ way: nameOfWay(other), refusals: [] })),
      ...refused.map((other) => ({ way: nameOfWay(other.way), refusals: other.refusals })),
    ],
    notes: notesOf(sender, way.method),
  };
}

/** A sender that sends through another one, whose method and limits are those of both. */
function describeMember(
  { name, from, description }: Member,
  { way, method, license }: ChosenSender,
  front: Sender,
): ChosenSender {
  const isExchange = front.exchangeServer === true;
  return {
    sender: name,
    ...(description === undefined ? {} : { description }),
    from,
    method: isExchange ? "onPremisesExchange" : method,
    way: isExchange ? nameOfWay({ method: "onPremisesExchange" }) : way,
    because: `it sends through "${front.name}", and Exchange Online can't tell the two apart`,
    via: front.name,
    license: { ...license, needs: "none of its own" },
    usage: [],
    otherwise: [],
    notes: [],
  };
}

function notesOf(sender: Sender, method: Method): string[] {
  const { ipv6, messagesPerDay, peakPerMinute } = sender;
  const { external, externalRecipientsPerDay = 0, purpose } = loadOf(sender);
  const perMinute = LIMITS.messagesPerMinute.value;
  const isLimited = LIMITS.messagesPerMinute.methods.includes(method);
  const isSlowed = isLimited && (peakPerMinute ?? 0) > perMinute;
  const perHour = Math.min(hourOf(sender), isLimited ? 60 * perMinute : Number.POSITIVE_INFINITY);
  const perHourOfPair = LIMITS.messagesPerHourOfPair.value;
  return [
    ...(isSlowed && messagesPerDay !== undefined
      ? [
          `Exchange slows it down to ${perMinute} messages a minute: ${number(messagesPerDay)} take ${duration(Math.ceil(messagesPerDay / perMinute))}`,
        ]
      : []),
    ...(ipv6 && isRelayed(method)
      ? [
          "it has to connect over IPv4: connectors match no IPv6 address, and mail that comes over IPv6 is refused with 550 5.7.64",
        ]
      : []),
    ...(sender.internalRecipients === "groups" && external < 1 && isRelayed(method)
      ? [
          "its mail counts as sent from outside, so groups that take mail from inside alone refuse it with 550 5.7.133: let these groups take mail from outside, or have it sign in",
        ]
      : []),
    ...(LIMITS.messagesPerHourOfPair.methods.includes(method) &&
    external < 1 &&
    purpose === "transactional" &&
    perHour > perHourOfPair
      ? [
          `it may send ${number(perHour)} messages in its busiest hour, and a mailbox inside takes ${number(perHourOfPair)} an hour from one sender: have it send summaries if they all go to one mailbox`,
        ]
      : []),
    ...(LIMITS.bulkMessagesPerDay.methods.includes(method) &&
    externalRecipientsPerDay >= LIMITS.bulkMessagesPerDay.value
      ? [
          `it may send to ${number(LIMITS.bulkMessagesPerDay.value)} or more mailboxes of one provider in a day: ${LIMITS.bulkMessagesPerDay.above} (${LIMITS.bulkMessagesPerDay.source})`,
        ]
      : []),
    ...(isMade(method) ? [] : ["the stack creates nothing for this method: set it up yourself"]),
    ...usageOf(sender)
      .filter((usage) => shareOf(usage) > 1)
      .map((usage) => `${usageText(usage)}: above that ${aboveText(usage.limit)}`),
    ...announcedFor(sender),
    ...(messagesPerDay === undefined && peakPerMinute === undefined
      ? ["how much it sends is not said (messagesPerDay, peakPerMinute), so limits are not judged"]
      : []),
  ];
}

/** Messages of a sender's busiest hour, which can't be more than those of its day. */
const hourOf = ({ messagesPerDay = 0, peakPerMinute = messagesPerDay / (24 * 60) }: Sender) =>
  Math.min(60 * peakPerMinute, messagesPerDay || Number.POSITIVE_INFINITY);

/** Minutes as people read them: `2 h 14 min`. */
const duration = (minutes: number): string =>
  [
    ...(minutes >= 60 ? [`${Math.floor(minutes / 60)} h`] : []),
    ...(minutes % 60 > 0 ? [`${minutes % 60} min`] : []),
  ].join(" ");

/** Says what takes so much of a limit that its administrator should know, a sentence each. */
export const headroomNotices = (senders: readonly Sender[]): string[] =>
  senders.flatMap((sender) =>
    usageOf(sender)
      .filter((usage) => shareOf(usage) >= TELL_FROM)
      .map(
        (usage) => `sender "${sender.name}" uses ${describeUsage(usage, aboveText(usage.limit))}`,
      ),
  );

/** Says the same of what all senders send to other organisations; see `tenantUsage`. */
export function tenantNotice(externalRecipients: number, licenses: number): string | undefined {
  const usage = tenantUsage(externalRecipients, licenses);
  if (shareOf(usage) < TELL_FROM) return undefined;
  return `all senders together use ${describeUsage(usage, usage.limit.above)}, ${tenantWith(licenses)}`;
}

const tenantWith = (licenses: number): string =>
  licenses === 0
    ? "in a tenant with trials alone"
    : `in a tenant with ${number(licenses)} paid licence${licenses === 1 ? "" : "s"}`;

/** What all senders use of the tenant's limit, which tenant that is, and what happens above it where they come near. */
export function tenantText({ tenant, paidLicenses }: Overview): string {
  const assumed =
    paidLicenses === undefined
      ? " (assumed; --licenses N or --tenant gives the limit of yours)"
      : "";
  const above = shareOf(tenant) < TELL_FROM ? "" : `; above that ${tenant.limit.above}`;
  return `${usageText(tenant)}, ${tenantWith(paidLicenses ?? 1)}${assumed}${above}`;
}

/** `27 of 30 messages a minute (90 %); above that … (https://…, read on 2026-11-29)`. */
const describeUsage = (usage: Usage, above: string): string =>
  `${usageText(usage)}; above that ${above} (${usage.limit.source}, read on ${usage.limit.read})`;

/** What happens above a limit, and what raises it. */
const aboveText = ({ above, note }: Usage["limit"]): string =>
  [above, ...(note === undefined ? [] : [note])].join("; ");

/** `27 of 30 messages a minute (90 %), 2.8 on average`. */
export function usageText(usage: Usage): string {
  const { limit, value, peak, average } = usage;
  const share = Math.round(shareOf(usage) * 100);
  const usual =
    average === undefined || average === peak
      ? ""
      : `, ${average < 0.1 ? "less than 0.1" : number(average)} on average`;
  return `${number(peak)} of ${number(value)} ${limit.counts} (${share} %)${usual}`;
}

/** Which licence a sender needs, and which page asks for more. */
export function licenseText({ license: { needs, contract } }: ChosenSender): string {
  return contract === undefined
    ? needs
    : `${needs}; but another page of Microsoft's says: ${contract.says} (docs/reference/limits.md, Licences)`;
}

/** What a table shows of a sender's licence, with its price where that is more than nothing. */
export const shownLicense = ({ license, cost }: ChosenSender): string[] => [
  license.needs,
  ...(cost === undefined || cost.amount === 0 ? [] : [costText(cost)]),
];

/** From this share of a limit on, a table shows what is used of it. */
const SHOW_FROM = 0.01;

/** What a table shows of a sender's use, the most used limit first. */
export const shownUsage = ({ usage }: ChosenSender): string[] =>
  usage
    .filter((one) => shareOf(one) >= SHOW_FROM)
    .toSorted((one, other) => shareOf(other) - shareOf(one))
    .map(usageText);
