import { naming } from "../../naming.ts";
import { command } from "../../powershell.ts";
import { domainOf, isWildcard } from "../../senders/mailbox.ts";
import type { Finding } from "../finding.ts";
import { actsOn, type FlowRule, isInForce, type RuledSender, ruleTexts } from "./flowRule.ts";
import { GATEWAY } from "./outboundConnector.ts";

/** What an action does to a message. `ends`: the recipient does not get it. `changes`: Exchange signs it afterwards. */
interface Action {
  readonly does: "ends" | "risks" | "changes";
  readonly what: (values: readonly string[]) => string;
  readonly why: string;
}

const ends = (what: Action["what"] | string, why: string): Action => ({
  ...{ does: "ends", why },
  what: typeof what === "string" ? () => what : what,
});
const risks = (what: Action["what"] | string, why: string): Action => ({
  ...ends(what, why),
  does: "risks",
});
const changes = (what: string): Action => ({ ...ends(what, ""), does: "changes" });

const REJECTS = ends(
  "rejects it",
  "Exchange accepts such mail, and then returns it in a non-delivery report: 550 5.7.1 TRANSPORT.RULES.RejectMessage",
);
const MODERATES = ends("holds it for approval", "such mail waits until somebody approves it");
const ENCRYPTS = risks("encrypts it", "recipients outside have to sign in to read such mail");

/**
 * Actions by the parameter that sets them.
 *
 * @see https://learn.microsoft.com/exchange/security-and-compliance/mail-flow-rules/mail-flow-rule-actions
 */
const ACTIONS: Readonly<Record<string, Action>> = {
  RejectMessageReasonText: REJECTS,
  RejectMessageEnhancedStatusCode: REJECTS,
  DeleteMessage: ends("deletes it", "nobody gets such mail, and nobody is told"),
  Quarantine: ends("quarantines it", "such mail waits in quarantine"),
  RedirectMessageTo: ends(
    (values) => `redirects it to ${values.join(", ")}`,
    "the recipients do not get such mail",
  ),
  ModerateMessageByUser: MODERATES,
  ModerateMessageByManager: MODERATES,
  RouteMessageOutboundConnector: risks(
    (values) => `sends it through outbound connector "${values.join(", ")}"`,
    GATEWAY,
  ),
  RouteMessageOutboundRequireTls: risks(
    "requires TLS of the receiver",
    "mail to receivers without TLS is queued, and comes back in a non-delivery report after a day",
  ),
  ApplyOME: ENCRYPTS,
  ApplyRightsProtectionTemplate: ENCRYPTS,
  ApplyHtmlDisclaimerText: changes("adds a disclaimer"),
  PrependSubject: changes("changes the subject"),
  ModifySubject: changes("changes the subject"),
  SetHeaderName: changes("sets a header field"),
  RemoveHeader: changes("removes a header field"),
  ApplyClassification: changes("classifies it"),
  SetSCL: changes("sets the spam confidence level"),
  BlindCopyTo: changes("copies it to others"),
  CopyTo: changes("copies it to others"),
  AddToRecipients: changes("adds recipients"),
};

/** Judges what a mail flow rule does to the senders' mail. Nothing where it does nothing to it. */
export function judgeFlowRule(rule: FlowRule, senders: readonly RuledSender[]): Finding[] {
  if (!isInForce(rule)) return [];
  const verdicts = senders.map((sender) => ({ sender, holds: actsOn(rule, sender) }));
  const isSure = verdicts.some(({ holds }) => holds === "yes");
  const affected = verdicts.filter(({ holds }) => holds === (isSure ? "yes" : "maybe"));
  if (affected.length === 0) return [];
  const names = affected.map(({ sender }) => sender.sender);
  const set = Object.keys(ACTIONS).filter((name) => ruleTexts(rule, name).length > 0);
  const action = ["ends", "risks", "changes"].flatMap((does) =>
    set.filter((name) => ACTIONS[name]?.does === does),
  )[0];
  const known = action === undefined ? undefined : ACTIONS[action];
  const resource = `mail flow rule "${rule.name}"`;
  const whose = `mail of ${naming("sender", names)}`;
  if (known === undefined) {
    return [
      {
        severity: "warning",
        what: `${resource} ${isSure ? "acts" : "may act"} on ${whose}, by an action that npm run doctor does not know`,
        why: "it may change the mail, or keep it from arriving",
        fix: `look at the rule: run ${command("Get-TransportRule", { Identity: rule.name })} | Format-List Description`,
        resource,
      },
    ];
  }
  const does = known.what(ruleTexts(rule, action ?? ""));
  const what = isSure
    ? `${resource} matches ${whose}, and ${does}`
    : `${resource} may match ${whose}, and then ${does}`;
  if (known.does === "changes") {
    return [{ severity: "ok", what: `${what}; Exchange signs with DKIM afterwards` }];
  }
  return [
    {
      severity: known.does === "ends" && isSure ? "error" : "warning",
      what,
      why: known.why,
      fix: `if this is not intended, make an exception for the ${names.length === 1 ? "sender" : "senders"}: run ${exception(
        rule,
        affected.map(({ sender }) => sender),
      )}`,
      resource,
    },
  ];
}

/** The command that excepts senders from a rule, and keeps the exceptions that it has. */
function exception(rule: FlowRule, senders: readonly RuledSender[]): string {
  const byAddress = senders.filter(({ signsIn, egress }) => !signsIn && egress.length > 0);
  const others = senders.filter((sender) => !byAddress.includes(sender));
  const all = [...new Set(others.flatMap(({ from }) => from))];
  const named = all.filter((address) => !isWildcard(address));
  const domains = [...new Set(all.filter(isWildcard).map(domainOf))];
  const list = (name: string, values: readonly string[]) =>
    values.length === 0 ? {} : { [name]: [...new Set([...ruleTexts(rule, name), ...values])] };
  return command("Set-TransportRule", {
    Identity: rule.name,
    ...list("ExceptIfFrom", named),
    ...list("ExceptIfSenderDomainIs", domains),
    ...list(
      "ExceptIfSenderIpRanges",
      byAddress.flatMap(({ egress }) => egress),
    ),
  });
}
