import { type FenceChoice, fencePattern, fenceReason } from "../exchange/fence.ts";
import { number } from "../numberText.ts";
import type { Problem } from "../problem.ts";
import { searchByAddress } from "./address.ts";
import { domainOf, isWildcard } from "./mailbox.ts";
import { orRelay } from "./method.ts";
import type { Sender } from "./sender.ts";

/**
 * The fences of senders that use connectors. Exchange knows their mail by the address that it comes from, which other senders may
 * share: what these send passes too, as no fence can tell who sent it.
 */
export function chooseFences(senders: readonly Sender[]): ReadonlyMap<Sender, FenceChoice> {
  const search = searchByAddress(senders, ({ egress }) => egress);
  const fenced = senders.filter(({ fence }) => fence);
  return new Map(
    fenced.map((sender) => {
      const { egress } = sender;
      const sharing = search(egress).filter((other) => other !== sender);
      return [
        sender,
        { egress, from: [...new Set([sender, ...sharing].flatMap(({ from }) => from))] },
      ];
    }),
  );
}

/**
 * Limits of mail flow rules in Exchange Online.
 *
 * @see https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits
 *   (journal, transport, and inbox rule limits)
 */
export const MOST_RULES = 300;
const MOST_PATTERN_CHARACTERS = 20 * 1024;
const LARGEST_RULE = 8 * 1024;

/** Longest pattern of a rule, in characters: `Pattern.MaxLength` of Exchange's management library. */
const LONGEST_PATTERN = 128;

/** Characters that Exchange writes around a rule, and around each of its values, as XML: more than were ever seen. */
const [AROUND_RULE, AROUND_VALUE] = [1500, 20];

/**
 * What a sender's `fence` needs of it, and of the limits of mail flow rules.
 *
 * @param key where the sender stands, e.g. `senders[0]`
 */
export function fenceProblems(key: string, sender: Sender, isSigningIn: boolean): Problem[] {
  const { fence, egress, from } = sender;
  if (!fence) return [];
  const problem = (rule: string, fix: string): Problem[] => [
    { key: `${key}.fence`, value: true, rule, fix },
  ];
  if (isSigningIn) {
    return problem(
      "has no effect, because a sender that signs in may send as its own addresses alone",
      orRelay(sender, "remove it"),
    );
  }
  // One that is recognised by its address has another problem then.
  if (egress.length === 0) {
    return sender.authentication.includes("staticIp")
      ? []
      : problem(
          "needs egress: a mail flow rule knows a sender's mail by the address that it comes from, and not by its certificate",
          'add egress, e.g. ["198.51.100.7"], or remove fence',
        );
  }
  return [...longPatterns(key, from), ...largeRule(key, sender)];
}

function longPatterns(key: string, from: readonly string[]): Problem[] {
  return from.flatMap((value, index) => {
    const { length } = fencePattern(value);
    if (length <= LONGEST_PATTERN) return [];
    const wildcard = `*@${domainOf(value)}`;
    const isShorter = !isWildcard(value) && fencePattern(wildcard).length <= LONGEST_PATTERN;
    return [
      {
        key: `${key}.from[${index}]`,
        value,
        rule: `makes a pattern of ${length} characters, and a mail flow rule takes ${LONGEST_PATTERN}`,
        fix: `${isShorter ? `write "${wildcard}", or ` : ""}remove fence`,
      },
    ];
  });
}

function largeRule(key: string, { name, from, egress }: Sender): Problem[] {
  const values = [...from.map(fencePattern), ...egress, fenceReason(name)];
  const size = values.reduce((sum, { length }) => sum + length + AROUND_VALUE, AROUND_RULE);
  if (size <= LARGEST_RULE) return [];
  const wildcards = [...new Set(from.map((one) => `*@${domainOf(one)}`))];
  return [
    {
      key: `${key}.fence`,
      value: true,
      rule: `makes a mail flow rule of about ${number(size)} characters of ${from.length} addresses in from and ${egress.length} in egress, and Exchange takes ${number(LARGEST_RULE)}`,
      fix: `write from: ${JSON.stringify(wildcards)} and ranges in egress, or remove fence`,
    },
  ];
}

/** Says that the fences of a stack have more characters in their patterns than Exchange takes of all rules of a tenant. */
export function patternTotalProblem(
  key: string,
  fences: readonly Pick<FenceChoice, "from">[],
  inTenant = 0,
): Problem | undefined {
  const patterns = fences.flatMap(({ from }) => from.map(fencePattern));
  const total = patterns.reduce((sum, { length }) => sum + length, inTenant);
  if (total <= MOST_PATTERN_CHARACTERS) return undefined;
  const others = inTenant === 0 ? "" : `, with the ${number(inTenant)} of the tenant's other rules`;
  return {
    key,
    value: undefined,
    rule: `has fences whose patterns have ${number(total)} characters${others}, and Exchange takes ${number(MOST_PATTERN_CHARACTERS)} in all mail flow rules of a tenant`,
    fix: 'write "*@" and the domain in place of the addresses of from, or remove fence from some senders',
  };
}

/** Says that nothing holds what comes from a connector's addresses to its sender's own addresses. */
export function noFenceProblem(key: string, addresses: readonly string[]): Problem | undefined {
  if (addresses.length === 0) return undefined;
  return {
    key,
    value: addresses,
    rule: "let every host behind them send as any address of the tenant's accepted domains",
    fix: "add fence: true to the sender, which refuses what is not From its own addresses",
  };
}
