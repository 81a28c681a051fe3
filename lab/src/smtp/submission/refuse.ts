import type { Context } from "../../context.ts";
import type { Sourced } from "../../reply.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { SmtpReply } from "../reply.ts";
import type { Submitted } from "./accept.ts";
import { serversOf } from "./fields.ts";
import { countError, isTooFast, throttledFor } from "./limits.ts";
import * as replies from "./replies.ts";
import { authorsOf, findDenied } from "./senders.ts";
import type { SignedIn } from "./signIn.ts";

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
  if (kind) return replies.throttled(kind);
  if (isTooFast(submission, mailbox.address, at)) return replies.tooFast();
  if (!mayGoUnlicensed(world, mailbox)) {
    countError(submission, mailbox.address, "invalid license", at);
    context.changed();
    return replies.invalidLicense(mailbox.address, store.name);
  }
  const denied = findDenied([sender, ...authorsOf(message)], mailbox, identity, world, at);
  if (denied === undefined) return undefined;
  countError(submission, mailbox.address, "send as denied", at);
  context.changed();
  return replies.sendAsDenied(mailbox.address, denied, store.name);
}

function mayGoUnlicensed({ settings, directory }: World, mailbox: Mailbox): boolean {
  if (settings.unlicensedSubmission === "allowed") return true;
  const account = directory.users.find(({ id }) => id === mailbox.externalDirectoryObjectId);
  return (account?.licenses.length ?? 0) > 0;
}
