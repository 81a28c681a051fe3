import { judgeFence, type MadeFence } from "../../../mail/doctor/exchange/fence.ts";
import type { FlowRule, RuledSender } from "../../../mail/doctor/exchange/flowRule.ts";
import { judgeFlowRule } from "../../../mail/doctor/exchange/flowRules.ts";
import { judgeJournal } from "../../../mail/doctor/exchange/journal.ts";
import { declareFence, wantedFence } from "../../../mail/exchange/fence.ts";
import { naming } from "../../../mail/naming.ts";
import { chooseSubmission, signsIn, submitsAsMailbox } from "../../../mail/senders/choose.ts";
import { chooseMethod } from "../../../mail/senders/method.ts";
import { sameName } from "../../../mail/senders/names.ts";
import { findAll, text } from "../../../providers/exchange/find.ts";
import type { Check } from "../check.ts";
import type { CheckContext } from "../context.ts";

/** What the organisation's mail flow rules do to the senders' mail. */
export const flowRules: Check = {
  name: "mail-flow-rules",
  title: "mail flow rules",
  async look(context) {
    const { config } = context;
    const exchanges = config.senders.filter(
      (sender) => chooseMethod(sender).method !== "azureCommunicationServices",
    );
    const senders = exchanges.map(
      (sender): RuledSender => ({
        sender: sender.name,
        from: sender.from,
        egress: sender.egress,
        signsIn: signsIn(sender),
      }),
    );
    // The stack's own are looked at as fences.
    const own = declaredFences(context).map(({ wanted }) => wanted.name);
    const others = (await readRules(context)).filter(
      ({ name }) => !own.some((fence) => sameName(name, fence)),
    );
    const findings = others.flatMap((rule) => judgeFlowRule(rule, senders));
    if (findings.length > 0) return findings;
    return [{ severity: "ok", what: "no mail flow rule acts on the senders' mail" }];
  },
};

/** Whether the fences stand that `up` has made. */
export const fences: Check = {
  name: "fences",
  title: "the senders' fences",
  afterUp: true,
  async look(context) {
    const made = declaredFences(context).filter(
      ({ sender }) => context.senders.get(sender)?.fence !== undefined,
    );
    if (made.length === 0)
      return { findings: [], notLookedAt: "the last up made no sender with a fence" };
    const rules = await readRules(context);
    const findings = made.flatMap((fence) => judgeFence(fence, rules));
    const names = naming(
      "sender",
      made.map(({ sender }) => sender),
    );
    return findings.length > 0
      ? findings
      : [{ severity: "ok", what: `the fence of ${names} stands, and no rule before it stops` }];
  },
};

/** The fences that the stack file declares. */
const declaredFences = ({ config, owner, stack }: CheckContext): MadeFence[] =>
  chooseSubmission(config.senders).relaying.flatMap((choice) => {
    const declared = declareFence(choice, { owner, name: stack });
    return declared === undefined ? [] : [{ sender: choice.sender, wanted: wantedFence(declared) }];
  });

/** All mail flow rules of the tenant. */
const readRules = async ({ invoke }: CheckContext): Promise<FlowRule[]> =>
  (await findAll(invoke, "Get-TransportRule", { ResultSize: "Unlimited" })).map((properties) => ({
    name: text(properties.Name),
    properties,
  }));

/** Whether the senders' mail is journaled. */
export const journaling: Check = {
  name: "journaling",
  title: "journaling",
  async look({ config, invoke }) {
    const rules = await findAll(invoke, "Get-JournalRule", {});
    const [organisation] = await findAll(invoke, "Get-TransportConfig", {});
    const ndrTo = organisation?.JournalingReportNdrTo;
    return judgeJournal(
      rules.map((rule) => ({
        name: text(rule.Name),
        enabled: rule.Enabled === true,
        recipient: text(rule.Recipient),
        journalEmailAddress: text(rule.JournalEmailAddress),
      })),
      typeof ndrTo === "string" ? ndrTo : undefined,
      config.senders.filter(submitsAsMailbox).map(({ from }) => from[0] ?? ""),
    );
  },
};
