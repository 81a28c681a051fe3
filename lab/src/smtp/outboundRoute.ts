import { lookUp } from "../dns/lookUp.ts";
import type { OutboundConnector } from "../world/mailFlow.ts";
import type { World } from "../world/world.ts";

/**
 * The outbound connector that takes a message to a domain ("Set up connectors for mail flow", Learn): the one that a rule names,
 * else an enabled one that no rule has to name, with the recipient's domain, or with `*`. Assumed: the more labels of the domain
 * it names the sooner it is taken, and one that routes all mail comes first.
 *
 * @param named by a rule
 */
export function connectorFor(
  domain: string,
  named: string | undefined,
  { mailFlow }: World,
): OutboundConnector | undefined {
  const enabled = mailFlow.outboundConnectors.filter(
    ({ enabled, testMode }) => enabled && !testMode,
  );
  if (named !== undefined) {
    return enabled.find(({ name }) => name.toLowerCase() === named.toLowerCase());
  }
  const fitOf = (connector: OutboundConnector): number =>
    connector.routeAllMessagesViaOnPremises
      ? Number.POSITIVE_INFINITY
      : Math.max(-1, ...connector.recipientDomains.map((entry) => fit(entry, domain)));
  return enabled
    .filter(({ isTransportRuleScoped }) => !isTransportRuleScoped)
    .filter((one) => fitOf(one) >= 0)
    .toSorted((a, b) => fitOf(b) - fitOf(a))[0];
}

/** How well an entry of RecipientDomains fits a domain; -1 where it does not. */
function fit(entry: string, domain: string): number {
  if (entry === "*") return 0;
  const bare = entry.toLowerCase().replace(/^\*\./, "");
  const isMet = entry.startsWith("*.") ? domain.endsWith(`.${bare}`) : domain === bare;
  return isMet ? bare.length : -1;
}

/** The public address of a smart host; undefined where DNS has none. */
export function addressOfHost(host: string, world: World, now: Date): string | undefined {
  if (/^\d+(\.\d+){3}$/.test(host)) return host;
  const answer = lookUp(world, now, host, "A").answers.find(({ type }) => type === "A");
  return answer && String(answer.data);
}
