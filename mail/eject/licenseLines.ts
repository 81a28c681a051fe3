import { command, comment, expression, literal, quote, when } from "../powershell.ts";
import { MAILBOX_PLANS } from "../senders/license.ts";

/** Delegated permissions on Microsoft Graph that licences need. */
export const LICENSE_SCOPES = [
  "User.ReadWrite.All",
  "LicenseAssignment.ReadWrite.All",
  "Organization.Read.All",
];

/** What of a user decides about its licence. */
export const LICENSED_PROPERTIES = ["Id", "DisplayName", "UsageLocation", "AssignedLicenses"];

/**
 * Lines that give the user in `$user` a licence, unless it has it.
 *
 * @param sku its part number
 * @see https://learn.microsoft.com/microsoft-365/enterprise/assign-licenses-to-user-accounts-with-microsoft-365-powershell
 */
export function licenseLines(sku: string): string[] {
  const own = "$organization.DefaultUsageLocation";
  return [
    `$sku = Get-MgSubscribedSku -All | Where-Object SkuPartNumber -EQ ${quote(sku)}`,
    ...comment("Its other plans are disabled: the licence is for the mailbox alone."),
    `$otherPlans = $sku.ServicePlans | Where-Object AppliesTo -EQ 'User' |`,
    `    Where-Object ServicePlanName -NotIn ${literal([...MAILBOX_PLANS])} |`,
    "    ForEach-Object ServicePlanId",
    ...when("-not ($user.AssignedLicenses | Where-Object SkuId -EQ $sku.SkuId)", [
      ...comment("A licence needs a country."),
      ...when("-not $user.UsageLocation", [
        "$organization = Get-MgOrganization -Property CountryLetterCode, DefaultUsageLocation",
        `$country = ${own}`,
        "if (-not $country) { $country = $organization.CountryLetterCode }",
        command("Update-MgUser", {
          UserId: expression("$user.Id"),
          UsageLocation: expression("$country"),
        }),
      ]),
      `${command("Set-MgUserLicense", {
        UserId: expression("$user.Id"),
        AddLicenses: [
          {
            SkuId: expression("$sku.SkuId"),
            DisabledPlans: expression("@($otherPlans)"),
          },
        ],
        RemoveLicenses: [],
      })} | Out-Null`,
    ]),
  ];
}
