import type { Judgement, Reading } from "./reading.ts";

/**
 * Whether the message never left its tenant. Exchange signs what leaves it alone, checks no SPF and no DMARC between its
 * mailboxes, and uses a sending pool for what leaves; its header firewall keeps the direction inside.
 *
 * @see https://learn.microsoft.com/defender-office-365/outbound-spam-high-risk-delivery-pool-about
 * @see https://serverfault.com/questions/1154095 (no signature inside)
 */
export const stayedInside = ({ border, attribution }: Reading): boolean =>
  border?.isExchange === true && attribution?.direction === "Originating";

/** What Exchange does not do to a message of direct send, which comes in as anybody's. */
export const notOfDirectSend = (read: string): Judgement => ({
  outcome: "not applicable",
  read,
  reason:
    "direct send reaches mailboxes inside alone, and Exchange signs what leaves the tenant, and uses a sending pool for that",
  fix: "have the sender use a connector or sign in, if its mail has to be signed",
});

/** What Exchange does not do to a message that stays in the tenant: neither a pass, nor anything to mend. */
export const notInside = (read: string): Judgement => ({
  outcome: "not applicable",
  read,
  reason:
    "the message stayed in the tenant: Exchange signs what leaves it, uses a sending pool for that, and checks no SPF and DMARC between its mailboxes",
  fix: "send to a mailbox outside of the tenant too, which shows them",
});
