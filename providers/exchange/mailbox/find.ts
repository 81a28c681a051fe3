import type { Invoke } from "../../../tenant/exchange.ts";
import { type ExchangeObject, findOne, text } from "../find.ts";
import { fromExchange, type MailboxForm } from "./form.ts";

/** A mailbox as Exchange shows it. */
export interface SeenMailbox {
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
): Promise<SeenMailbox | undefined> {
  const object = await findOne(invoke, "Get-Mailbox", id, [by]);
  if (object === undefined) return undefined;
  const guid = text(object.Guid);
  const access = await findOne(invoke, "Get-CASMailbox", guid, ["Guid"]);
  if (access === undefined) return undefined;
  const externalDirectoryObjectId = text(object.ExternalDirectoryObjectId);
  return { guid, externalDirectoryObjectId, form: fromExchange(object, access), object };
}
