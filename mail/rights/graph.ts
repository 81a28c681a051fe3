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
 * @see https://learn.microsoft.com/graph/api/tenantappmanagementpolicy-get (Policy.Read.All)
 * @see https://learn.microsoft.com/graph/api/identitysecuritydefaultsenforcementpolicy-get (Policy.Read.All)
 * @see https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies (Policy.Read.All)
 * @see https://learn.microsoft.com/graph/api/directory-list-subscriptions (Organization.Read.All)
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
  policies: "Policy.Read.All",
} as const;

const DIRECTORY = ["Directory.Read.All", "Directory.ReadWrite.All"];
const ORGANIZATION = ["Organization.ReadWrite.All", ...DIRECTORY];

/** Permissions that open what another one opens, by the same pages, for what this project asks. */
const OPENED_BY: Readonly<Record<string, readonly string[]>> = {
  [GRAPH_PERMISSIONS.domains]: ["Domain.ReadWrite.All"],
  [GRAPH_PERMISSIONS.subscriptions]: [GRAPH_PERMISSIONS.organization, ...ORGANIZATION],
  [GRAPH_PERMISSIONS.organization]: ORGANIZATION,
  [GRAPH_PERMISSIONS.readUsers]: [GRAPH_PERMISSIONS.users, ...DIRECTORY],
  [GRAPH_PERMISSIONS.readApps]: [GRAPH_PERMISSIONS.apps],
};

/** Whether one of these permissions lets an app do what another one would. */
export const holdsPermission = (held: readonly string[], needed: string): boolean =>
  [needed, ...(OPENED_BY[needed] ?? [])].some((name) => held.includes(name));

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
