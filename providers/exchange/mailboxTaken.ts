import { isOwnedBy, type Owners, ownerOf } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import {
  type AddressHolder,
  addressTakenProblem,
  adoptionProblem,
  describeHolder,
} from "../../mail/senders/adoptedMailbox.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { poll } from "../host/waiting.ts";
import { type ExchangeObject, findOne, HAS_ADDRESS, text } from "./find.ts";
import { findMailbox, markIn, type ObservedMailbox } from "./mailbox.ts";
import { FOUND_WITHIN } from "./write.ts";

/** The address that a mailbox is to have. */
interface Place extends Owners {
  readonly address: string;
  /** The address of the mailbox that the last run created for the sender. */
  readonly formerAddress?: string;
  /** Whether the sender could adopt a mailbox that has the address. @default false */
  readonly mayAdopt?: boolean;
}

/** Says who has a sender's address or name, unless it is the sender's own mailbox, of whichever kind. */
export async function mailboxTaken(
  invoke: Invoke,
  place: Place & { readonly name: string },
): Promise<Problem | undefined> {
  const holder = await findAtAddress(invoke, place, /Mailbox$/);
  if (holder !== undefined) return "key" in holder ? holder : undefined;
  const other = await findNamesake(invoke, place.name);
  // Our own goes before the new one is made, or moves to the new address.
  const isOurs = other !== undefined && isOwnedBy(ownerIn(place, other), place);
  return other === undefined || isOurs ? undefined : nameTaken(place.name, other);
}

/**
 * The recipient that has an address: none, our own mailbox, or a problem that names another one.
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
    kinds.test(holder.type) && isOwnedBy(holder.owner, place) && holder.place === "the address";
  if (!isOurs) return addressTakenProblem(address, holder, mayAdopt);
  const mailbox = await poll(
    () => findMailbox(invoke, text(recipient.Guid), "Guid"),
    (seen, waited) => seen !== undefined || waited > FOUND_WITHIN,
  );
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
