import { chooseMailbox, signsIn } from "../senders/choose.ts";
import type { Sender } from "../senders/sender.ts";

/** The resource that lets a sender's mail in. */
export function entryOf(sender: Sender): string {
  if (!signsIn(sender)) return `relay-${sender.name}-connector`;
  return sender.adoptMailbox
    ? `relay-${chooseMailbox(sender).address}-mailbox`
    : `relay-${sender.name}-mailbox`;
}
