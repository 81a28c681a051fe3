import { canonicalFrom } from "./fromAddress.ts";
import type { Sender } from "./sender.ts";

/** A shared mailbox that a sender submits mail as. */
export interface MailboxChoice {
  readonly sender: string;
  /** Its primary address, lower case. */
  readonly address: string;
  /** Further addresses that it sends as, each once. */
  readonly sendAs: readonly string[];
  /** Recipients a day after which Exchange stops it; undefined for the service's own limit. */
  readonly recipientsPerDay?: number;
}

/**
 * Recipients that Exchange Online lets a mailbox send to in 24 hours.
 *
 * @see https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits
 */
export const RECIPIENTS_PER_DAY = 10_000;

/** How much more than its need a sender may send, so that a busy day passes and a stolen credential is soon stopped. */
const HEADROOM = 2;

/** The mailbox of a sender that signs in. */
export function chooseMailbox({ name, from, recipientsPerDay: need }: Sender): MailboxChoice {
  const [address = "", ...others] = from.map(canonicalFrom);
  return {
    sender: name,
    address,
    sendAs: [...new Set(others)].filter((other) => other !== address),
    ...(need === undefined
      ? {}
      : { recipientsPerDay: Math.min(HEADROOM * need, RECIPIENTS_PER_DAY) }),
  };
}
