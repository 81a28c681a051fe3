import type { OutboundPolicy } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { CmdletError } from "../failure.ts";
import { demandFreeName, findNamed } from "../named.ts";
import { badCharacters } from "./failures.ts";

/** Where the directory keeps outbound policies, and their rules. */
export const POLICIES = "Hosted Outbound Spam Filter";
export const RULES = "HostedOutboundSpamFilterVersioned";

/** A rule that applies a policy. */
export type Rule = NonNullable<OutboundPolicy["rule"]>;
/** A policy that has a rule. */
export type RuledPolicy = OutboundPolicy & { rule: Rule };

/** The policies that have a rule, by priority. */
export function ruledPolicies({ outboundPolicies }: World): RuledPolicy[] {
  return outboundPolicies
    .filter((policy): policy is RuledPolicy => policy.rule !== null)
    .toSorted((a, b) => a.rule.priority - b.rule.priority);
}

/**
 * The policy of this identity.
 *
 * @throws CmdletError when there is none
 */
export function findOutboundPolicy(identity: string, world: World): OutboundPolicy {
  return findNamed(world.outboundPolicies, identity, POLICIES, world);
}

/**
 * The policy whose rule has this identity.
 *
 * @throws CmdletError when there is none
 */
export function findRuledPolicy(identity: string, world: World): RuledPolicy {
  const ruled = ruledPolicies(world);
  const rules = ruled.map(({ rule }) => rule);
  const found = findNamed(rules, identity, RULES, world);
  return ruled.find(({ rule }) => rule === found) as RuledPolicy;
}

/**
 * A name for a new policy or rule.
 *
 * @throws CmdletError when it is not valid or taken
 */
export function demandPolicyName(
  taken: readonly { guid: string; name: string }[],
  name: string,
  container: string,
  world: World,
): string {
  if (/[\\%&*+/=?{}|<>();:[\],"]/.test(name)) throw new CmdletError(badCharacters(name));
  return demandFreeName(taken, name, container, world);
}
