import { ownerOfSender } from "../../mail/ownership.ts";
import { chooseMailbox, signsIn, usesHighVolume } from "../../mail/senders/choose.ts";
import { relayName } from "../../mail/senders/names.ts";
import type { Sender } from "../../mail/senders/sender.ts";
import { type StopInWords, stopInWords } from "../../mail/stop/problems.ts";
import { findMailUser, findOne, HAS_ADDRESS, text } from "../../providers/exchange/find.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { PROJECT } from "../engine/runOnStack.ts";

/**
 * Looks for the note that `npm run stop` leaves on a sender's connector, mailbox or account. Undefined where there is none, and where
 * Exchange can't be asked: what the sender was refused with has to speak for itself then.
 *
 * @param stack without organisation and project
 */
export async function findStop(
  sender: Sender,
  stack: string,
  exchange: Invoke | undefined,
): Promise<StopInWords | undefined> {
  if (exchange === undefined) return undefined;
  const note = await noteOf(sender, stack, exchange).catch(() => "");
  return stopInWords(note, ownerOfSender(`${PROJECT}/${stack}`, sender.name));
}

async function noteOf(sender: Sender, stack: string, exchange: Invoke): Promise<string> {
  if (usesHighVolume(sender)) {
    return text((await findMailUser(exchange, sender.from[0] ?? ""))?.CustomAttribute15);
  }
  if (signsIn(sender)) {
    const { address } = chooseMailbox(sender);
    return text((await findOne(exchange, "Get-Mailbox", address, HAS_ADDRESS))?.CustomAttribute15);
  }
  const name = sender.adoptConnector ?? relayName(stack, sender.name);
  return text((await findOne(exchange, "Get-InboundConnector", name))?.Comment);
}
