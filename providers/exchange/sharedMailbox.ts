import {
  type DeclaredSharedMailbox,
  MAILBOX_KEYS,
  type MailboxForm,
  newSharedMailboxParameters,
  OPTIONAL_KEYS,
  type SharedMailboxForm,
  wantedSharedMailbox,
} from "../../mail/exchange/mailbox.ts";
import { ownerOf } from "../../mail/ownership.ts";
import { sentence } from "../../mail/problem.ts";
import { NEW_MAILBOX_ROLES } from "../../mail/rights/needs.ts";
import {
  canonicalMailbox,
  displayNameProblem,
  mailboxAddressProblem,
} from "../../mail/senders/mailbox.ts";
import { objectNameProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Tenants } from "../host/tenants.ts";
import { text } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import { asMailbox, findMailbox, markIn, type ObservedMailbox } from "./mailbox.ts";
import { findAtAddress, findNamesake, nameTaken } from "./mailboxTaken.ts";
import { differences, type Identity, type Named, type Observed } from "./named.ts";
import { writeMailbox } from "./writeMailbox.ts";

/** A sender's mailbox: nobody signs in to it, and nothing but SMTP AUTH opens it. */
export interface SharedMailboxInputs extends Identity, DeclaredSharedMailbox {
  /** Its Name in Exchange when it is made. Exchange may show the id of its account in Entra instead. */
  readonly name: string;
}

interface MailboxFacts {
  /** Exchange's own id. */
  readonly guid: string;
  /** Object id of its account in Entra. */
  readonly externalDirectoryObjectId: string;
}

type ObservedShared = Observed<SharedMailboxForm, MailboxFacts>;

const KEYS = ["userName", ...MAILBOX_KEYS] as const;

const mailbox: Named<SharedMailboxInputs, SharedMailboxForm, MailboxFacts> = {
  title: ({ address }) => `mailbox ${address}`,
  rules: {
    address: mailboxAddressProblem,
    name: (key: string, value: string) => objectNameProblem(key, value, "a mailbox's"),
    displayName: displayNameProblem,
  },
  roles: NEW_MAILBOX_ROLES,
  needs: { extras: ["purge"] },
  keys: KEYS,
  replaces: ["address"],
  keeps: ["name"],
  passThrough: ["name"],
  mayDiffer: ["userName", ...OPTIONAL_KEYS],
  mark: markIn,
  claim: ({ address }) => `mailbox ${address}`,
  form: wantedSharedMailbox,

  findByName: findByAddress,
  async findBeforeMaking(invoke, wanted, { name = "" }) {
    const there = await findByAddress(invoke, wanted);
    const other = there === undefined ? await findNamesake(invoke, name) : undefined;
    if (other === undefined) return there;
    // Exchange may have begun to show our own one between the two looks.
    const late = await findByAddress(invoke, wanted);
    if (late !== undefined) return late;
    throw new Error(`${sentence(nameTaken(name, other))}; nothing was changed`);
  },
  findById: findShared,
  judge: () => "ours",

  /**
   * New-Mailbox has no parameter for the mark, so the display name holds it until Set-Mailbox has run: what a run
   * that is killed in between leaves behind is known as ours.
   */
  async make(invoke, { address, customAttribute15 }, { name = "" }) {
    const marked = newSharedMailboxParameters(name, { address, displayName: customAttribute15 });
    const { value } = await invoke("New-Mailbox", marked);
    const [object] = value;
    return object === undefined || text(object.Guid) === ""
      ? undefined
      : observe(asMailbox(object, {}));
  },

  set: (invoke, object, wanted) =>
    writeMailbox(invoke, object, differences(KEYS, object.form, wanted), wanted),

  async remove(invoke, { id }) {
    await invoke("Remove-Mailbox", { Identity: id, Confirm: false });
  },
};

/**
 * The kind `SharedMailbox`.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-mailbox
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-casmailbox
 */
export const sharedMailbox = (tenants: Tenants) => lifecycle(tenants, mailbox);

/**
 * The sender's own mailbox, or that of a sender of the stack that is gone: the survey has refused the address of any
 * other. Throws for anybody else's at its address.
 */
async function findByAddress(
  invoke: Invoke,
  { address, customAttribute15 }: MailboxForm,
): Promise<ObservedShared | undefined> {
  const owner = ownerOf(customAttribute15) ?? "";
  const there = await findAtAddress(invoke, { address, owner }, /^SharedMailbox$/);
  if (there === undefined) return undefined;
  if ("form" in there) return observe(there);
  throw new Error(`${sentence(there)}; nothing was changed`);
}

async function findShared(invoke: Invoke, guid: string): Promise<ObservedShared | undefined> {
  const seen = await findMailbox(invoke, guid, "Guid");
  return seen && observe(seen);
}

function observe({
  guid,
  externalDirectoryObjectId,
  form,
  object,
}: ObservedMailbox): ObservedShared {
  const userName = canonicalMailbox(text(object.UserPrincipalName));
  return {
    id: guid,
    form: { userName: userName || form.address, ...form },
    facts: { guid, externalDirectoryObjectId },
  };
}
