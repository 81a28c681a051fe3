import {
  type DeclaredUserMailbox,
  MAILBOX_KEYS,
  type MailboxForm,
  OPTIONAL_KEYS,
  wantedUserMailbox,
} from "../../mail/exchange/mailbox.ts";
import { ownerOf } from "../../mail/ownership.ts";
import { MAILBOX_ROLES } from "../../mail/rights/needs.ts";
import { displayNameProblem, mailboxAddressProblem } from "../../mail/senders/mailbox.ts";
import { directoryIdProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Tenants } from "../host/tenants.ts";
import { type Deadline, openDeadline, waitFor } from "../host/waiting.ts";
import { orNotYet } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import { findMailbox } from "./mailbox.ts";
import { differences, type Identity, type Named, type Observed } from "./named.ts";
import { writeMailbox } from "./writeMailbox.ts";

/** The mailbox of a sender that signs in with a password: nothing but SMTP AUTH opens it. */
export interface UserMailboxInputs extends Identity, DeclaredUserMailbox {
  /** Object id in Entra of the user whose licence brings it. */
  readonly user: string;
  /** How long to wait until Exchange has made it. */
  readonly waitMinutes: number;
}

interface UserMailboxForm extends MailboxForm {
  readonly user: string;
}

interface UserMailboxFacts {
  /** Exchange's own id. */
  readonly guid: string;
}

const KEYS = ["user", ...MAILBOX_KEYS] as const;

const mailbox = (
  deadline: Deadline,
): Named<UserMailboxInputs, UserMailboxForm, UserMailboxFacts> => ({
  title: ({ address }) => `mailbox ${address}`,
  rules: {
    address: mailboxAddressProblem,
    displayName: displayNameProblem,
    user: directoryIdProblem,
  },
  roles: MAILBOX_ROLES,
  keys: KEYS,
  replaces: ["user"],
  mayDiffer: OPTIONAL_KEYS,
  passThrough: ["waitMinutes"],
  mark: ({ customAttribute15 }) => customAttribute15,
  form: ({ user, ...declared }) => ({
    user: user.toLowerCase(),
    ...wantedUserMailbox(declared),
  }),

  findByName: (invoke, { user }) => orNotYet(() => find(invoke, user, "ExternalDirectoryObjectId")),
  findById: (invoke, guid) => find(invoke, guid, "Guid"),
  /** A new mailbox has no mark: it is ours. */
  judge({ id, form }, _wanted, owner) {
    const theirs = ownerOf(form.customAttribute15);
    if (theirs === undefined || theirs === owner) return "ours";
    return {
      key: "user",
      value: form.user,
      rule: `is the user of a mailbox that ${theirs} manages (${form.address}, ${id})`,
      fix: "give the sender a user of its own",
    };
  },

  /** Waits: Exchange makes the mailbox by itself. */
  async make(invoke, { address, user }, { waitMinutes = 0 }) {
    const since = new Date().toISOString();
    const missing = `Exchange has not created the mailbox ${address} yet, which takes some minutes after its user is licensed`;
    const findMissing = async () =>
      (await orNotYet(() => find(invoke, user, "ExternalDirectoryObjectId"))) === undefined
        ? missing
        : "";
    if ((await waitFor(findMissing, deadline.left(waitMinutes))) === "") return;
    throw new Error(
      `${missing}; this run has waited since ${since}; run pulumi up again, which continues to wait; if the mailbox never appears, check that the user (${user}) still has its licence`,
    );
  },

  async set(invoke, object, wanted) {
    const { id, form } = object;
    const differs = differences(KEYS, form, wanted);
    if (differs.includes("address")) {
      const EmailAddresses = {
        "@odata.type": "#Exchange.GenericHashTable",
        Add: [`SMTP:${wanted.address}`],
      };
      await invoke("Set-Mailbox", { Identity: id, EmailAddresses, Confirm: false });
    }
    return writeMailbox(invoke, object, differs, wanted);
  },
});

/**
 * The kind `UserMailbox`: waits for the mailbox and brings it to the form of a sender's mailbox. Exchange removes it with
 * its user.
 *
 * @see https://learn.microsoft.com/microsoft-365/admin/manage/assign-licenses-to-users
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox (EmailAddresses)
 */
export const userMailbox = (tenants: Tenants, deadline: Deadline = openDeadline()) =>
  lifecycle(tenants, mailbox(deadline));

async function find(
  invoke: Invoke,
  id: string,
  by: "Guid" | "ExternalDirectoryObjectId",
): Promise<Observed<UserMailboxForm, UserMailboxFacts> | undefined> {
  const seen = await findMailbox(invoke, id, by);
  if (seen === undefined) return undefined;
  const { guid, externalDirectoryObjectId, form } = seen;
  return {
    id: guid,
    form: { user: externalDirectoryObjectId.toLowerCase(), ...form },
    facts: { guid },
  };
}
