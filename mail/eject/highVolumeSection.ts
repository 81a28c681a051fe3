import { newAuthenticationPolicyParameters, policyOfUserParameters } from "../exchange/access.ts";
import { newHveAccountParameters, wantedHveAccount } from "../exchange/highVolume.ts";
import { ownerOfSender } from "../ownership.ts";
import { attempt, command, comment, expression, quote, tableLines, when } from "../powershell.ts";
import type { HighVolumeChoice } from "../senders/choose.ts";
import { relayName } from "../senders/names.ts";
import { highVolumeSummary } from "../senders/summary.ts";
import type { EjectedStack } from "./relay.ts";
import { demand, look, makeOnce, plainMark, type Section, set, waitFor } from "./section.ts";

/**
 * The section of a sender that uses High Volume Email.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-mailuser (HVEAccount; Password is a secure string)
 */
export function highVolumeSection(choice: HighVolumeChoice, stack: EjectedStack): Section {
  const { sender, address, billingPolicyId, because } = choice;
  const owner = ownerOfSender(stack.owner, sender);
  const name = relayName(stack.name, sender);
  const form = {
    ...wantedHveAccount({ owner, address, displayName: name }),
    customAttribute15: plainMark(owner),
  };
  const { Password: _, ...parameters } = newHveAccountParameters(name, form, "");
  const there = look("Get-MailUser", { Identity: address, HVEAccount: true });
  const question = `Password of ${address}, 8 to 256 characters of three kinds: upper case, lower case, digits, symbols`;
  return {
    title: `Sender ${sender}: an account of High Volume Email`,
    why: `It ${highVolumeSummary(choice)}. It sends in this way because ${because}.`,
    lines: [
      `$found = ${there}`,
      "$whose = $found.CustomAttribute15",
      "if (-not $whose) { $whose = $found.Alias }",
      ...when("$found", [
        ...demand(
          "$whose",
          [plainMark(owner), parameters.Alias],
          `${address} is an account that this script did not make, and was not changed. Give the sender another address. If Pulumi manages it, run forget-marks.ps1 first.`,
        ),
      ]),
      ...when("-not $found", [
        `$password = Read-Host -AsSecureString -Prompt ${quote(question)}`,
        ...tableLines("parameters", {
          ...parameters,
          DisplayName: name,
          Password: expression("$password"),
        }),
        "New-MailUser @parameters | Out-Null",
      ]),
      ...waitFor(there, `Waiting until Exchange shows the account ${address}`),
      ...set("Set-MailUser", {
        ...{ Identity: address, HVEAccount: true, DisplayName: name },
        CustomAttribute15: form.customAttribute15,
        HiddenFromAddressListsEnabled: true,
      }),
      "",
      ...comment(
        "Who pays for it. Without a billing policy, High Volume Email takes none of its mail.",
      ),
      ...billingLines(address, billingPolicyId),
      "",
      ...comment("Exchange accepts its password for SMTP alone."),
      ...makeOnce(
        look("Get-AuthenticationPolicy", { Identity: name }),
        "New-AuthenticationPolicy",
        newAuthenticationPolicyParameters(name),
      ),
      command("Set-User", policyOfUserParameters(address, name)),
    ],
    scopes: [],
  };
}

function billingLines(address: string, id: string | undefined): string[] {
  const assign = (BillingPolicyId: unknown) =>
    command("Set-HVEAccountBillingPolicy", { Identity: address, BillingPolicyId });
  if (id !== undefined) return [assign(id)];
  return [
    "$policy = Get-BillingPolicy -ResourceType HVE",
    attempt(assign(expression("$policy.BillingPolicyId"))),
  ];
}
