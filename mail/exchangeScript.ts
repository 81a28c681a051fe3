import type { Problem } from "./problem.ts";

// No Pulumi provider changes the settings of an Exchange organisation, so programs do it by a script: PowerShell in a Command.

/**
 * Says that a script allows SMTP AUTH in the whole organisation, where it is enough to allow it for one mailbox.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-transportconfig (SmtpClientAuthenticationDisabled)
 */
export const smtpAuthProblem = (key: string, script: string): Problem | undefined =>
  commandIn(
    script,
    "Set-TransportConfig",
    /-SmtpClientAuthenticationDisabled[\s:]+\$?(?:false|0)\b/i,
    {
      key,
      rule: "allows SMTP AUTH for every mailbox of the organisation",
      fix: "leave it disabled there, and allow it for the mailbox that sends (Set-CASMailbox)",
    },
  );

/**
 * Says that a script lets mailboxes forward to other organisations of their own accord.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-remotedomain (AutoForwardEnabled)
 * @see https://learn.microsoft.com/defender-office-365/outbound-spam-policies-external-email-forwarding (AutoForwardingMode)
 */
export const autoForwardProblem = (key: string, script: string): Problem | undefined => {
  const clause = {
    key,
    rule: "lets mailboxes forward mail to other organisations automatically",
    fix: "leave automatic forwarding off, and allow it for single domains",
  };
  return (
    commandIn(
      script,
      "(?:Set|New)-RemoteDomain",
      /-AutoForwardEnabled[\s:]+\$?(?:true|1)\b/i,
      clause,
    ) ??
    commandIn(
      script,
      "(?:Set|New)-HostedOutboundSpamFilterPolicy",
      /-AutoForwardingMode[\s:]+["']?On\b/i,
      clause,
    )
  );
};

/** A problem of the first command with a parameter; a command ends with its line, or where another begins. */
function commandIn(
  script: string,
  cmdlet: string,
  parameter: RegExp,
  clause: Omit<Problem, "value">,
): Problem | undefined {
  // A backtick at its end continues a line.
  const commands = script.replace(/`\r?\n/g, " ").split(/[\r\n;|]/);
  const starts = new RegExp(`\\b${cmdlet}\\b`, "i");
  const value = commands.find((command) => starts.test(command) && parameter.test(command))?.trim();
  return value === undefined ? undefined : { ...clause, value };
}
