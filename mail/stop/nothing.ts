import { chooseMethod } from "../senders/method.ts";
import { nameOfWay } from "../senders/methods.ts";
import type { Sender } from "../senders/sender.ts";

/** Says why nothing in the tenant stops a sender, and what does; undefined where its connector, mailbox or account does. */
export function nothingToStop(sender: Sender): string | undefined {
  const { method } = chooseMethod(sender);
  if (method === "smtpAuth" || method === "connector" || method === "highVolumeEmail") {
    return undefined;
  }
  if (method === "directSend") {
    return "it uses direct send, which Exchange takes from anybody; stop it where it runs, or refuse direct send in the whole tenant with Set-OrganizationConfig -RejectDirectSend $true";
  }
  return `it is to send with ${nameOfWay({ method })}, which this stack does not set up; stop it there`;
}
