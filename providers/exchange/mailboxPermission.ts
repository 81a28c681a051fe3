import { canonicalMailbox, mailboxAddressProblem } from "../../mail/senders/mailbox.ts";
import { trusteeProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Tenants } from "../host/tenants.ts";
import { holdsRight } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import type { Identity, Named, Observed } from "./named.ts";

/** Full access to a mailbox: the classic way to let an app send as it, where the tenant has no role for that. */
export interface MailboxPermissionInputs extends Identity {
  /** Address of the mailbox. */
  readonly mailbox: string;
  /** Who gets it: the object id of an enterprise application that Exchange knows. */
  readonly user: string;
}

type PermissionForm = Pick<MailboxPermissionInputs, "mailbox" | "user">;

const RIGHT = "FullAccess";

const permission: Named<MailboxPermissionInputs, PermissionForm, object> = {
  title: ({ mailbox, user }) => `the full access of ${user} to ${mailbox}`,
  rules: { mailbox: mailboxAddressProblem, user: trusteeProblem },
  roles: ["Mail Recipients"],
  keys: ["mailbox", "user"],
  replaces: ["mailbox", "user"],
  form: ({ mailbox, user }) => ({
    mailbox: canonicalMailbox(mailbox),
    user: canonicalMailbox(user),
  }),

  findByName: findPermission,
  findById: (invoke, _id, form) => findPermission(invoke, form),
  judge: () => "ours",

  async make(invoke, form) {
    const parameters = { ...whoOf(form), AccessRights: RIGHT, Confirm: false };
    await invoke("Add-MailboxPermission", { ...parameters, AutoMapping: false });
  },
  async remove(invoke, { form }) {
    const parameters = { ...whoOf(form), AccessRights: RIGHT, Confirm: false };
    await invoke("Remove-MailboxPermission", parameters);
  },
};

/**
 * The kind `MailboxPermission`. The app that holds it belongs to the stack, so a permission that exists already was given
 * by an interrupted run and is ours.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/add-mailboxpermission
 */
export const mailboxPermission = (tenants: Tenants) => lifecycle(tenants, permission);

const whoOf = ({ mailbox, user }: PermissionForm) => ({ Identity: mailbox, User: user });

async function findPermission(
  invoke: Invoke,
  form: PermissionForm,
): Promise<Observed<PermissionForm, object> | undefined> {
  if (!(await holdsRight(invoke, "Get-MailboxPermission", whoOf(form), RIGHT))) return undefined;
  return { id: `${form.mailbox} ${form.user}`, form, facts: {} };
}
