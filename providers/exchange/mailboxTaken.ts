import { isOfStack, isOwnedBy, type Owners, ownerOf, senderOfOwner } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import {
  type AddressHolder,
  addressTakenProblem,
  adoptionProblem,
  describeHolder,
} from "../../mail/senders/adoptedMailbox.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import type { MailboxHolder } from "../../mail/senders/moves.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { type ExchangeObject, findOne, HAS_ADDRESS, text, untilFound } from "./find.ts";
import { findMailbox, markIn, type ObservedMailbox } from "./mailbox.ts";

/** The address that a mailbox is to have. */
interface Place extends Owners {
  readonly address: string;
  /** The address of the mailbox that the last run created for the sender. */
  readonly formerAddress?: string;
  /** Whether the sender could adopt a mailbox that has the address. @default false */
  readonly mayAdopt?: boolean;
}

/** Who has a sender's address or name: nobody, a sender of the stack, or a problem that names somebody else. */
export async function mailboxTaken(
  invoke: Invoke,
  place: Place & { readonly name: string },
): Promise<Problem | MailboxHolder | undefined> {
  const there = await findAtAddress(invoke, place, /Mailbox$/);
  if (there !== undefined) return "key" in there ? there : senderIn(place, there.object);
  const other = await findNamesake(invoke, place.name);
  if (other === undefined) return undefined;
  // Its own goes before the new one is made, or moves to the new address.
  const isOwn = isOwnedBy(ownerIn(place, other), place);
  return isOwn ? senderIn(place, other) : nameTaken(place.name, other);
}

/** The sender that a mailbox of the stack belongs to. */
const senderIn = (place: Place, mailbox: ExchangeObject): MailboxHolder => ({
  sender: senderOfOwner(ownerIn(place, mailbox) ?? ""),
  kind: mailbox.RecipientTypeDetails === "SharedMailbox" ? "shared" : "user",
});

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
  const isOurs =
    kinds.test(holder.type) && isOfStack(holder.owner, place) && holder.place === "the address";
  if (!isOurs) return addressTakenProblem(address, holder, mayAdopt);
  const mailbox = await untilFound(() => findMailbox(invoke, text(recipient.Guid), "Guid"));
  if (mailbox !== undefined) return mailbox;
  throw new Error(
    `Exchange returns ${address} from Get-Recipient and not from Get-Mailbox or Get-CASMailbox yet; run pulumi up again in a few minutes; nothing was changed`,
  );
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
  const problem = adoptionProblem(place.address, holder, place);
  return problem ?? { guid: text(recipient?.Guid), holder: holder as AddressHolder };
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
  const isAlias = proxies.some((proxy) => String(proxy).toLowerCase() === `smtp:${address}`);
  return {
    type: text(recipient.RecipientTypeDetails),
    name: text(recipient.Name),
    primary,
    place: primary === address ? "the address" : isAlias ? "an alias" : "the user name",
    owner,
  };
}

/** Who manages a recipient. The sender's mailbox may have lost its mark, which an `up` puts back. */
function ownerIn(
  { owner, formerAddress }: Omit<Place, "address">,
  recipient: ExchangeObject,
): string | undefined {
  const { CustomAttribute15, DisplayName } = recipient;
  const mark = markIn({
    customAttribute15: text(CustomAttribute15),
    displayName: text(DisplayName),
  });
  return ownerOf(mark) ?? (primaryOf(recipient) === formerAddress ? owner : undefined);
}

const primaryOf = ({ PrimarySmtpAddress }: ExchangeObject): string =>
  canonicalMailbox(text(PrimarySmtpAddress));

/** Who has a name: names are unique among recipients. */
export const findNamesake = (invoke: Invoke, name: string): Promise<ExchangeObject | undefined> =>
  findOne(invoke, "Get-Recipient", name, ["Name", "Alias"]);

export function nameTaken(name: string, other: ExchangeObject): Problem {
  const rule = `is the name of ${describeHolder(asHolder(name, other, undefined))} already`;
  const fix = "rename it, or give the stack or the sender another name";
  return { key: "name", value: name, rule, fix };
}
