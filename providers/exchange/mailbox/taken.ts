import { ownerOf } from "../../../mail/ownership.ts";
import type { Problem } from "../../../mail/problem.ts";
import { canonicalMailbox } from "../../../mail/senders/mailbox.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { type ExchangeObject, findOne, HAS_ADDRESS, text } from "../find.ts";
import { findMailbox, type SeenMailbox } from "./find.ts";
import { markIn } from "./form.ts";

/** Where a mailbox shall be. */
interface Place {
  readonly address: string;
  /** Its Name in Exchange. */
  readonly name: string;
  /** `project/stack/sender` */
  readonly owner: string;
}

/** Says who has a sender's address or name, unless it is the sender's own mailbox, of whichever kind. */
export async function mailboxTaken(invoke: Invoke, place: Place): Promise<Problem | undefined> {
  const there = await atAddress(invoke, place, /Mailbox$/);
  if (there !== undefined) return "key" in there ? there : undefined;
  const other = await namesake(invoke, place.name);
  // Our own goes before the new one is made, or moves to the new address.
  const isOurs = other !== undefined && ownerOf(markOf(other)) === place.owner;
  return other === undefined || isOurs ? undefined : nameTaken(place.name, other);
}

/**
 * What has an address: nobody, our own mailbox, or somebody as a problem.
 *
 * @param kinds what ours may be, by RecipientTypeDetails
 */
export async function atAddress(
  invoke: Invoke,
  { address, owner }: Pick<Place, "address" | "owner">,
  kinds: RegExp,
): Promise<SeenMailbox | Problem | undefined> {
  const recipient = await findOne(invoke, "Get-Recipient", address, HAS_ADDRESS);
  if (recipient === undefined) return undefined;
  const isMailbox = kinds.test(text(recipient.RecipientTypeDetails));
  const seen = isMailbox ? await findMailbox(invoke, text(recipient.Guid), "Guid") : undefined;
  const isOurs = seen && ownerOf(markIn(seen.form)) === owner;
  return isOurs && seen.form.address === address ? seen : addressTaken(address, recipient);
}

/** Who has a name: names are unique among recipients. */
export const namesake = (invoke: Invoke, name: string): Promise<ExchangeObject | undefined> =>
  findOne(invoke, "Get-Recipient", name, ["Name", "Alias"]);

export function nameTaken(name: string, other: ExchangeObject): Problem {
  const rule = `is the name of ${described(other)} already`;
  const fix = "rename or remove it, or give the stack or the sender another name";
  return { key: "name", value: name, rule, fix };
}

function addressTaken(address: string, recipient: ExchangeObject): Problem {
  const isAlias = canonicalMailbox(text(recipient.PrimarySmtpAddress)) !== address;
  return {
    key: "address",
    value: address,
    rule: `is ${isAlias ? "an alias" : "the address"} of ${described(recipient)} already`,
    fix: `choose another address, or ${isAlias ? "remove the alias from it" : "remove it"}`,
  };
}

const markOf = ({ CustomAttribute15, DisplayName }: ExchangeObject): string =>
  markIn({ customAttribute15: text(CustomAttribute15), displayName: text(DisplayName) });

const described = ({
  RecipientTypeDetails: type,
  Name: name,
  PrimarySmtpAddress: primary,
}: ExchangeObject) => `${text(type)} "${text(name)}" (${text(primary)})`;
