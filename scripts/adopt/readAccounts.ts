import type { Left } from "../../mail/adopt/found.ts";
import { ownerOf, senderOfOwner, stackOfOwner } from "../../mail/ownership.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import { findAll, text } from "../../providers/exchange/find.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { ExchangeError } from "../../tenant/exchangeError.ts";

/**
 * The accounts of High Volume Email that a tenant has: a stack takes over its own, whose state was lost, and no other.
 *
 * @param stack `project/stack`
 */
export async function readAccounts(invoke: Invoke, stack: string): Promise<Left[]> {
  try {
    const every = { HVEAccount: true, ResultSize: "Unlimited" };
    const all = await findAll(invoke, "Get-MailUser", every);
    return all.map(({ PrimarySmtpAddress: address, CustomAttribute15: mark }) => ({
      what: `HVE account ${canonicalMailbox(text(address))}`,
      ...whyLeft(ownerOf(text(mark)), stack),
    }));
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return [
      {
        what: "accounts of High Volume Email",
        reason: `could not be read (${error.message})`,
        todo: "leave them; what is not in the stack file stays as it is",
      },
    ];
  }
}

function whyLeft(owner: string | undefined, stack: string): Omit<Left, "what"> {
  if (owner === undefined) {
    return {
      reason:
        "signs in with a password, which the stack does not know, or with apps, which a stack lets send by no account",
      todo: "leave it; or write a sender with another address that replaces it (docs/how-to/high-volume-email.md)",
    };
  }
  return {
    reason: `is marked as managed by ${owner}`,
    todo:
      stackOfOwner(owner) === stack
        ? `write the sender "${senderOfOwner(owner)}" into the stack file as it was: the next up takes the account over, and gives it another password`
        : "leave it to that stack",
  };
}
