import type { Sourced } from "../reply.ts";
import type { Mailbox } from "../world/recipients.ts";
import { type SmtpReply, smtpReply } from "./reply.ts";

const HOUR = 60 * 60_000;

/**
 * Messages that a mailbox takes in an hour, and of them from one sender ("Exchange Online limits", Learn: 33 %). What is in
 * the mailbox counts, wherever it came from (assumed: also what was moved there).
 */
const FROM_ALL = 3600;
const FROM_ONE = 0.33 * FROM_ALL;

/**
 * Why a mailbox takes no message of a server for now; undefined where it does. What mailboxes of the same tenant send is let
 * through above the limits (MC239262, MC272450).
 *
 * @param sender envelope sender
 */
export function refuseFlood(
  { messages }: Mailbox,
  sender: string,
  now: Date,
): Sourced<SmtpReply> | undefined {
  const recent = messages.filter(({ at }) => Date.parse(at) > now.getTime() - HOUR);
  if (recent.length >= FROM_ALL) return smtpReply("queue.too-many-for-mailbox");
  const own = recent.filter(({ envelope }) => isSame(envelope.from, sender));
  return own.length >= FROM_ONE ? smtpReply("queue.too-many-of-sender") : undefined;
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
