import { CLOUDS, type Environment } from "../../clouds.ts";
import { sendsFromEgress } from "../../senders/choose.ts";
import { domainOf } from "../../senders/mailbox.ts";
import type { Sender } from "../../senders/sender.ts";
import { serviceTerms } from "../otherServices.ts";
import type { SendingDomain } from "../sendingDomain.ts";
import { canonicalTerm } from "./canonical.ts";

/**
 * The terms that a domain's SPF record has to hold, each once: for those of a relay's senders that send from it, and for the
 * domain's other services. Mail of a sender that signs in comes from Exchange alone.
 *
 * @param relay the cloud that the tenant is in, and every sender
 */
export function domainTerms(
  { name, otherServices }: Pick<SendingDomain, "name" | "otherServices">,
  { environment, senders }: { environment: Environment; senders: readonly Sender[] },
): string[] {
  const sending = senders.filter(({ from }) => from.some((one) => domainOf(one) === name));
  const ours = ourTerms(
    environment,
    sending.filter(sendsFromEgress).flatMap(({ egress }) => egress),
  );
  return [...new Set([...ours, ...serviceTerms(otherServices)])];
}

/**
 * What a domain's SPF record has to say for our senders: Exchange Online, and the addresses that relayed mail comes
 * from, as mail to the organisation's own mailboxes is judged by those.
 *
 * @param egress IPv4 addresses and ranges of all senders
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365
 */
export function ourTerms(environment: Environment, egress: readonly string[]): string[] {
  const addresses = new Set(egress.map((address) => canonicalTerm(`ip4:${address.trim()}`)));
  const inOrder = [...addresses].sort((one, other) => {
    return one.localeCompare(other, "en", { numeric: true });
  });
  return [`include:${CLOUDS[environment].spfInclude}`, ...inOrder];
}
