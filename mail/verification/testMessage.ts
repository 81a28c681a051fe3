import { signsIn } from "../senders/choose.ts";
import { domainOf } from "../senders/mailbox.ts";
import type { Sender } from "../senders/sender.ts";

/** A message that says what it is to whoever finds it. */
export interface Letter {
  readonly stack: string;
  readonly sender: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly id: string;
  readonly at: Date;
}

/** A Message-ID of the sender's own domain. */
export const messageIdFor = (from: string, unique: string): string =>
  `<verify.${unique}@${domainOf(from)}>`;

/**
 * What else a sender sends from, of which a message from one address says nothing: for a sender that signs in each further
 * address, as its mailbox has a right to each; for one that relays what is in another domain, as Exchange compares domains.
 */
export const untriedOf = (sender: Sender, from: string): string[] =>
  sender.from.filter((one) => (signsIn(sender) ? one !== from : domainOf(one) !== domainOf(from)));

/** The header fields and the body, a line each. ASCII alone, so that it goes through every server as it is. */
export function letterLines({ stack, sender, from, to, id, at }: Letter): string[] {
  return [
    `From: ${from}`,
    `To: ${to.join(", ")}`,
    `Subject: Test of the mail relay: ${sender}`,
    `Message-ID: ${id}`,
    `Date: ${at.toUTCString().replace("GMT", "+0000")}`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=us-ascii",
    "Auto-Submitted: auto-generated",
    "",
    `This message tests how mail of "${sender}" arrives (m365-smtp-relay, stack "${stack}").`,
    "It was sent with npm run verify. You need not do anything with it.",
  ];
}
