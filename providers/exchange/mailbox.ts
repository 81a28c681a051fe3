import { ownerOf } from "../../mail/ownership.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isNotFound } from "../../tenant/exchangeError.ts";
import { type ExchangeObject, findOne, text } from "./find.ts";

/** Properties that Set-Mailbox writes, by Exchange's names. */
const SETTINGS = {
  displayName: "DisplayName",
  customAttribute15: "CustomAttribute15",
  accountDisabled: "AccountDisabled",
  hiddenFromAddressListsEnabled: "HiddenFromAddressListsEnabled",
  messageCopyForSMTPClientSubmissionEnabled: "MessageCopyForSMTPClientSubmissionEnabled",
} as const;

/** Properties that Set-CASMailbox writes, by Exchange's names. */
const CLIENT_ACCESS = {
  activeSyncEnabled: "ActiveSyncEnabled",
  ecpEnabled: "ECPEnabled",
  ewsEnabled: "EwsEnabled",
  imapEnabled: "ImapEnabled",
  mapiEnabled: "MAPIEnabled",
  owaEnabled: "OWAEnabled",
  popEnabled: "PopEnabled",
  smtpClientAuthenticationDisabled: "SmtpClientAuthenticationDisabled",
} as const;

/** What is the same for every sender's mailbox: SMTP AUTH opens it, and nothing else. */
const FIXED = {
  hiddenFromAddressListsEnabled: true,
  messageCopyForSMTPClientSubmissionEnabled: false,
  activeSyncEnabled: false,
  ecpEnabled: false,
  ewsEnabled: false,
  imapEnabled: false,
  mapiEnabled: false,
  owaEnabled: false,
  popEnabled: false,
  smtpClientAuthenticationDisabled: false,
} as const;

/** What differs from mailbox to mailbox. */
export interface MailboxNames {
  /** Its primary address, lower case. */
  readonly address: string;
  readonly displayName: string;
  /** Holds the ownership mark. */
  readonly customAttribute15: string;
  /** Empty for none. */
  readonly retentionPolicy: string;
  /** Whether nobody can sign in to its account. */
  readonly accountDisabled: boolean;
}

type Switch = "accountDisabled" | keyof typeof FIXED;

/** Every property of a mailbox that we manage; a switch is null where Exchange leaves it to the organisation. */
export interface MailboxForm
  extends Omit<MailboxNames, Switch>,
    Readonly<Record<Switch, boolean | null>> {}

const SWITCHES = ["accountDisabled", ...Object.keys(FIXED)] as Switch[];

/** Names of the properties that we manage. */
export const MAILBOX_KEYS: readonly (keyof MailboxForm)[] = [
  ...(["address", "displayName", "customAttribute15", "retentionPolicy"] as const),
  ...SWITCHES,
];

/** The policy that a new tenant has. Where it was removed, a mailbox keeps the policy that it has. */
export const DEFAULT_RETENTION = "Default MRM Policy";

/** The wanted form of a mailbox. */
export const wantedForm = (names: MailboxNames): MailboxForm => ({ ...names, ...FIXED });

/** A mailbox as Get-Mailbox and Get-CASMailbox give it. */
function fromExchange(mailbox: ExchangeObject, access: ExchangeObject): MailboxForm {
  const both: ExchangeObject = { ...mailbox, ...access };
  const names: Readonly<Record<Switch, string>> = { ...SETTINGS, ...CLIENT_ACCESS };
  const switches = SWITCHES.map((key) => [key, both[names[key]] ?? null]);
  return {
    address: canonicalMailbox(text(mailbox.PrimarySmtpAddress)),
    displayName: text(mailbox.DisplayName),
    customAttribute15: text(mailbox.CustomAttribute15),
    retentionPolicy: text(mailbox.RetentionPolicy),
    ...(Object.fromEntries(switches) as Record<Switch, boolean | null>),
  };
}

/** Parameters for the properties that differ, by Exchange's `names`. */
function parametersOf(
  names: Readonly<Partial<Record<keyof MailboxForm, string>>>,
  differs: readonly string[],
  form: MailboxForm,
): Record<string, unknown> {
  const entries = Object.entries(names).filter(([key]) => differs.includes(key));
  return Object.fromEntries(entries.map(([key, name]) => [name, form[key as keyof MailboxForm]]));
}

/** Where a mailbox is marked: in its display name until the first Set-Mailbox has written the attribute. */
export const markIn = ({
  customAttribute15,
  displayName,
}: Pick<MailboxForm, "customAttribute15" | "displayName">): string =>
  ownerOf(customAttribute15) === undefined ? displayName : customAttribute15;

/** A mailbox as Exchange shows it. */
export interface ObservedMailbox {
  /** Exchange's own id. */
  readonly guid: string;
  /** Object id of its account in Entra. */
  readonly externalDirectoryObjectId: string;
  readonly form: MailboxForm;
  /** What Get-Mailbox gave. */
  readonly object: ExchangeObject;
}

/**
 * The mailbox of this id.
 *
 * @param by which id it is
 */
export async function findMailbox(
  invoke: Invoke,
  id: string,
  by: "Guid" | "ExternalDirectoryObjectId",
): Promise<ObservedMailbox | undefined> {
  const object = await findOne(invoke, "Get-Mailbox", id, [by]);
  if (object === undefined) return undefined;
  const guid = text(object.Guid);
  const access = await findOne(invoke, "Get-CASMailbox", guid, ["Guid"]);
  if (access === undefined) return undefined;
  const externalDirectoryObjectId = text(object.ExternalDirectoryObjectId);
  return { guid, externalDirectoryObjectId, form: fromExchange(object, access), object };
}

/**
 * Writes properties of a mailbox.
 *
 * @param differs names of those to write
 * @returns those that this tenant does not support, which stay as they are
 */
export async function writeMailbox(
  invoke: Invoke,
  guid: string,
  differs: readonly string[],
  wanted: MailboxForm,
): Promise<"retentionPolicy"[]> {
  const common = { Identity: guid, Confirm: false };
  const settings = parametersOf(SETTINGS, differs, wanted);
  const access = parametersOf(CLIENT_ACCESS, differs, wanted);
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
    console.log(
      `the tenant has no retention policy "${RetentionPolicy}"; ${title} keeps the policy that it has`,
    );
    return ["retentionPolicy"];
  }
}
