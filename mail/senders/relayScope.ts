import type { ConnectorChoice } from "./choose.ts";
import { canonicalDomain } from "./domain.ts";
import { isWildcard } from "./mailbox.ts";

/** What a connector lets its sender do, beyond what the sender's `from` says. */
export interface RelayScope {
  /** The addresses that it may send as, for people. */
  readonly maySendAs: string;
  /** What its administrator has to know, a sentence. */
  readonly notice: string;
  /** Whether `from` lists addresses, which promise more than Exchange keeps. */
  readonly isNarrower: boolean;
}

/**
 * Says what a sender's connector is open for. Exchange compares the domain of MAIL FROM with the accepted domains, and
 * no address with anything. A certificate whose own domain is an accepted one may send as anybody.
 *
 * @param from the sender's `from`
 * @param stackDomains the stack's domains, of which Exchange has accepted each
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/set-up-connectors-to-route-mail
 */
export function relayScope(
  { sender, match, domains, restrictToDomains }: ConnectorChoice,
  from: readonly string[],
  stackDomains: readonly string[],
): RelayScope {
  const who =
    match.by === "certificate"
      ? `whoever presents a certificate for ${match.certificateName}`
      : `whoever connects from ${match.addresses.join(", ")}`;
  const isForAll =
    match.by === "certificate" &&
    stackDomains.includes(canonicalDomain(match.certificateName.replace(/^\*\./, "")));
  const open = isForAll
    ? "any address, also of other organisations"
    : "any address of any accepted domain of the tenant";
  const maySendAs = restrictToDomains ? `any address of ${domains.join(", ")}` : open;
  const addresses = from.filter((one) => !isWildcard(one));
  const isNarrower = addresses.length > 0;
  const notOnly = isNarrower ? `as ${addresses.join(", ")}` : `from ${domains.join(", ")}`;
  const wildcards = JSON.stringify(domains.map((domain) => `*@${domain}`));
  const sentences = [
    `connector of sender "${sender}": ${who} may send as ${maySendAs}${restrictToDomains && !isNarrower ? "" : `, not ${notOnly} alone`}`,
    isNarrower
      ? `Write from: ${wildcards} to say so, or let the sender sign in (authentication: [oauth]), which binds it to its addresses`
      : "",
    restrictToDomains
      ? "If mail to other organisations is refused with 550 5.7.64, this tenant takes AssociatedAcceptedDomains for domains of recipients: remove restrictToDomains then"
      : "",
  ];
  return { maySendAs, notice: sentences.filter((one) => one !== "").join(". "), isNarrower };
}
