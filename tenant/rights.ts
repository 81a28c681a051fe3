/**
 * Application permissions on Microsoft Graph that the deploying app needs, by what is read or written.
 *
 * @see https://learn.microsoft.com/graph/permissions-reference
 */
export const GRAPH_PERMISSIONS = {
  domains: "Domain.Read.All",
  subscriptions: "Organization.Read.All",
  organization: "Organization.Read.All",
  users: "User.ReadWrite.All",
  licenses: "LicenseAssignment.ReadWrite.All",
} as const;

/**
 * What the deploying app needs to run cmdlets: an app role of Office 365 Exchange Online, and beside it a directory
 * role that decides which cmdlets.
 *
 * @see https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2
 */
export const EXCHANGE_RIGHTS = {
  appRole: "Exchange.ManageAsApp",
  directoryRole: "Exchange Administrator",
} as const;
