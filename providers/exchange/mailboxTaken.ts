import { isOwnedBy, type Owners, ownerOf } from "../../mail/ownership.ts";
import type { Problem } from "../../mail/problem.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { poll } from "../host/waiting.ts";
import { type ExchangeObject, findOne, HAS_ADDRESS, text } from "./find.ts";
import { findMailbox, markIn, type ObservedMailbox } from "./mailbox.ts";
import { FOUND_WITHIN } from "./write.ts";

/** The address and name that a mailbox is to have. */
interface Place extends Owners {
  readonly address: string;
  /** Its Name in Exchange. */
  readonly name: string;
  /** The address that the sender's mailbox had in the last run. */
  readonly formerAddress?: string;
}

/** Says who has a sender's address or name, unless it is the sender's own mailbox, of whichever kind. */
export async function mailboxTaken(invoke: Invoke, place: Place): Promise<Problem | undefined> {
  const holder = await findAtAddress(invoke, place, /Mailbox$/);
  if (holder !== undefined) return "key" in holder ? holder : undefined;
  const other = await findNamesake(invoke, place.name);
  // Our own goes before the new one is made, or moves to the new address.
  const isOurs = other !== undefined && isTheSenders(place, other);
  return other === undefined || isOurs ? undefined : nameTaken(place.name, other);
}

/**
 * The recipient that has an address: none, our own mailbox, or a problem that names another one.
 *
 * @param kinds what ours may be, by RecipientTypeDetails
 */
export async function findAtAddress(
  invoke: Invoke,
  place: Omit<Place, "name">,
  kinds: RegExp,
): Promise<ObservedMailbox | Problem | undefined> {
  const { address } = place;
  const recipient = await findOne(invoke, "Get-Recipient", address, HAS_IDENTITY);
  if (recipient === undefined) return undefined;
  const isOurs =
    kinds.test(text(recipient.RecipientTypeDetails)) &&
    isTheSenders(place, recipient) &&
    isPrimary(address, recipient);
  if (!isOurs) return addressTaken(address, recipient);
  const mailbox = await poll(
    () => findMailbox(invoke, text(recipient.Guid), "Guid"),
    (seen, waited) => seen !== undefined || waited > FOUND_WITHIN,
  );
  if (mailbox !== undefined) return mailbox;
  throw new Error(
    `Exchange returns ${address} from Get-Recipient and not from Get-Mailbox or Get-CASMailbox yet; run pulumi up again in a few minutes; nothing was changed`,
  );
}

/** Whether a mark names the sender; the mailbox of the last run may have lost its mark, which an `up` puts back. */
function isTheSenders(place: Omit<Place, "name">, recipient: ExchangeObject): boolean {
  const marked = ownerOf(markOf(recipient));
  const { formerAddress } = place;
  if (marked !== undefined || formerAddress === undefined) return isOwnedBy(marked, place);
  return isPrimary(formerAddress, recipient);
}

/** Properties of a recipient that an address finds it by: a user signs in with the last one. */
const HAS_IDENTITY = [...HAS_ADDRESS, "WindowsLiveID"];

/** Who has a name: names are unique among recipients. */
export const findNamesake = (invoke: Invoke, name: string): Promise<ExchangeObject | undefined> =>
  findOne(invoke, "Get-Recipient", name, ["Name", "Alias"]);

export function nameTaken(name: string, other: ExchangeObject): Problem {
  const rule = `is the name of ${describe(other)} already`;
  const fix = "rename it, or give the stack or the sender another name";
  return { key: "name", value: name, rule, fix };
}

function addressTaken(address: string, recipient: ExchangeObject): Problem {
  const rule = `is ${placeIn(address, recipient)} of ${describe(recipient)} already`;
  return { key: "address", value: address, rule, fix: "choose another address" };
}

function placeIn(address: string, recipient: ExchangeObject): string {
  if (isPrimary(address, recipient)) return "the address";
  const aliases = Array.isArray(recipient.EmailAddresses) ? recipient.EmailAddresses : [];
  const isAlias = aliases.some((proxy) => String(proxy).toLowerCase() === `smtp:${address}`);
  return isAlias ? "an alias" : "the user name";
}

const isPrimary = (address: string, { PrimarySmtpAddress }: ExchangeObject): boolean =>
  canonicalMailbox(text(PrimarySmtpAddress)) === address;

const markOf = ({ CustomAttribute15, DisplayName }: ExchangeObject): string =>
  markIn({ customAttribute15: text(CustomAttribute15), displayName: text(DisplayName) });

const describe = ({
  RecipientTypeDetails: type,
  Name: name,
  PrimarySmtpAddress: primary,
}: ExchangeObject) => `${text(type)} "${text(name)}" (${text(primary)})`;
