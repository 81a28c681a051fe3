import type { SmtpAuthSwitch } from "../../mail/senders/adoptedMailbox.ts";
import { type Before, stopIn, withoutStop, withStop } from "../../mail/stop/mark.ts";
import { findMailUser, findOne, text } from "../../providers/exchange/find.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { GraphClient } from "../../tenant/graphClient.ts";
import {
  type Account,
  type ConnectorPart,
  type HveAccountPart,
  type MailboxPart,
  PERMISSIONS,
} from "./parts.ts";

// What is read and written of a sender's parts.

/** A connector, with what is noted on it. */
export async function readConnector(invoke: Invoke, { guid, name }: ConnectorPart) {
  const object = await findOne(invoke, "Get-InboundConnector", guid, ["Guid"]);
  if (object === undefined) throw new Error(`connector "${name}" is not there any more`);
  return { comment: text(object.Comment), enabled: object.Enabled === true };
}

/**
 * Disables a connector, or enables it, in one write with the note of it.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-inboundconnector
 */
export async function setConnector(
  invoke: Invoke,
  { guid }: ConnectorPart,
  { comment, enabled }: { readonly comment: string; readonly enabled: boolean },
): Promise<void> {
  const parameters = { Identity: guid, Enabled: enabled, Comment: comment, Confirm: false };
  await invoke("Set-InboundConnector", parameters);
}

/** What bears the note of a stop in its CustomAttribute15. */
export type Noted = MailboxPart | HveAccountPart;

/** What sentences call it. */
export const titleOf = ({ kind, address }: Noted): string =>
  `${kind === "mailbox" ? "mailbox" : "HVE account"} ${address}`;

/** The text that holds the ownership mark and the note of a stop. */
export async function readNote(invoke: Invoke, part: Noted): Promise<string> {
  const { find } = NOUNS[part.kind];
  const object = await find(invoke, part.guid, ["Guid"]);
  if (object === undefined) throw new Error(`${titleOf(part)} is not there any more`);
  return text(object.CustomAttribute15);
}

/** @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailuser (HVEAccount, CustomAttribute15) */
const NOUNS = {
  mailbox: {
    ...{ set: "Set-Mailbox", more: {} },
    find: (invoke: Invoke, guid: string, names: readonly string[]) =>
      findOne(invoke, "Get-Mailbox", guid, names),
  },
  hveAccount: { set: "Set-MailUser", more: { HVEAccount: true }, find: findMailUser },
} as const;

/** Notes that something is stopped, with what its parts were before; what is noted already stays. */
export async function noteStop(
  invoke: Invoke,
  part: Noted,
  { at, before }: { at: string; before: Before },
): Promise<void> {
  const noted = await readNote(invoke, part);
  const stop = stopIn(noted);
  const merged = { at: stop?.at ?? at, before: { ...before, ...stop?.before } };
  const text = withStop(withoutStop(noted), merged);
  if (text !== noted) await writeNote(invoke, part, text);
}

/** Takes away the note that something is stopped. */
export async function takeNoteAway(invoke: Invoke, part: Noted): Promise<void> {
  await writeNote(invoke, part, withoutStop(await readNote(invoke, part)));
}

async function writeNote(invoke: Invoke, { kind, guid }: Noted, note: string): Promise<void> {
  const { set, more } = NOUNS[kind];
  const CustomAttribute15 = note === "" ? null : note;
  const parameters = { Identity: guid, ...more, CustomAttribute15, Confirm: false };
  await invoke(set, parameters);
}

export async function readSmtpAuth(invoke: Invoke, part: MailboxPart): Promise<SmtpAuthSwitch> {
  const access = await findOne(invoke, "Get-CASMailbox", part.guid, ["Guid"]);
  if (access === undefined) throw new Error(`mailbox ${part.address} is not there any more`);
  const { SmtpClientAuthenticationDisabled: disabled } = access;
  return typeof disabled === "boolean" ? disabled : null;
}

export async function setSmtpAuth(
  invoke: Invoke,
  { guid }: MailboxPart,
  SmtpClientAuthenticationDisabled: SmtpAuthSwitch,
): Promise<void> {
  const parameters = { Identity: guid, SmtpClientAuthenticationDisabled, Confirm: false };
  await invoke("Set-CASMailbox", parameters);
}

const pathOf = ({ kind, id }: Account): string =>
  kind === "app" ? `/servicePrincipals/${id}` : `/users/${id}`;

/** Whether an app or a user may sign in to Entra. */
export async function readSignIn(graph: GraphClient, account: Account): Promise<boolean> {
  const path = `${pathOf(account)}?$select=id,accountEnabled`;
  const answer = await graph.ask<{ readonly accountEnabled: boolean | null }>(
    "GET",
    path,
    PERMISSIONS[account.kind],
  );
  if (answer === "not there") throw new Error(`${account.title} is not in Entra any more`);
  return answer.accountEnabled !== false;
}

/**
 * @see https://learn.microsoft.com/graph/api/serviceprincipal-update (accountEnabled)
 * @see https://learn.microsoft.com/graph/api/user-update (accountEnabled)
 */
export async function setSignIn(
  graph: GraphClient,
  account: Account,
  accountEnabled: boolean,
): Promise<void> {
  const permission = PERMISSIONS[account.kind];
  await graph.ask("PATCH", pathOf(account), permission, { accountEnabled });
}
