import { canonicalFrom } from "./fromAddress.ts";
import { RECIPIENTS_PER_DAY } from "./mailbox.ts";
import type { Sender } from "./sender.ts";

/** The mailbox that a sender submits mail as. */
export interface MailboxChoice {
  /** Its primary address, lower case. */
  readonly address: string;
  /** Further addresses that it sends as, each once. */
  readonly sendAs: readonly string[];
  /** Recipients a day after which Exchange stops it; undefined for the service's own limit. */
  readonly recipientsPerDay?: number;
  /** What it is licensed with; undefined for no licence. */
  readonly license?: string;
}

/** How much more than its need a sender may send, so that a busy day passes and a stolen credential is soon stopped. */
const HEADROOM = 2;

/** The mailbox of a sender that signs in. */
export function chooseMailbox({ from, recipientsPerDay: need, license }: Sender): MailboxChoice {
  const [address = "", ...others] = from.map(canonicalFrom);
  return {
    address,
    sendAs: [...new Set(others)].filter((other) => other !== address),
    ...(need === undefined
      ? {}
      : { recipientsPerDay: Math.min(HEADROOM * need, RECIPIENTS_PER_DAY) }),
    ...(license === undefined ? {} : { license }),
  };
}
