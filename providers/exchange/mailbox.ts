import {
  CLIENTS,
  FIXED,
  type MailboxForm,
  SETTINGS,
  SMTP_AUTH,
  SWITCHES,
  type Switch,
} from "../../mail/exchange/mailbox.ts";
import { ownerOf } from "../../mail/ownership.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { type ExchangeObject, findOne, PartlyShown, text } from "./find.ts";

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
