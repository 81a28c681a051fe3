import type { User } from "../../world/directory.ts";
import type { Recipient } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { ExchangeObject } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { type Directory, demandLength, recipientName } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import type { Bound, Parameters } from "../parameters.ts";
import { roundTrip } from "../times.ts";

/** What Set-Mailbox and Set-MailUser write of how a recipient is shown. */
export const SHOWN_PROPERTIES = {
  DisplayName: {
    is: "text",
    field: "displayName",
    only: "Set",
    canonical: (given: string | null) => demandLength("DisplayName", given ?? "", 1, 256),
  },
  HiddenFromAddressListsEnabled: {
    is: "flag",
    field: "hiddenFromAddressListsEnabled",
    only: "Set",
  },
} as const;

/** Names of CustomAttribute1 to 15, by number. */
const CUSTOM_ATTRIBUTES = new Map(
  Array.from({ length: 15 }, (_, index) => [String(index + 1), `CustomAttribute${index + 1}`]),
);

export const ATTRIBUTE_PARAMETERS: Parameters = Object.fromEntries(
  [...CUSTOM_ATTRIBUTES.values()].map((name) => [name, { is: "text" } as const]),
);

/** Found by any address, alias, name, GUID, object id or user principal name of the account, or distinguished name. */
export const recipients: Directory<Recipient> = {
  all: (world) => [...world.mailboxes, ...world.hveAccounts],
  nameOf: ({ name }) => name,
  identities: (recipient, world) => [
    ...recipient.emailAddresses.map((proxy) => proxy.replace(/^smtp:/i, "")),
    recipient.alias,
    recipient.name,
    recipient.guid,
    `{${recipient.guid}}`,
    recipient.externalDirectoryObjectId,
    userNameOf(recipient, world),
    recipientName(recipient.name, world),
  ],
  distinguishedName: recipientName,
};

/** Recipients; the lab's are mailboxes and accounts of High Volume Email. */
export const recipientCmdlets = defineNoun<Recipient>({
  name: "Recipient",
  identity: "RecipientIdParameter",
  directory: recipients,
  present: (recipient, { world }) => presentRecipient(recipient, world),
  get: {},
});

/** The account of a recipient. */
export function accountOf(recipient: Recipient, { directory }: World): User | undefined {
  return directory.users.find(({ id }) => id === recipient.externalDirectoryObjectId);
}

/** The user principal name of its account. */
export const userNameOf = (recipient: Recipient, world: World): string =>
  accountOf(recipient, world)?.userPrincipalName ?? recipient.address;

/** Whether the account of a recipient is off: the directory knows. */
export function isDisabled(recipient: Recipient, world: World): boolean {
  const account = accountOf(recipient, world);
  return account ? !account.accountEnabled : recipient.accountDisabled;
}

/** What every recipient cmdlet shows to name a recipient. */
export function presentNames(recipient: Recipient, world: World): ExchangeObject {
  const { recipientTypeDetails: type } = recipient;
  return {
    Name: recipient.name,
    Identity: recipient.name,
    Id: recipient.name,
    DisplayName: recipient.displayName,
    RecipientType: type === "MailUser" ? type : "UserMailbox",
    RecipientTypeDetails: type,
    ExternalDirectoryObjectId: recipient.externalDirectoryObjectId,
    DistinguishedName: recipientName(recipient.name, world),
    Guid: recipient.guid,
    WhenCreatedUTC: roundTrip(recipient.whenCreated),
    WhenChangedUTC: roundTrip(recipient.whenChanged),
    IsValid: true,
  };
}

/** A recipient as Get-Recipient shows it (fields of the Get-Recipient page's examples). */
export function presentRecipient(recipient: Recipient, world: World): ExchangeObject {
  const attributes = [...CUSTOM_ATTRIBUTES].map(([number, name]) => [
    name,
    recipient.customAttributes[number] ?? "",
  ]);
  return {
    ...presentNames(recipient, world),
    Alias: recipient.alias,
    WindowsLiveID: userNameOf(recipient, world),
    PrimarySmtpAddress: recipient.address,
    EmailAddresses: recipient.emailAddresses,
    HiddenFromAddressListsEnabled: recipient.hiddenFromAddressListsEnabled,
    ...Object.fromEntries(attributes),
  };
}

/** @throws CmdletError when another recipient has the alias */
export function demandFreeAlias({ alias }: Recipient, world: World): void {
  const holder = recipients
    .all(world)
    .find((one) => one.alias.toLowerCase() === alias.toLowerCase());
  if (!holder) return;
  const proxy = `SMTP:${alias}@${world.tenant.initialDomain}`;
  throw refusal("exchange.proxy-address-taken", { proxy, owner: holder.name });
}

/** The custom attributes with those of a call, of which an empty one goes. */
export function editAttributes(
  before: Record<string, string>,
  bound: Bound,
): Record<string, string> {
  const next = { ...before };
  for (const [number, parameter] of CUSTOM_ATTRIBUTES) {
    if (!bound.has(parameter)) continue;
    const text = demandLength(parameter, bound.text(parameter) ?? "", 0, 1024);
    if (text === "") delete next[number];
    else next[number] = text;
  }
  return next;
}
