import { chooseMethod } from "../senders/method.ts";
import { nameOfWay } from "../senders/methods.ts";
import type { Sender } from "../senders/sender.ts";

/** Says why nothing in the tenant stops a sender, and what does; undefined where its connector or its mailbox does. */
export function nothingToStop(sender: Sender): string | undefined {
  const { method } = chooseMethod(sender);
  if (method === "smtpAuth" || method === "connector") return undefined;
  if (method === "directSend") {
    return "it uses direct send, which Exchange takes from anybody; stop it where it runs, or refuse direct send in the whole tenant with Set-OrganizationConfig -RejectDirectSend $true";
  }
  if (method === "highVolumeEmail") {
    return `it uses High Volume Email; stop it by hand: Update-MgUser -UserId ${sender.from[0]} -AccountEnabled:$false, and to let it send again with $true`;
  }
  return `it is to send with ${nameOfWay({ method })}, which this stack does not set up; stop it there`;
}
