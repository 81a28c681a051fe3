import { userProperties } from "../entra/app.ts";
import { newAuthenticationPolicyParameters, policyOfUserParameters } from "../exchange/access.ts";
import {
  ACCOUNT,
  CLIENTS,
  type MailboxForm,
  NAMES,
  newSharedMailboxParameters,
  parametersByName,
  SETTINGS,
  SMTP_AUTH,
  wantedSharedMailbox,
  wantedUserMailbox,
} from "../exchange/mailbox.ts";
import {
  limitsOf,
  newPolicyParameters,
  newRuleParameters,
  wantedLimit,
} from "../exchange/outboundLimit.ts";
import { command, comment, expression, odataText, quote, tableLines, when } from "../powershell.ts";
import type { MailboxChoice } from "../senders/choose.ts";
import { LICENSED_PROPERTIES, licenseLines } from "./licenseLines.ts";
import { demand, look, makeOnce, plainMark, set, tryToSet, waitFor } from "./section.ts";

/** A mailbox's owner, `project/stack/sender`, and the name of what its sender has in the tenant. */
export interface Owned {
  readonly owner: string;
  readonly objectName: string;
}

/** The switch that came last: not every tenant's Set-CASMailbox has it. */
const NEWEST = "oneWinNativeOutlookEnabled";

/** Lines that make a shared mailbox that its sender may submit mail as, with its licence. */
export function sharedMailboxLines({ address, license }: MailboxChoice, owned: Owned): string[] {
  const { owner, objectName } = owned;
  const form = {
    ...wantedSharedMailbox({ owner, address, displayName: objectName }),
    customAttribute15: plainMark(owner),
  };
  const there = look("Get-CASMailbox", { Identity: address });
  return [
    ...demandOwnMailbox(address, owned),
    ...makeOnce(there, "New-Mailbox", newSharedMailboxParameters(objectName, form)),
    ...waitFor(there, `Waiting until Exchange shows the mailbox ${address}`),
    ...settingLines(form),
    ...tryToSet("Set-Mailbox", { Identity: address, ...parametersByName(ACCOUNT, form) }),
    ...(license === undefined
      ? []
      : [
          "",
          ...comment("Its licence."),
          `$mailbox = ${command("Get-Mailbox", { Identity: address })}`,
          `$user = ${command("Get-MgUser", {
            UserId: expression("$mailbox.ExternalDirectoryObjectId"),
            Property: LICENSED_PROPERTIES,
          })}`,
          ...licenseLines(license),
        ]),
  ];
}

/** Lines that make a licensed user with a password, whose mailbox the sender signs in to. */
export function userMailboxLines({ address, license = "" }: MailboxChoice, owned: Owned): string[] {
  const { owner, objectName } = owned;
  const form = {
    ...wantedUserMailbox({ owner, address, displayName: objectName }),
    customAttribute15: plainMark(owner),
  };
  const find = command("Get-MgUser", {
    Filter: `userPrincipalName eq ${odataText(address)}`,
    Property: LICENSED_PROPERTIES,
  });
  const question = `Password of ${address}, 8 to 256 characters of three kinds: upper case, lower case, digits, symbols`;
  const user = expression("$user.Id");
  return [
    `$user = ${find}`,
    ...when("-not $user", [
      `$password = Read-Host -AsSecureString -Prompt ${quote(question)}`,
      ...tableLines("parameters", {
        ...pascalCase(userProperties(address, objectName)),
        AccountEnabled: true,
        PasswordPolicies: "DisablePasswordExpiration",
        PasswordProfile: {
          Password: expression("[System.Net.NetworkCredential]::new('', $password).Password"),
          ForceChangePasswordNextSignIn: false,
        },
      }),
      "$user = New-MgUser @parameters",
    ]),
    ...demand(
      "$user.DisplayName",
      [objectName],
      `${address} is a user that this script did not make, and was not changed. Give the sender another address.`,
    ),
    "",
    ...comment("Its licence, which brings its mailbox after some minutes."),
    ...licenseLines(license),
    ...waitFor(
      look("Get-CASMailbox", { Identity: user }),
      `Waiting until Exchange has made the mailbox ${address}`,
    ),
    ...demandOwnMailbox(address, owned),
    ...settingLines(form),
    "",
    ...comment("Exchange accepts its password for SMTP alone."),
    ...makeOnce(
      look("Get-AuthenticationPolicy", { Identity: objectName }),
      "New-AuthenticationPolicy",
      newAuthenticationPolicyParameters(objectName),
    ),
    command("Set-User", policyOfUserParameters(user, objectName)),
  ];
}

/** Lines that end the script where a mailbox has the address that is neither this script's nor half made by it. */
const demandOwnMailbox = (address: string, { owner, objectName }: Owned): string[] => [
  `$found = ${look("Get-Mailbox", { Identity: address })}`,
  "$whose = $found.CustomAttribute15",
  "if (-not $whose) { $whose = $found.Alias }",
  ...when("$found", [
    ...demand(
      "$whose",
      [plainMark(owner), objectName],
      `${address} is a mailbox that this script did not make, and was not changed. Give the sender another address, or adopt the mailbox (adoptMailbox). If Pulumi manages it, run forget-marks.ps1 first.`,
    ),
  ]),
];

/** Lines that let a sender submit mail as a mailbox of somebody else's. */
export const adoptedMailboxLines = ({ address }: MailboxChoice): string[] => [
  ...comment("The mailbox exists already. SMTP AUTH is all that is changed."),
  command("Set-CASMailbox", {
    Identity: address,
    ...parametersByName(SMTP_AUTH, { smtpClientAuthenticationDisabled: false }),
  }),
];

/** Lines that limit how much a mailbox may send. */
export function limitLines(address: string, need: number, { owner, objectName }: Owned): string[] {
  const declared = { owner, name: objectName, mailbox: address, ...limitsOf(need) };
  const form = { ...wantedLimit(declared), adminDisplayName: plainMark(owner) };
  const policy = look("Get-HostedOutboundSpamFilterPolicy", { Identity: form.name });
  const rule = look("Get-HostedOutboundSpamFilterRule", { Identity: form.name });
  return [
    "",
    ...comment("How much it may send: this limits the harm of a stolen credential."),
    ...makeOnce(policy, "New-HostedOutboundSpamFilterPolicy", newPolicyParameters(form)),
    ...makeOnce(rule, "New-HostedOutboundSpamFilterRule", newRuleParameters(form)),
  ];
}

/** Lines that let a mailbox do nothing but submit mail. */
function settingLines(form: MailboxForm): string[] {
  const { [NEWEST]: newest, ...clients } = CLIENTS;
  const Identity = form.address;
  return [
    ...set("Set-Mailbox", { Identity, ...parametersByName(NAMES, form) }),
    ...set("Set-CASMailbox", { Identity, ...parametersByName(SMTP_AUTH, form) }),
    ...comment("What follows, it can do without: a tenant may not have all of these settings."),
    ...tryToSet("Set-Mailbox", { Identity, ...parametersByName(SETTINGS, form) }),
    ...tryToSet("Set-CASMailbox", { Identity, ...parametersByName(clients, form) }),
    ...tryToSet("Set-CASMailbox", { Identity, [newest]: form[NEWEST] }),
  ];
}

/** Graph's names of properties as parameters. */
export const pascalCase = (properties: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );
