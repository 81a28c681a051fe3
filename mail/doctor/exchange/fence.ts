import { type FenceForm, fenceForm } from "../../exchange/fence.ts";
import { command } from "../../powershell.ts";
import { covers, overlaps } from "../../senders/address.ts";
import { sameName } from "../../senders/names.ts";
import type { Finding } from "../finding.ts";
import { REPAIR } from "./fixes.ts";
import { type FlowRule, isInForce, ruleTexts } from "./flowRule.ts";

/** A sender's fence, as the last `up` has made it. */
export interface MadeFence {
  readonly sender: string;
  readonly wanted: FenceForm;
}

/** Judges whether a sender's fence stands: it is there, it is in force, and no rule before it ends the processing of rules. */
export function judgeFence({ sender, wanted }: MadeFence, rules: readonly FlowRule[]): Finding[] {
  const resource = `mail flow rule "${wanted.name}"`;
  const open = `every host at ${wanted.senderIpRanges.join(", ")} may send as any address of the tenant's accepted domains`;
  const fence = rules.find(({ name }) => sameName(name, wanted.name));
  if (fence === undefined) {
    const what = `the fence of ${sender} is gone: there is no ${resource}`;
    return [{ severity: "error", what, why: open, fix: REPAIR, resource }];
  }
  const now = fenceForm({ ...fence.properties });
  const weak = weakness(now, wanted);
  if (weak !== undefined) {
    const what = `the fence of ${sender}, ${resource}, ${weak}`;
    return [{ severity: "error", what, why: open, fix: REPAIR, resource }];
  }
  const before = rules
    .filter((rule) => priorityOf(rule) < priorityOf(fence))
    .filter((rule) => isInForce(rule) && stops(rule) && !ends(rule) && mayMatch(rule, wanted));
  return before.map(({ name }) => ({
    severity: "warning",
    what: `mail flow rule "${name}" comes before the fence of ${sender} and stops processing more rules`,
    why: "what it matches passes the fence",
    fix: `if it matches mail from ${wanted.senderIpRanges.join(", ")}, put the fence before it: run ${command("Set-TransportRule", { Identity: wanted.name, Priority: 0 })}`,
    resource,
  }));
}

/** What lets mail pass that the fence should refuse; undefined where nothing does. */
function weakness(now: FenceForm, wanted: FenceForm): string | undefined {
  if (now.state !== wanted.state) return "is switched off";
  if (now.mode !== wanted.mode) return `is only tested (Mode ${now.mode})`;
  if (now.narrowedBy.length > 0) return `has further conditions: ${now.narrowedBy.join(", ")}`;
  const lists = ["senderIpRanges", "exceptIfFromAddressMatchesPatterns"] as const;
  const changed = lists.find((key) => `${now[key]}` !== `${wanted[key]}`);
  if (changed !== undefined) return `has another ${changed}`;
  if (now.senderAddressLocation !== wanted.senderAddressLocation)
    return `looks for the sender in ${now.senderAddressLocation}`;
  return undefined;
}

const priorityOf = ({ properties: { Priority } }: FlowRule): number => Number(Priority ?? 0);
const stops = ({ properties: { StopRuleProcessing } }: FlowRule): boolean =>
  StopRuleProcessing === true;

/** Whether nobody gets what a rule matches: it need not reach the fence. */
const ends = (rule: FlowRule): boolean =>
  ["RejectMessageReasonText", "RejectMessageEnhancedStatusCode", "DeleteMessage"].some(
    (name) => ruleTexts(rule, name).length > 0,
  );

/** Whether a rule may match mail of a fence's addresses. Of its other conditions nobody knows beforehand. */
function mayMatch(rule: FlowRule, { senderIpRanges: own }: FenceForm): boolean {
  const ranges = ruleTexts(rule, "SenderIpRanges");
  const excepted = ruleTexts(rule, "ExceptIfSenderIpRanges");
  const isElsewhere =
    ranges.length > 0 &&
    ranges.every(
      (range) => !range.includes("-") && own.every((address) => !overlaps(range, address)),
    );
  return !isElsewhere && !own.every((one) => excepted.some((range) => covers(range, one)));
}
