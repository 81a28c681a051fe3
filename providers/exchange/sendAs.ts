import { canonicalMailbox, mailboxAddressProblem } from "../../mail/senders/mailbox.ts";
import { trusteeProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Tenants } from "../host/tenants.ts";
import { holdsRight } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import type { Identity, Named, Observed } from "./named.ts";

/** The right to send as a mailbox. */
export interface SendAsInputs extends Identity {
  /** Address of the mailbox that is sent as. */
  readonly mailbox: string;
  /** Who may: the address of a sender's mailbox, or the object id of an enterprise application. */
  readonly trustee: string;
}

type SendAsForm = Pick<SendAsInputs, "mailbox" | "trustee">;

const RIGHT = "SendAs";

const right: Named<SendAsInputs, SendAsForm, object> = {
  title: ({ mailbox, trustee }) => `the right of ${trustee} to send as ${mailbox}`,
  rules: { mailbox: mailboxAddressProblem, trustee: trusteeProblem },
  roles: ["Mail Recipients"],
  keys: ["mailbox", "trustee"],
  replaces: ["mailbox", "trustee"],
  form: ({ mailbox, trustee }) => ({
    mailbox: canonicalMailbox(mailbox),
    trustee: canonicalMailbox(trustee),
  }),

  findByName: findRight,
  findById: (invoke, _id, form) => findRight(invoke, form),
  judge: () => "ours",

  async make(invoke, form) {
    const parameters = { ...whoOf(form), AccessRights: RIGHT, Confirm: false };
    await invoke("Add-RecipientPermission", parameters);
  },
  async remove(invoke, { form }) {
    const parameters = { ...whoOf(form), AccessRights: RIGHT, Confirm: false };
    await invoke("Remove-RecipientPermission", parameters);
  },
};

/**
 * The kind `SendAs`. Its trustee belongs to the stack, so a right that exists already was given by an interrupted run and
 * is ours.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/add-recipientpermission
 */
export const sendAs = (tenants: Tenants) => lifecycle(tenants, right);

const whoOf = ({ mailbox, trustee }: SendAsForm) => ({ Identity: mailbox, Trustee: trustee });

async function findRight(
  invoke: Invoke,
  form: SendAsForm,
): Promise<Observed<SendAsForm, object> | undefined> {
  if (!(await holdsRight(invoke, "Get-RecipientPermission", whoOf(form), RIGHT))) return undefined;
  return { id: `${form.mailbox} ${form.trustee}`, form, facts: {} };
}
