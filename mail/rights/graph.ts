/**
 * Application permissions on Microsoft Graph, by what is read or written: for each call the least privileged one that its page
 * names, or one above it that the same app needs in any case.
 *
 * @see https://learn.microsoft.com/graph/api/domain-list (Domain.Read.All)
 * @see https://learn.microsoft.com/graph/api/subscribedsku-list (LicenseAssignment.Read.All)
 * @see https://learn.microsoft.com/graph/api/organization-list (Organization.Read.All)
 * @see https://learn.microsoft.com/graph/api/user-get (User.Read.All)
 * @see https://learn.microsoft.com/graph/api/user-update (User.ReadWrite.All; for passwordProfile another one)
 * @see https://learn.microsoft.com/graph/api/user-revokesigninsessions (User.RevokeSessions.All, and none above it)
 * @see https://learn.microsoft.com/graph/api/directory-deleteditems-list (Application.Read.All, User.Read.All)
 * @see https://learn.microsoft.com/graph/api/directory-deleteditems-delete (Application.ReadWrite.All, User.DeleteRestore.All)
 * @see https://learn.microsoft.com/graph/api/signin-list?view=graph-rest-beta (AuditLog.Read.All)
 * @see https://learn.microsoft.com/graph/api/user-assignlicense (LicenseAssignment.ReadWrite.All, above it User.ReadWrite.All)
 */
export const GRAPH_PERMISSIONS = {
  domains: "Domain.Read.All",
  subscriptions: "LicenseAssignment.Read.All",
  organization: "Organization.Read.All",
  readUsers: "User.Read.All",
  users: "User.ReadWrite.All",
  passwords: "User-PasswordProfile.ReadWrite.All",
  sessions: "User.RevokeSessions.All",
  deletedUsers: "User.DeleteRestore.All",
  readApps: "Application.Read.All",
  apps: "Application.ReadWrite.All",
  appRoles: "AppRoleAssignment.ReadWrite.All",
  signIns: "AuditLog.Read.All",
} as const;

/**
 * What an app needs to run cmdlets: an app role of Office 365 Exchange Online, and beside it either membership of a role group
 * or a directory role, which decide on which cmdlets.
 *
 * @see https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2
 */
export const EXCHANGE_RIGHTS = {
  appRole: "Exchange.ManageAsApp",
  directoryRole: "Exchange Administrator",
} as const;
