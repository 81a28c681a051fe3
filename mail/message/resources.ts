import { chooseMailbox, signsIn, usesDirectSend, usesHighVolume } from "../senders/choose.ts";
import { domainOf } from "../senders/mailbox.ts";
import type { Sender } from "../senders/sender.ts";

/** The resource that lets a sender's mail in; of direct send, the record that its mail passes by. */
export function entryOf(sender: Sender): string {
  if (usesDirectSend(sender)) return `relay-${domainOf(sender.from[0] ?? "")}-spf`;
  if (!signsIn(sender)) return `relay-${sender.name}-connector`;
  if (usesHighVolume(sender)) return `relay-${sender.name}-account`;
  return sender.adoptMailbox
    ? `relay-${chooseMailbox(sender).address}-mailbox`
    : `relay-${sender.name}-mailbox`;
}
