import { naming } from "../naming.ts";
import type { ConnectorChoice } from "./choose.ts";
import { canonicalDomain } from "./domain.ts";
import { domainOf, isWildcard } from "./mailbox.ts";

const ANYBODY = "any address, also of other organisations";
const ACCEPTED = "any address of any accepted domain of the tenant";

/** How much the words of `relayScope` allow: more, the higher. */
export const opennessOf = (maySendAs: string): number => [ACCEPTED, ANYBODY].indexOf(maySendAs);

/**
 * The addresses that a connector lets its sender send as, for people. Exchange compares the domain of MAIL FROM with the
 * accepted domains, and no address with anything. A certificate whose own domain is an accepted one may send as anybody.
 *
 * @param stackDomains the stack's domains, of which Exchange has accepted each
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/set-up-connectors-to-route-mail
 */
export function relayScope(choice: ConnectorChoice, stackDomains: readonly string[]): string {
  const { fence, match } = choice;
  const unfenced = unfencedScope(choice, stackDomains);
  if (fence === undefined) return unfenced;
  const fenced = `${fence.from.join(", ")} in From, by its fence`;
  // Its certificate is as good at any other address, where no rule knows its mail.
  return match.by === "sourceIp"
    ? fenced
    : `${fenced}, at ${fence.egress.join(", ")}, and from elsewhere as ${unfenced}`;
}

function unfencedScope(
  { match, domains, restrictToDomains }: ConnectorChoice,
  stackDomains: readonly string[],
): string {
  if (restrictToDomains) return `any address of ${domains.join(", ")}`;
  const isForAll =
    match.by === "certificate" &&
    stackDomains.includes(canonicalDomain(match.certificateName.replace(/^\*\./, "")));
  return isForAll ? ANYBODY : ACCEPTED;
}

/** A sender that relays, with the addresses that it declares and those that its connector lets through. */
export interface Relaying {
  readonly choice: ConnectorChoice;
  readonly from: readonly string[];
  readonly maySendAs: string;
}

/**
 * Warns of senders whose `from` lists addresses, which promise more than Exchange keeps; of equal ones in one sentence. Where
 * one of those that send through each other has all of a domain, it is said already.
 */
export function narrowFromWarnings(relaying: readonly Relaying[]): string[] {
  const narrow = relaying.filter(
    ({ choice, from }) =>
      choice.fence === undefined &&
      from.some((address) => !isWildcard(address) && !from.includes(`*@${domainOf(address)}`)),
  );
  const equal = Map.groupBy(narrow, ({ choice, maySendAs }) => `${maySendAs} ${choice.domains}`);
  return [...equal.values()].map((all) => {
    const senders = all.map(({ choice }) => choice.sender);
    const [{ maySendAs, choice } = { maySendAs: "", choice: { domains: [] } }] = all;
    const wildcards = JSON.stringify(choice.domains.map((domain) => `*@${domain}`));
    return `${naming("sender", senders)}: from lists addresses, but a connector lets through ${maySendAs}. Write from: ${wildcards} to say so, or bind the sender to its addresses: by fence: true (with egress), or have it sign in (authentication: [oauth])`;
  });
}
