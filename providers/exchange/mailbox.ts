import { ownerOf } from "../../mail/ownership.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { type ExchangeObject, findOne, PartlyShown, text } from "./find.ts";

/** Properties that make a mailbox ours, by Exchange's names: Set-Mailbox writes them. */
export const NAMES = {
  displayName: "DisplayName",
  customAttribute15: "CustomAttribute15",
} as const;

/** The switch that lets a sender submit mail. Set-CASMailbox writes it. */
export const SMTP_AUTH = {
  smtpClientAuthenticationDisabled: "SmtpClientAuthenticationDisabled",
} as const;

/**
 * The clients that Set-CASMailbox closes, by Exchange's names: every switch that its page has for Exchange Online and
 * that is on in a new mailbox. The Exchange admin centre has no switch in the cloud.
 */
export const CLIENTS = {
  activeSyncEnabled: "ActiveSyncEnabled",
  ewsEnabled: "EwsEnabled",
  imapEnabled: "ImapEnabled",
  macOutlookEnabled: "MacOutlookEnabled",
  mapiEnabled: "MAPIEnabled",
  oneWinNativeOutlookEnabled: "OneWinNativeOutlookEnabled",
  outlookMobileEnabled: "OutlookMobileEnabled",
  owaEnabled: "OWAEnabled",
  owaForDevicesEnabled: "OWAforDevicesEnabled",
  popEnabled: "PopEnabled",
  universalOutlookEnabled: "UniversalOutlookEnabled",
} as const;

/** What Set-Mailbox writes of a shared mailbox beside them, by Exchange's names: a user's belongs to the user. */
export const ACCOUNT = { userName: "MicrosoftOnlineServicesID" } as const;

/** Further settings that Set-Mailbox writes, by Exchange's names. */
export const SETTINGS = {
  accountDisabled: "AccountDisabled",
  hiddenFromAddressListsEnabled: "HiddenFromAddressListsEnabled",
  messageCopyForSMTPClientSubmissionEnabled: "MessageCopyForSMTPClientSubmissionEnabled",
} as const;

/** What is the same for every sender's mailbox: SMTP AUTH opens it, and nothing else. */
const FIXED = {
  smtpClientAuthenticationDisabled: false,
  hiddenFromAddressListsEnabled: true,
  messageCopyForSMTPClientSubmissionEnabled: false,
  activeSyncEnabled: false,
  ewsEnabled: false,
  imapEnabled: false,
  macOutlookEnabled: false,
  mapiEnabled: false,
  oneWinNativeOutlookEnabled: false,
  outlookMobileEnabled: false,
  owaEnabled: false,
  owaForDevicesEnabled: false,
  popEnabled: false,
  universalOutlookEnabled: false,
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

/** What a shared mailbox has beside them. */
export interface AccountNames {
  /** User principal name of its account. */
  readonly userName?: string;
}

/** Every property of a mailbox that we manage; a switch is null where Exchange leaves it to the organisation. */
export interface MailboxForm
  extends Omit<MailboxNames, Switch>,
    Readonly<Record<Switch, boolean | null>> {}

const SWITCHES = ["accountDisabled", ...Object.keys(FIXED)] as Switch[];

/** Properties without which a sender can send: a tenant that keeps them otherwise does not stop it. */
export const OPTIONAL_KEYS = [...Object.keys(CLIENTS), ...Object.keys(SETTINGS)] as Switch[];

/** Names of the properties that we manage. */
export const MAILBOX_KEYS: readonly (keyof MailboxForm)[] = [
  ...(["address", "displayName", "customAttribute15", "retentionPolicy"] as const),
  ...SWITCHES,
];

/** The policy that a new tenant has. Where it was removed, a mailbox keeps the policy that it has. */
export const DEFAULT_RETENTION = "Default MRM Policy";

/** The wanted form of a mailbox. */
export const wantedForm = (names: MailboxNames): MailboxForm => ({ ...names, ...FIXED });

/**
 * A mailbox as Get-Mailbox and Get-CASMailbox give it. A switch that they do not show does not exist in the tenant: it
 * counts as it should be.
 */
function fromExchange(mailbox: ExchangeObject, access: ExchangeObject): MailboxForm {
  const both: ExchangeObject = { ...mailbox, ...access };
  const isShared = mailbox.RecipientTypeDetails === "SharedMailbox";
  const asWanted: Readonly<Record<Switch, boolean>> = { ...FIXED, accountDisabled: isShared };
  const names: Readonly<Record<Switch, string>> = { ...SMTP_AUTH, ...CLIENTS, ...SETTINGS };
  const shown = (key: Switch) => (names[key] in both ? both[names[key]] : asWanted[key]);
  const switches = SWITCHES.map((key) => [key, shown(key) ?? null]);
  return {
    address: canonicalMailbox(text(mailbox.PrimarySmtpAddress)),
    displayName: text(mailbox.DisplayName),
    customAttribute15: text(mailbox.CustomAttribute15),
    retentionPolicy: text(mailbox.RetentionPolicy),
    ...(Object.fromEntries(switches) as Record<Switch, boolean | null>),
  };
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
 * @throws PartlyShown when one of the two cmdlets returns it alone
 */
export async function findMailbox(
  invoke: Invoke,
  id: string,
  by: "Guid" | "ExternalDirectoryObjectId",
): Promise<ObservedMailbox | undefined> {
  const object = await findOne(invoke, "Get-Mailbox", id, [by]);
  const guid = by === "Guid" ? id : text(object?.Guid);
  if (guid === "") return undefined;
  const access = await findOne(invoke, "Get-CASMailbox", guid, ["Guid"]);
  if (object !== undefined && access !== undefined) return asMailbox(object, access);
  if (object === undefined && access === undefined) return undefined;
  const name = `mailbox ${text((object ?? access)?.PrimarySmtpAddress) || id}`;
  throw object === undefined
    ? new PartlyShown(name, "Get-CASMailbox", "Get-Mailbox")
    : new PartlyShown(name, "Get-Mailbox", "Get-CASMailbox");
}

/** A mailbox as Get-Mailbox (or New-Mailbox) and Get-CASMailbox give it. */
export const asMailbox = (object: ExchangeObject, access: ExchangeObject): ObservedMailbox => ({
  guid: text(object.Guid),
  externalDirectoryObjectId: text(object.ExternalDirectoryObjectId),
  form: fromExchange(object, access),
  object,
});
