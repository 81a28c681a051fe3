import { isOwnedBy, type Owners } from "../ownership.ts";
import type { Problem } from "../problem.ts";

/** Who has an address in the tenant. */
export interface AddressHolder {
  /** Its RecipientTypeDetails. */
  readonly type: string;
  /** Its Name in Exchange. */
  readonly name: string;
  /** Its primary address, lower case. */
  readonly primary: string;
  /** Its other addresses, lower case. */
  readonly aliases: readonly string[];
  /** What its account signs in with, lower case; empty when it has none. */
  readonly userName: string;
  /** What the address is to it. */
  readonly place: "the address" | "an alias" | "the user name";
  /** Who manages it, `project/stack/sender`; undefined when no stack does. */
  readonly owner: string | undefined;
}

/**
 * The mailboxes that a sender can send from, by RecipientTypeDetails. Those of groups, public folders and the system are
 * no accounts that SMTP AUTH takes.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-mailbox (RecipientTypeDetails)
 */
const SENDING_TYPES = ["UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox"];

const isSending = ({ type }: AddressHolder): boolean => SENDING_TYPES.includes(type);

/** A recipient as a sentence names it. */
export const describeHolder = ({ type, name, primary }: AddressHolder): string =>
  `${type} "${name}" (${primary})`;

/** Says that the address of a mailbox to create is somebody's. */
export function addressTakenProblem(
  address: string,
  holder: AddressHolder,
  mayAdopt: boolean,
): Problem {
  const canAdopt =
    mayAdopt && isSending(holder) && holder.place === "the address" && holder.owner === undefined;
  return {
    key: "address",
    value: address,
    rule: `is ${holder.place} of ${describeHolder(holder)} already`,
    fix: canAdopt
      ? "set adoptMailbox: true for the sender to send from this mailbox, or choose another address"
      : "choose another address",
  };
}

/** An address that a mailbox was adopted by. */
interface AdoptedAddress {
  readonly sender: string;
  readonly address: string;
}

/**
 * Says why the mailbox with an address can't be adopted.
 *
 * @param holder undefined when nobody has the address
 * @param adopted what the stack's senders had adopted in the last run
 */
export function adoptionProblem(
  address: string,
  holder: AddressHolder | undefined,
  owners: Owners,
  adopted: readonly AdoptedAddress[] = [],
): Problem | undefined {
  const problem = (rule: string, fix: string) => ({ key: "address", value: address, rule, fix });
  const other = "choose the address of another mailbox";
  if (holder === undefined) {
    return problem(
      "is to be adopted, but no mailbox has this address",
      "create the mailbox first, or remove adoptMailbox to let the stack create it",
    );
  }
  if (isOwnedBy(holder.owner, owners)) {
    return problem(
      "is to be adopted, but it is the sender's own mailbox, which the stack created",
      "remove adoptMailbox",
    );
  }
  if (holder.owner !== undefined) {
    return problem(`is to be adopted, but ${holder.owner} manages this mailbox`, other);
  }
  const of = `${holder.place} of ${describeHolder(holder)}`;
  if (!isSending(holder)) {
    return problem(`is to be adopted, but is ${of}, which can't sign in to send`, other);
  }
  const before = adopted.find((one) => holder.aliases.includes(one.address));
  if (before !== undefined && before.address !== address) {
    return problem(
      `is to be adopted, but is the mailbox that sender "${before.sender}" has adopted as ${before.address}`,
      `make ${before.address} its primary address again, or remove "${before.sender}" from the stack file and run pulumi up, then make this change and run pulumi up`,
    );
  }
  if (holder.place === "the address") return undefined;
  return problem(
    `is to be adopted, but is ${of}, and a sender signs in with the primary address`,
    `put ${holder.primary} first in from, or ${other}`,
  );
}

/** A mailbox's switch for SMTP AUTH; null leaves it to the organisation. */
export type SmtpAuthSwitch = boolean | null;

/** The switch as a sentence gives it. */
export const describeSwitch = (disabled: SmtpAuthSwitch): string =>
  disabled === null ? "the organisation's setting" : disabled ? "off" : "on";

/**
 * Words for a preview: what adopting a mailbox changes.
 *
 * @param isOn whether SMTP AUTH is on for it, by its own switch or by the organisation's
 */
export function describeMailboxAdoption(
  { type, name, primary, userName }: AddressHolder,
  before: SmtpAuthSwitch,
  isOn: boolean,
): string {
  const now = describeSwitch(before);
  const change = isOn
    ? `${before === null ? `${describeSwitch(false)} by ${now}` : now} already`
    : `${now} -> ${describeSwitch(false)}, until the sender is removed`;
  const signIn =
    userName === "" || userName === primary
      ? ""
      : `; its user name is ${userName}: if a sign-in as ${primary} ends with 535 5.7.3, sign in as ${userName}`;
  return `mailbox ${primary} (${type} "${name}") is adopted: SMTP AUTH ${change}; nothing else of it is changed${signIn}`;
}
