import { ownershipMark } from "../ownership.ts";
import { canonicalMailbox } from "../senders/mailbox.ts";

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
export const FIXED = {
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
interface MailboxNames {
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

export type Switch = "accountDisabled" | keyof typeof FIXED;

/** What a shared mailbox has beside them. */
export interface AccountNames {
  /** User principal name of its account. */
  readonly userName?: string;
}

/** Every property of a mailbox that we manage; a switch is null where Exchange leaves it to the organisation. */
export interface MailboxForm
  extends Omit<MailboxNames, Switch>,
    Readonly<Record<Switch, boolean | null>> {}

export const SWITCHES = ["accountDisabled", ...Object.keys(FIXED)] as Switch[];

/** Properties without which a sender can send: a tenant that keeps them otherwise does not stop it. */
export const OPTIONAL_KEYS = [...Object.keys(CLIENTS), ...Object.keys(SETTINGS)] as Switch[];

/** Names of the properties that we manage. */
export const MAILBOX_KEYS: readonly (keyof MailboxForm)[] = [
  ...(["address", "displayName", "customAttribute15", "retentionPolicy"] as const),
  ...SWITCHES,
];

/** The policy that a new tenant has. Where it was removed, a mailbox keeps the policy that it has. */
const DEFAULT_RETENTION = "Default MRM Policy";

/** The wanted form of a mailbox. */
const wantedMailbox = (names: MailboxNames): MailboxForm => ({ ...names, ...FIXED });

/** What a program declares of a shared mailbox. */
export interface DeclaredSharedMailbox {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly address: string;
  readonly displayName: string;
  /** @default "Default MRM Policy"; where the tenant has none of that name, it is left as it is */
  readonly retentionPolicy?: string;
}

/** A shared mailbox, with the user principal name of its account. */
export interface SharedMailboxForm extends MailboxForm {
  readonly userName: string;
}

/** The wanted form of a shared mailbox. */
export const wantedSharedMailbox = (declared: DeclaredSharedMailbox): SharedMailboxForm => ({
  // New-Mailbox makes it of the alias and the default domain; no source says that XOAUTH2 takes another address.
  userName: canonicalMailbox(declared.address),
  ...wantedMailbox({
    address: canonicalMailbox(declared.address),
    displayName: declared.displayName.trim(),
    customAttribute15: ownershipMark(declared.owner, false),
    retentionPolicy: declared.retentionPolicy ?? DEFAULT_RETENTION,
    accountDisabled: true,
  }),
});

/** What a program declares of the mailbox of a user. */
export type DeclaredUserMailbox = Omit<DeclaredSharedMailbox, "retentionPolicy">;

/** The wanted form of the mailbox that comes with a user's licence. */
export const wantedUserMailbox = (declared: DeclaredUserMailbox): MailboxForm =>
  wantedMailbox({
    address: canonicalMailbox(declared.address),
    displayName: declared.displayName.trim(),
    customAttribute15: ownershipMark(declared.owner, false),
    retentionPolicy: DEFAULT_RETENTION,
    accountDisabled: false,
  });

/**
 * Parameters of `New-Mailbox` for a shared mailbox.
 *
 * @param name its Name; the alias is made of it
 */
export const newSharedMailboxParameters = (
  name: string,
  { address, displayName }: Pick<MailboxForm, "address" | "displayName">,
) => ({
  Shared: true,
  Name: name,
  Alias: name.replaceAll(/[^A-Za-z0-9_-]+/g, "-"),
  DisplayName: displayName,
  PrimarySmtpAddress: address,
});

/** A form as parameters of the cmdlet that writes the named properties. */
export const parametersByName = (
  names: Readonly<Record<string, string>>,
  form: object,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(names).map(([key, name]) => [name, (form as Record<string, unknown>)[key]]),
  );
