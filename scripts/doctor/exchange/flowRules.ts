import type { RuledSender } from "../../../mail/doctor/exchange/flowRule.ts";
import { judgeFlowRule } from "../../../mail/doctor/exchange/flowRules.ts";
import { judgeJournal } from "../../../mail/doctor/exchange/journal.ts";
import { signsIn } from "../../../mail/senders/choose.ts";
import { findAll, text } from "../../../providers/exchange/find.ts";
import type { Check } from "../check.ts";

/** What the organisation's mail flow rules do to the senders' mail. */
export const flowRules: Check = {
  name: "mail-flow-rules",
  title: "mail flow rules",
  async look({ config, invoke }) {
    const rules = await findAll(invoke, "Get-TransportRule", { ResultSize: "Unlimited" });
    const senders = config.senders.map(
      (sender): RuledSender => ({
        sender: sender.name,
        from: sender.from,
        egress: sender.egress,
        signsIn: signsIn(sender),
      }),
    );
    const findings = rules.flatMap((properties) =>
      judgeFlowRule({ name: text(properties.Name), properties }, senders),
    );
    if (findings.length > 0) return findings;
    return [{ severity: "ok", what: "no mail flow rule acts on the senders' mail" }];
  },
};

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
      config.senders.filter(signsIn).map(({ from }) => from[0] ?? ""),
    );
  },
};
