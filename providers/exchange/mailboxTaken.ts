import { isOfStack, isOwnedBy, type Owners, ownerOf, senderOfOwner } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import {
  type AddressHolder,
  addressTakenProblem,
  adoptionProblem,
  describeHolder,
} from "../../mail/senders/adoptedMailbox.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import { type HolderKind, type MailboxHolder, unmarkedProblem } from "../../mail/senders/moves.ts";
import { stoppedProblem } from "../../mail/stop/problems.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { type ExchangeObject, findOne, HAS_ADDRESS, text, untilFound } from "./find.ts";
import { findMailbox, markIn, type ObservedMailbox } from "./mailbox.ts";

/** A mailbox that state has. */
interface RecordedMailbox {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  /** Whether it is adopted; left out when the stack created it. */
  readonly adopt?: true;
}

/** The address that a mailbox is to have. */
interface Place extends Owners {
  readonly address: string;
  /** The mailboxes that the stack's senders had in the last run. @default none */
  readonly recorded?: readonly RecordedMailbox[];
  /** Whether the sender could adopt a mailbox that has the address. @default false */
  readonly mayAdopt?: boolean;
}

/** Who has a sender's address or name: nobody, a sender of the stack, or a problem that names somebody else. */
export async function mailboxTaken(
  invoke: Invoke,
  place: Place & { readonly name: string },
): Promise<Problem | MailboxHolder | undefined> {
  const there = await findAtAddress(invoke, place, /Mailbox$/);
  if (there !== undefined) {
    if ("key" in there) return (await senderAt(invoke, place)) ?? there;
    const stopped = stoppedProblem("address", there.form.customAttribute15, place.owner);
    return stopped ?? senderIn(place, there.object);
  }
  const other = await findNamesake(invoke, place.name);
  if (other === undefined) return undefined;
  // Its own goes before the new one is made, or moves to the new address.
  const isOwn = isOwnedBy(ownerIn(place, other), place);
  return isOwn ? senderIn(place, other) : nameTaken(place.name, other);
}

/** The sender that a mailbox or account of the stack belongs to. */
const senderIn = (place: Place, { RecipientTypeDetails, ...recipient }: ExchangeObject) =>
  ({
    sender: senderOfOwner(ownerIn(place, recipient) ?? ""),
    kind: KINDS[text(RecipientTypeDetails)] ?? "user",
  }) satisfies MailboxHolder;

const KINDS: Readonly<Record<string, HolderKind>> = {
  SharedMailbox: "shared",
  MailUser: "account",
};

/** The sender of the stack whose mailbox or account has an address as its own, by its mark. */
export async function senderAt(invoke: Invoke, place: Place): Promise<MailboxHolder | undefined> {
  const recipient = await findRecipient(invoke, place.address);
  if (recipient === undefined || primaryOf(recipient) !== place.address) return undefined;
  return isOfStack(markedOwner(recipient), place) ? senderIn(place, recipient) : undefined;
}

/**
 * The recipient that has an address: none, the mailbox of a sender of the stack, or a problem that names another one.
 *
 * @param kinds what ours may be, by RecipientTypeDetails
 */
export async function findAtAddress(
  invoke: Invoke,
  place: Place,
  kinds: RegExp,
): Promise<ObservedMailbox | Problem | undefined> {
  const { address, mayAdopt = false } = place;
  const recipient = await findRecipient(invoke, address);
  if (recipient === undefined) return undefined;
  const holder = asHolder(address, recipient, ownerIn(place, recipient));
  const isOfKind = kinds.test(holder.type) && holder.place === "the address";
  const record = recordOf(place, recipient);
  const isOthers = record !== undefined && record.owner !== place.owner;
  const marked = isOthers ? markedOwner(recipient) : holder.owner;
  if (!isOfKind || !isOfStack(marked, place)) {
    return isOfKind && isOthers && holder.owner === record.owner
      ? unmarkedProblem(address, senderOfOwner(record.owner))
      : addressTakenProblem(address, holder, mayAdopt);
  }
  const mailbox = await untilFound(() => findMailbox(invoke, text(recipient.Guid), "Guid"));
  if (mailbox !== undefined) return mailbox;
  throw new Error(
    `Exchange returns ${address} from Get-Recipient and not from Get-Mailbox or Get-CASMailbox yet; run pulumi up again in a few minutes; nothing was changed`,
  );
}

/**
 * The account of High Volume Email at an address: the sender's own, none, or a problem that names who has the address.
 *
 * @returns its GUID
 */
export async function accountTaken(
  invoke: Invoke,
  place: Owners & { readonly address: string },
): Promise<{ readonly guid: string } | Problem | undefined> {
  const { address } = place;
  const recipient = await findRecipient(invoke, address);
  if (recipient === undefined) return undefined;
  const owner = markedOwner(recipient);
  const holder = asHolder(address, recipient, owner);
  const isOwn = holder.type === "MailUser" && holder.place === "the address";
  if (!isOwn || !isOwnedBy(owner, place)) return addressTakenProblem(address, holder, false);
  const stopped = stoppedProblem("address", text(recipient.CustomAttribute15), place.owner);
  return stopped ?? { guid: text(recipient.Guid) };
}

/** Who has the name of an account: nobody, the sender itself, or a problem that names somebody else. */
export async function accountNameTaken(
  invoke: Invoke,
  place: Place & { readonly name: string },
): Promise<MailboxHolder | Problem | undefined> {
  const other = await findNamesake(invoke, place.name);
  if (other === undefined) return undefined;
  const isOwn = isOwnedBy(markedOwner(other), place);
  return isOwn ? senderIn(place, other) : nameTaken(place.name, other);
}

/** Says that what a sender had at another address was stopped: what it gets at this one would not be. */
export async function stoppedBefore(
  invoke: Invoke,
  { address, owner }: { readonly address: string; readonly owner: string },
  before: { readonly address: string } | undefined,
): Promise<Problem | undefined> {
  if (before === undefined || before.address === address) return undefined;
  return stoppedAt(invoke, before.address, owner);
}

/** Says that what a sender has at an address was stopped. */
export async function stoppedAt(
  invoke: Invoke,
  address: string,
  owner: string,
): Promise<Problem | undefined> {
  const recipient = await findOne(invoke, "Get-Recipient", address, HAS_ADDRESS);
  return stoppedProblem("address", text(recipient?.CustomAttribute15), owner);
}

/** A mailbox that can be adopted. */
export interface AdoptableMailbox {
  /** Exchange's own id. */
  readonly guid: string;
  readonly holder: AddressHolder;
}

/** The mailbox that has an address, or why it can't be adopted. */
export async function findAdoptable(
  invoke: Invoke,
  place: Place,
): Promise<AdoptableMailbox | Problem> {
  const recipient = await findRecipient(invoke, place.address);
  const holder = recipient && asHolder(place.address, recipient, ownerIn(place, recipient));
  const adopted = (place.recorded ?? []).filter(({ adopt }) => adopt).map(bySender);
  const problem = adoptionProblem(place.address, holder, place, adopted);
  const stopped = stoppedProblem("address", text(recipient?.CustomAttribute15), place.owner);
  return problem ?? stopped ?? { guid: text(recipient?.Guid), holder: holder as AddressHolder };
}

const findRecipient = (invoke: Invoke, address: string): Promise<ExchangeObject | undefined> =>
  findOne(invoke, "Get-Recipient", address, HAS_IDENTITY);

/** Properties of a recipient that an address finds it by: a user signs in with the last one. */
const HAS_IDENTITY = [...HAS_ADDRESS, "WindowsLiveID"];

function asHolder(
  address: string,
  recipient: ExchangeObject,
  owner: string | undefined,
): AddressHolder {
  const primary = primaryOf(recipient);
  const proxies = Array.isArray(recipient.EmailAddresses) ? recipient.EmailAddresses : [];
  const addresses = proxies.map((proxy) =>
    String(proxy)
      .toLowerCase()
      .replace(/^smtp:/, ""),
  );
  return {
    type: text(recipient.RecipientTypeDetails),
    name: text(recipient.Name),
    primary,
    aliases: addresses.filter((one) => one !== primary),
    userName: canonicalMailbox(text(recipient.WindowsLiveID)),
    place:
      primary === address
        ? "the address"
        : addresses.includes(address)
          ? "an alias"
          : "the user name",
    owner,
  };
}

/** Who manages a recipient. The stack's mailbox may have lost its mark, which an `up` puts back. */
const ownerIn = (place: Omit<Place, "address">, recipient: ExchangeObject): string | undefined =>
  markedOwner(recipient) ?? recordOf(place, recipient)?.owner;

function markedOwner({ CustomAttribute15, DisplayName }: ExchangeObject): string | undefined {
  const customAttribute15 = text(CustomAttribute15);
  return ownerOf(markIn({ customAttribute15, displayName: text(DisplayName) }));
}

/** What state has of a mailbox that the stack created, under the sender's own owner as it is now. */
function recordOf(
  { owner, formerOwners = [], recorded = [] }: Omit<Place, "address">,
  recipient: ExchangeObject,
): RecordedMailbox | undefined {
  const primary = primaryOf(recipient);
  const record = recorded.find(({ address, adopt }) => !adopt && address === primary);
  return record && formerOwners.includes(record.owner) ? { ...record, owner } : record;
}

const bySender = ({ owner, address }: RecordedMailbox) => ({
  sender: senderOfOwner(owner),
  address,
});

const primaryOf = ({ PrimarySmtpAddress }: ExchangeObject): string =>
  canonicalMailbox(text(PrimarySmtpAddress));

/** Who has a name: names are unique among recipients. */
export const findNamesake = (invoke: Invoke, name: string): Promise<ExchangeObject | undefined> =>
  findOne(invoke, "Get-Recipient", name, ["Name", "Alias"]);

/** New-Mailbox gets the name as Name and as Alias, and each has to be free. */
export function nameTaken(name: string, other: ExchangeObject): Problem {
  const taken = ["Name", "Alias"].filter(
    (property) => text(other[property]).toLowerCase() === name.toLowerCase(),
  );
  const rule = `is the ${taken.join(" and the ")} of ${describeHolder(asHolder(name, other, undefined))} already`;
  const fix = `give it another ${taken.join(" and another ")}, or give the stack or the sender another name`;
  return { key: "name", value: name, rule, fix };
}
