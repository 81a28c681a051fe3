import {
  FULL_ACCESS,
  type MailboxRight,
  rightParameters,
  SEND_AS,
} from "../../mail/exchange/access.ts";
import { canonicalMailbox, mailboxAddressProblem } from "../../mail/senders/mailbox.ts";
import { trusteeProblem } from "../../mail/senders/names.ts";
import type { Tenants } from "../host/tenants.ts";
import { type ExchangeObject, findAll } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import type { Identity, Named } from "./named.ts";

/** A right on a mailbox. */
export interface MailboxRightInputs extends Identity {
  /** Address of the mailbox. */
  readonly mailbox: string;
  /** Who has it: the address of a sender's mailbox, or the object id of an enterprise application that Exchange knows. */
  readonly trustee: string;
  /** Whether the trustee was there before the stack, so that it may have had the right already. @default false */
  readonly trusteeIsAdopted?: boolean;
}

type RightForm = Pick<MailboxRightInputs, "mailbox" | "trustee">;

interface RightFacts {
  /** Whether it was held before the stack gave it. */
  readonly wasHeld?: true;
}

type RightKind = Named<MailboxRightInputs, RightForm, RightFacts>;

/** The kind `SendAs`: the right to send as a mailbox. */
export const sendAs = (tenants: Tenants) =>
  mailboxRight(tenants, {
    title: ({ mailbox, trustee }) => `the right of ${trustee} to send as ${mailbox}`,
    ...SEND_AS,
  });

/**
 * The kind `MailboxPermission`: full access to a mailbox, the classic way to let an app send as it, where the tenant has
 * no role for that.
 */
export const mailboxPermission = (tenants: Tenants) =>
  mailboxRight(tenants, {
    title: ({ mailbox, trustee }) => `the full access of ${trustee} to ${mailbox}`,
    ...FULL_ACCESS,
  });

interface Right extends MailboxRight {
  title(form: RightForm): string;
}

/**
 * A trustee of the stack has a right already only where an interrupted run gave it, so that it is ours. What an adopted
 * mailbox has already is left to it. Requests name the trustee, as Exchange lists trustees under other names than it
 * accepts.
 */
function mailboxRight(tenants: Tenants, { title, ...kind }: Right) {
  const { right, noun, trusteeParameter, addParameters } = kind;
  const held = ({ mailbox, trustee }: RightForm) => ({
    Identity: mailbox,
    [trusteeParameter]: trustee,
  });
  const changed = ({ mailbox, trustee }: RightForm) => rightParameters(kind, mailbox, trustee);
  const find: RightKind["findByName"] = async (invoke, form) => {
    // None where there is no such mailbox, or nobody of that name.
    const entries = await findAll(invoke, `Get-${noun}`, {
      ...held(form),
      ResultSize: "Unlimited",
    });
    if (!entries.some((entry) => grants(entry, right))) return undefined;
    return { id: `${form.mailbox} ${form.trustee}`, form, facts: {} };
  };
  return lifecycle<MailboxRightInputs, RightForm, RightFacts>(tenants, {
    title,
    rules: { mailbox: mailboxAddressProblem, trustee: trusteeProblem },
    roles: { read: ["View-Only Recipients"], write: ["Mail Recipients"] },
    keys: ["mailbox", "trustee"],
    replaces: ["mailbox", "trustee"],
    passThrough: ["trusteeIsAdopted"],
    claim: title,
    form: ({ mailbox, trustee }) => ({
      mailbox: canonicalMailbox(mailbox),
      trustee: canonicalMailbox(trustee),
    }),

    findByName: find,
    async findBeforeMaking(invoke, form, { trusteeIsAdopted = false }) {
      const held = await find(invoke, form);
      return held && trusteeIsAdopted ? { ...held, facts: { wasHeld: true } } : held;
    },
    findById: (invoke, _id, form) => find(invoke, form),
    judge: ({ facts }) => (facts.wasHeld ? "preexisting" : "ours"),

    async make(invoke, form) {
      await invoke(`Add-${noun}`, { ...changed(form), ...addParameters });
    },
    async remove(invoke, { form }) {
      await invoke(`Remove-${noun}`, changed(form));
    },
  });
}

/**
 * Whether an entry is the right itself: neither inherited nor a denial, which Get-MailboxPermission says in `Deny` and
 * Get-RecipientPermission in `AccessControlType`.
 */
export const grants = (entry: ExchangeObject, right: string): boolean =>
  Array.isArray(entry.AccessRights) &&
  entry.AccessRights.includes(right) &&
  entry.Deny !== true &&
  entry.AccessControlType !== "Deny" &&
  entry.IsInherited !== true;
