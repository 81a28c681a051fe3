import type { Context } from "../../context.ts";
import { maySendAs } from "../../exchange/submissionRights.ts";
import type { Sourced } from "../../reply.ts";
import { licensesOf } from "../../world/directory.ts";
import { QUOTAS, sizeOf } from "../../world/mailboxSize.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { authorsOf, type Message } from "../message.ts";
import { type SmtpReply, smtpReply } from "../reply.ts";
import type { Arrival } from "../trace.ts";
import { serversOf } from "./fields.ts";
import { countError, isTooFast, throttledFor } from "./limits.ts";
import type { SignedIn } from "./signIn.ts";

/** A message that a mailbox hands in. */
export interface Submitted {
  mailbox: Mailbox;
  message: Message;
  /** Envelope sender. */
  sender: string;
  recipients: string[];
  arrival: Omit<Arrival, "networkMessageId">;
  /** How long it was as received. */
  bytes: number;
}

/**
 * Why a whole message is refused after DATA: the mailbox is throttled, sends too fast, has no licence where one is
 * needed, or may not send as its envelope sender or as one of its authors. The last two are counted.
 */
export function refuseMessage(
  { mailbox, message, sender, arrival }: Submitted,
  identity: SignedIn,
  context: Context,
): Sourced<SmtpReply> | undefined {
  const { world } = context;
  const { submission, tenant } = world;
  const { at } = arrival;
  const { store } = serversOf(tenant);
  const kind = throttledFor(submission, mailbox.address, at);
  if (kind) return smtpReply("submission.throttled", { error: kind, kind });
  if (isTooFast(submission, mailbox.address, at)) return smtpReply("submission.too-fast");
  if (sizeOf(mailbox) >= QUOTAS.send) {
    return smtpReply("submission.mailbox-full", { host: store.name });
  }
  if (!mayGoUnlicensed(world, mailbox)) {
    countError(submission, mailbox.address, "invalid license", at);
    context.changed();
    return smtpReply("submission.invalid-license", { user: mailbox.address, host: store.name });
  }
  const denied = findDenied([sender, ...authorsOf(message)], mailbox, identity, world, at);
  if (denied === undefined) return undefined;
  countError(submission, mailbox.address, "send as denied", at);
  context.changed();
  return smtpReply("submission.send-as-denied", {
    user: mailbox.address,
    sender: denied,
    host: store.name,
  });
}

function mayGoUnlicensed({ settings, directory }: World, mailbox: Mailbox): boolean {
  if (settings.unlicensedSubmission === "allowed") return true;
  const account = directory.users.find(({ id }) => id === mailbox.externalDirectoryObjectId);
  return account !== undefined && licensesOf(account).length > 0;
}

/** The first of the senders that the session may not send as; undefined when there is none. */
function findDenied(
  senders: string[],
  mailbox: Mailbox,
  { servicePrincipal }: SignedIn,
  world: World,
  at: Date,
): string | undefined {
  return senders.find((sender) => !maySendAs(world, mailbox, sender, at, servicePrincipal));
}

/** A text in which each of the mailbox's aliases is its primary address, as SendFromAliasEnabled is off. */
export function withoutAliases(text: string, { address, emailAddresses }: Mailbox): string {
  const aliases = emailAddresses
    .map((proxy) => proxy.slice("smtp:".length).toLowerCase())
    .filter((alias) => alias !== address);
  return aliases.reduce(
    (changed, alias) =>
      changed.replaceAll(new RegExp(`(?<![^\\s<,:])${quote(alias)}(?![\\w.-])`, "gi"), address),
    text,
  );
}

function quote(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
