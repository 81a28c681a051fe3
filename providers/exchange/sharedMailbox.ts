import { type Problem, sentence } from "../../mail/problem.ts";
import {
  canonicalMailbox,
  displayNameProblem,
  mailboxAddressProblem,
} from "../../mail/senders/mailbox.ts";
import { objectNameProblem } from "../../mail/senders/objectName.ts";
import { ownerOf, ownershipMark } from "../../mail/senders/ownership.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isNotFound } from "../../tenant/exchangeError.ts";
import { type ExchangeObject, findOne, text } from "./named/findOne.ts";
import type { Identity } from "./named/identity.ts";
import { differences, type Named, type Outputs, type Seen } from "./named/named.ts";
import { namedKind } from "./named/namedKind.ts";
import {
  clientAccessOf,
  fromExchange,
  MAILBOX_KEYS,
  type MailboxForm,
  markIn,
  settingsOf,
  wantedForm,
} from "./sharedMailbox/form.ts";
import type { Tenants } from "./tenants.ts";

/** A sender's mailbox: nobody signs in to it, and nothing but SMTP AUTH opens it. */
export interface SharedMailboxInputs extends Identity {
  readonly address: string;
  /** Its Name in Exchange. */
  readonly name: string;
  readonly displayName: string;
  /** @default "Default MRM Policy"; where the tenant has none of that name, it is left as it is */
  readonly retentionPolicy?: string;
}

interface MailboxFacts {
  /** Exchange's own id. */
  readonly guid: string;
  /** Object id of its account in Entra. */
  readonly externalDirectoryObjectId: string;
}

export type SharedMailboxOutputs = Outputs<MailboxForm, MailboxFacts>;

const DEFAULT_RETENTION = "Default MRM Policy";

const mailbox: Named<SharedMailboxInputs, MailboxForm, MailboxFacts> = {
  title: ({ address }) => `mailbox ${address}`,
  rules: {
    address: mailboxAddressProblem,
    name: (key: string, value: string) => objectNameProblem(key, value, "a mailbox's"),
    displayName: displayNameProblem,
  },
  roles: ["Mail Recipient Creation", "Mail Recipients"],
  keys: MAILBOX_KEYS,
  replaces: ["address", "name"],
  mark: markIn,
  form: ({ address, name, displayName, retentionPolicy, owner }) =>
    wantedForm({
      address: canonicalMailbox(address),
      name: name.trim(),
      displayName: displayName.trim(),
      customAttribute15: ownershipMark(owner, false),
      retentionPolicy: retentionPolicy ?? DEFAULT_RETENTION,
    }),

  async look(invoke, wanted) {
    const there = await standing(invoke, wanted);
    if (there === undefined || "form" in there) return there;
    throw new Error(`${sentence(there)}; nothing was changed`);
  },
  find: findMailbox,
  judge: () => "ours",

  /**
   * New-Mailbox has no parameter for the mark, so the display name bears it until Set-Mailbox has run: what a run
   * that is killed in between leaves behind is known as ours.
   */
  async make(invoke, { address, name, customAttribute15 }) {
    await invoke("New-Mailbox", {
      Shared: true,
      Name: name,
      Alias: name.replaceAll(/[^A-Za-z0-9_-]+/g, "-"),
      DisplayName: customAttribute15,
      PrimarySmtpAddress: address,
    });
  },

  async set(invoke, { id, form }, wanted) {
    const differs = differences(MAILBOX_KEYS, form, wanted);
    const common = { Identity: id, Confirm: false };
    const settings = settingsOf(differs, wanted);
    const access = clientAccessOf(differs, wanted);
    if (Object.keys(settings).length > 0) await invoke("Set-Mailbox", { ...common, ...settings });
    if (Object.keys(access).length > 0) await invoke("Set-CASMailbox", { ...common, ...access });
    if (!differs.includes("retentionPolicy")) return [];
    const RetentionPolicy = wanted.retentionPolicy;
    try {
      await invoke("Set-Mailbox", { ...common, RetentionPolicy });
      return [];
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const title = `mailbox ${wanted.address}`;
      console.log(`the tenant has no retention policy "${RetentionPolicy}" for ${title}`);
      return ["retentionPolicy"];
    }
  },

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
export const sharedMailbox = (tenants: Tenants) => namedKind(tenants, mailbox);

async function findMailbox(
  invoke: Invoke,
  guid: string,
): Promise<Seen<MailboxForm, MailboxFacts> | undefined> {
  const object = await findOne(invoke, "Get-Mailbox", guid, ["Guid"]);
  const access = object && (await findOne(invoke, "Get-CASMailbox", guid, ["Guid"]));
  if (object === undefined || access === undefined) return undefined;
  const externalDirectoryObjectId = text(object.ExternalDirectoryObjectId);
  const facts = { guid, externalDirectoryObjectId };
  return { id: guid, form: fromExchange(object, access), facts };
}

/** What a mailbox's place has to be free of, or hold an earlier run's. */
type Place = Pick<MailboxForm, "address" | "name" | "customAttribute15">;

/** Says who has a mailbox's address or name, if it is not ours already. */
export async function mailboxTaken(
  invoke: Invoke,
  { address, name, owner }: Pick<SharedMailboxInputs, "address" | "name" | "owner">,
): Promise<Problem | undefined> {
  const place = { address, name, customAttribute15: ownershipMark(owner, false) };
  const there = await standing(invoke, place);
  return there === undefined || "form" in there ? undefined : there;
}

/** What stands where a mailbox shall be: nothing, ours, or somebody else's as a problem. */
async function standing(
  invoke: Invoke,
  wanted: Place,
): Promise<Seen<MailboxForm, MailboxFacts> | Problem | undefined> {
  const has = ["PrimarySmtpAddress", "EmailAddresses"];
  const recipient = await findOne(invoke, "Get-Recipient", wanted.address, has);
  if (recipient === undefined) return namesake(invoke, wanted);
  const isMailbox = /Mailbox$/.test(text(recipient.RecipientTypeDetails));
  const seen = isMailbox ? await findMailbox(invoke, text(recipient.Guid)) : undefined;
  const ours = seen && ownerOf(markIn(seen.form)) === ownerOf(wanted.customAttribute15);
  return ours && seen.form.address === wanted.address ? seen : addressTaken(wanted, recipient);
}

const described = ({
  RecipientTypeDetails: type,
  Name: name,
  PrimarySmtpAddress: primary,
}: ExchangeObject) => `${text(type)} "${text(name)}" (${text(primary)})`;

function addressTaken({ address }: Place, recipient: ExchangeObject): Problem {
  const isAlias = canonicalMailbox(text(recipient.PrimarySmtpAddress)) !== address;
  return {
    key: "address",
    value: address,
    rule: `is ${isAlias ? "an alias" : "the address"} of ${described(recipient)} already`,
    fix: `choose another address, or ${isAlias ? "remove the alias from it" : "remove it"}`,
  };
}

/** Names are unique among recipients as well. */
async function namesake(invoke: Invoke, { name }: Place): Promise<Problem | undefined> {
  const other = await findOne(invoke, "Get-Recipient", name, ["Name", "Alias"]);
  if (other === undefined) return undefined;
  const rule = `is the name of ${described(other)} already`;
  const fix = "rename or remove it, or give the stack or the sender another name";
  return { key: "name", value: name, rule, fix };
}
