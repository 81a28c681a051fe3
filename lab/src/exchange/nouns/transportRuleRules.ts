// What New- and Set-TransportRule refuse.
import type { TransportRule } from "../../world/mailFlow.ts";
import type { World } from "../../world/world.ts";
import { isRuleRange } from "../addressRange.ts";
import { refusal } from "../cmdletError.ts";
import { LONGEST_PATTERN, readPattern } from "../rulePattern.ts";
import { actions, classesOf, conditions, exceptions, isSet } from "./transportRuleProperties.ts";

// Journal, transport, and inbox rule limits (Exchange Online service description).
export const MOST_RULES = 300;
const LARGEST_RULE = 8192;
const MOST_PATTERN_CHARACTERS = 20 * 1024;

const LONGEST_COMMENT = 1024;
const LONGEST_REASON = 1024;

const patternsOf = (rule: TransportRule): string[] => [
  ...rule.fromAddressMatchesPatterns,
  ...rule.exceptIfFromAddressMatchesPatterns,
];

/**
 * Checks a rule as a whole.
 *
 * @throws CmdletError for the first rule that is broken
 */
export function demandValidRule(rule: TransportRule, world: World): void {
  if (classesOf(actions, rule, "Action").length === 0) {
    throw refusal("exchange.rule-without-action");
  }
  if (rule.comments.length > LONGEST_COMMENT) {
    throw refusal("exchange.long-comments", { length: rule.comments.length });
  }
  demandPatterns(rule, world);
  const ranges = [...rule.senderIpRanges, ...rule.exceptIfSenderIpRanges];
  const bad = ranges.find((range) => !isRuleRange(range));
  if (bad !== undefined) throw refusal("exchange.bad-rule-range", { value: bad });
  demandRejection(rule);
  demandSize(rule);
  demandConnector(rule, world);
}

function demandPatterns(rule: TransportRule, world: World): void {
  for (const pattern of patternsOf(rule)) {
    if (pattern.length > LONGEST_PATTERN) {
      throw refusal("exchange.long-pattern", { pattern, longest: LONGEST_PATTERN });
    }
    if (readPattern(pattern) === undefined) throw refusal("exchange.bad-pattern", { pattern });
  }
  const others = world.mailFlow.transportRules.filter(({ guid }) => guid !== rule.guid);
  const all = [rule, ...others].flatMap(patternsOf);
  const characters = all.reduce((sum, pattern) => sum + pattern.length, 0);
  if (characters > MOST_PATTERN_CHARACTERS) {
    throw refusal("exchange.too-many-pattern-characters", { characters });
  }
}

function demandRejection(rule: TransportRule): void {
  const { rejectMessageReasonText: text, rejectMessageEnhancedStatusCode: code } = rule;
  if (text.length > LONGEST_REASON) {
    throw refusal("exchange.long-reason", { length: text.length });
  }
  if (code !== "" && !/^5\.7\.(1|9\d\d)$/.test(code)) {
    throw refusal("exchange.bad-reject-code", { code });
  }
}

/** The size is that of the rule as XML; the lab takes its values as JSON (assumed). */
function demandSize(rule: TransportRule): void {
  const values = Object.values({ ...conditions, ...exceptions, ...actions })
    .map(({ field }) => rule[field])
    .filter(isSet);
  const size = JSON.stringify([rule.name, rule.comments, ...values]).length;
  if (size > LARGEST_RULE) throw refusal("exchange.rule-too-large", { size });
}

function demandConnector(
  { routeMessageOutboundConnector: connector }: TransportRule,
  world: World,
) {
  if (connector === "") return;
  const isKnown = world.mailFlow.outboundConnectors.some(
    ({ name }) => name.toLowerCase() === connector.toLowerCase(),
  );
  if (!isKnown) throw refusal("exchange.rule-without-connector", { connector });
}
