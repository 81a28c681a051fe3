import { listed } from "../naming.ts";
import { chooseSubmission } from "./choose.ts";
import { externalRecipientsOf, tenantUsage, type Usage, usageOf } from "./headroom.ts";
import type { HeldLicense } from "./heldLicenses.ts";
import { licenseOf, type SenderLicense } from "./licenseNeeds.ts";
import { chooseMethod } from "./method.ts";
import { type Method, nameOfWay } from "./methods.ts";
import { notesOf } from "./notes.ts";
import { type Cost, costOf, costText, type Prices } from "./prices.ts";
import type { Refusal } from "./refusal.ts";
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

/** What pages of Microsoft's ask for beside what Exchange asks for, a sentence each, with the senders that it concerns. */
export function contractTexts(senders: readonly ChosenSender[]): string[] {
  const says = senders.flatMap(({ license }) => license.contract?.says ?? []);
  return [...new Set(says)].map((text) => {
    const names = senders
      .filter(({ license }) => license.contract?.says === text)
      .map(({ sender }) => sender);
    return `for ${listed(names)}, another page of Microsoft's says: ${text} (docs/reference/limits.md)`;
  });
}

/** What a table shows of a sender's licence, with its price where that is more than nothing. */
export const shownLicense = ({ license, cost }: ChosenSender): string[] => [
  license.needs,
  ...(cost === undefined || cost.amount === 0 ? [] : [costText(cost)]),
];
