import { applicationProperties, federatedProperties, secretDisplayName } from "../entra/app.ts";
import {
  FULL_ACCESS,
  newRoleAssignmentParameters,
  newScopeParameters,
  newServicePrincipalParameters,
  rightParameters,
} from "../exchange/access.ts";
import { command, comment, expression, odataText, quote, tableLines, when } from "../powershell.ts";
import {
  type ApplicationAccess,
  EXCHANGE_ONLINE_APP_ID,
  SMTP_APP_ROLE,
} from "../senders/access.ts";
import type { OwnAppCredential } from "../senders/credential.ts";
import { credentialName } from "../senders/credentialNames.ts";
import { mailboxFilter } from "../senders/mailbox.ts";
import { type Owned, pascalCase } from "./mailboxLines.ts";
import { demand, look, makeOnce, plainMark } from "./section.ts";

/** Delegated permissions on Microsoft Graph that a sender's app needs. */
export const appScopes = (access: ApplicationAccess): string[] => [
  "Application.ReadWrite.All",
  ...(access === "classic" ? ["AppRoleAssignment.ReadWrite.All"] : []),
];

/**
 * Lines that make a sender's app and what it signs in with; `$app` and `$principal` are its registration and its
 * enterprise application.
 *
 * @param name the sender's resources' logical name, `relay-shop`
 */
export function appLines(
  sender: string,
  name: string,
  { owner, objectName }: Owned,
  credential: OwnAppCredential,
): string[] {
  const notes = plainMark(owner);
  return [
    "",
    ...comment("Its app."),
    ...tableLines("parameters", pascalCase(applicationProperties(objectName, notes))),
    `$app = ${command("Get-MgApplication", { Filter: `displayName eq ${odataText(objectName)}` })}`,
    "if (-not $app) { $app = New-MgApplication @parameters }",
    ...demand(
      "$app.Notes",
      [notes],
      `The app ${objectName} is not one that this script made, and was not changed. Rename it or the sender. If Pulumi manages it, run forget-marks.ps1 first.`,
    ),
    `$principal = Get-MgServicePrincipal -Filter "appId eq '$($app.AppId)'"`,
    ...when("-not $principal", [
      `$principal = ${command("New-MgServicePrincipal", {
        AppId: expression("$app.AppId"),
        Notes: notes,
      })}`,
    ]),
    `Write-Host "Client id of ${sender}: $($app.AppId)"`,
    ...credentialLines(sender, name, credential),
  ];
}

function credentialLines(sender: string, name: string, credential: OwnAppCredential): string[] {
  switch (credential.by) {
    case "federatedIdentity":
      return [
        ...comment("Whose tokens Entra accepts from it in place of a secret."),
        "$credentials = Get-MgApplicationFederatedIdentityCredential -ApplicationId $app.Id -All",
        ...credential.identities.flatMap((identity) => {
          const called = credentialName(name, identity);
          return [
            ...tableLines("parameters", {
              ApplicationId: expression("$app.Id"),
              Name: called,
              ...pascalCase(federatedProperties(identity)),
            }),
            ...when(`-not ($credentials | Where-Object Name -EQ ${quote(called)})`, [
              "New-MgApplicationFederatedIdentityCredential @parameters | Out-Null",
            ]),
          ];
        }),
      ];
    case "certificate": {
      const keys = credential.certificates.map((_, index) => `key${index === 0 ? "" : index + 1}`);
      return [
        ...comment(
          "What it signs in with: its certificate. The key is not here: the sender has it.",
        ),
        ...when("-not $app.KeyCredentials", [
          ...credential.certificates.flatMap(({ certificate }, index) => [
            `$certificate = [System.Convert]::FromBase64String('\n${base64Of(certificate)}\n')`,
            ...tableLines(keys[index] ?? "key", {
              Type: "AsymmetricX509Cert",
              Usage: "Verify",
              Key: expression("$certificate"),
            }),
          ]),
          `Update-MgApplication -ApplicationId $app.Id -KeyCredentials @(${keys.map((key) => `$${key}`).join(", ")})`,
        ]),
      ];
    }
    case "secret": {
      const displayName = secretDisplayName(name, credential.generations[0] ?? 1);
      const isThere = `$app.PasswordCredentials | Where-Object DisplayName -EQ ${quote(displayName)}`;
      return [
        ...comment("A client secret. It is shown once, here: hand it to the sender."),
        ...when(`-not (${isThere})`, [
          `$secret = ${command("Add-MgApplicationPassword", {
            ApplicationId: expression("$app.Id"),
            PasswordCredential: { DisplayName: displayName },
          })}`,
          `Write-Host "Client secret of ${sender}, valid until $($secret.EndDateTime): $($secret.SecretText)"`,
        ]),
      ];
    }
  }
}

/** A PEM without its first and last line. */
const base64Of = (pem: string): string =>
  pem
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("-----"))
    .join("\n");

/** Lines that let the app in `$app` and `$principal` submit mail as one mailbox. */
export const accessLines = (
  access: ApplicationAccess,
  objectName: string,
  mailbox: string,
): string[] => [
  "",
  ...makeOnce(
    look("Get-ServicePrincipal", { Identity: expression("$app.AppId") }),
    "New-ServicePrincipal",
    newServicePrincipalParameters({
      appId: expression("$app.AppId"),
      objectId: expression("$principal.Id"),
      displayName: objectName,
    }),
  ),
  ...(access === "rbac" ? roleLines(objectName, mailbox) : permissionLines(mailbox)),
];

const roleLines = (objectName: string, mailbox: string): string[] => [
  ...comment("A role over this mailbox alone, which lets it submit mail."),
  ...makeOnce(
    look("Get-ManagementScope", { Identity: objectName }),
    "New-ManagementScope",
    newScopeParameters({ name: objectName, recipientFilter: mailboxFilter(mailbox) }),
  ),
  ...makeOnce(
    look("Get-ManagementRoleAssignment", { Identity: objectName }),
    "New-ManagementRoleAssignment",
    newRoleAssignmentParameters({
      name: objectName,
      appId: expression("$app.AppId"),
      scope: objectName,
    }),
  ),
];

const permissionLines = (mailbox: string): string[] => [
  ...comment(
    "The classic way: a permission in Entra, which alone opens nothing, and full access to this mailbox.",
  ),
  `$exchange = ${command("Get-MgServicePrincipal", {
    Filter: `appId eq ${odataText(EXCHANGE_ONLINE_APP_ID)}`,
  })}`,
  `$role = $exchange.AppRoles | Where-Object Value -EQ ${quote(SMTP_APP_ROLE)}`,
  "$held = Get-MgServicePrincipalAppRoleAssignedTo -ServicePrincipalId $exchange.Id -All",
  ...tableLines("parameters", {
    ServicePrincipalId: expression("$exchange.Id"),
    PrincipalId: expression("$principal.Id"),
    ResourceId: expression("$exchange.Id"),
    AppRoleId: expression("$role.Id"),
  }),
  ...when(
    "-not ($held | Where-Object PrincipalId -EQ $principal.Id | Where-Object AppRoleId -EQ $role.Id)",
    ["New-MgServicePrincipalAppRoleAssignedTo @parameters | Out-Null"],
  ),
  `${command(`Add-${FULL_ACCESS.noun}`, {
    ...rightParameters(FULL_ACCESS, mailbox, expression("$principal.Id")),
    ...FULL_ACCESS.addParameters,
  })} | Out-Null`,
];
