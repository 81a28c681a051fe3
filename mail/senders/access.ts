import type { Problem } from "../problem.ts";

/**
 * How an app gets access to its sender's mailbox. `rbac`: a role over that mailbox alone (RBAC for Applications).
 * `classic`, where a tenant does not have the role: a permission in Entra and full access to the mailbox.
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 * @see https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 */
export const APPLICATION_ACCESSES = ["rbac", "classic"] as const;
export type ApplicationAccess = (typeof APPLICATION_ACCESSES)[number];

/** Client id of Exchange Online's own enterprise application, the same in every tenant. */
export const EXCHANGE_ONLINE_APP_ID = "00000002-0000-0ff1-ce00-000000000000";

/** App role of Exchange Online that lets an app submit mail, the classic way. */
export const SMTP_APP_ROLE = "SMTP.SendAsApp";

/** Management role of Exchange that lets an app submit mail as the mailboxes of a scope. */
export const SMTP_MANAGEMENT_ROLE = "Application SMTP.SendAsApp";

/**
 * App roles of Graph and Exchange Online that open every mailbox of the tenant, by id; the ids are the same in all tenants.
 *
 * @see https://learn.microsoft.com/graph/permissions-reference
 * @see https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-authenticate-an-ews-application-by-using-oauth
 */
const TENANT_WIDE_ROLES: Readonly<Record<string, string>> = {
  "b633e1c5-b582-4048-a93e-9f11b44c7e96": "Mail.Send",
  "e2a3a72e-5f79-4c64-b1b1-878b674786c9": "Mail.ReadWrite",
  "810c84a8-4a9e-49e6-bf7d-12d183f40d01": "Mail.Read",
  "dc890d15-9560-4a4c-9b7f-a736ec74ec40": "full_access_as_app",
};

/**
 * Says that an app role lets an app into every mailbox of the tenant.
 *
 * @param role id of the app role
 */
export function tenantWideProblem(key: string, role: string): Problem | undefined {
  const name = TENANT_WIDE_ROLES[role.toLowerCase()];
  if (name === undefined) return undefined;
  return {
    key,
    value: role,
    rule: `is ${name}, with which the app reaches every mailbox of the tenant`,
    fix: "give the app a role over its own mailbox instead (RBAC for Applications), as senders with authentication: [oauth] have",
  };
}

/** What turns on what a new organisation lacks: scopes, limits, policies and rules of its own. */
export const CUSTOMIZE =
  "have an administrator run Enable-OrganizationCustomization once, which can't be undone";

/** Says that the tenant does not have a management role yet. */
export const missingRoleProblem = (role: string): Problem => ({
  key: "tenantId",
  value: undefined,
  rule: `has no management role "${role}", which lets an app submit mail and is not rolled out in every cloud yet`,
  fix: "set m365-smtp-relay:applicationAccess to classic",
});

/**
 * Says that Exchange makes no scopes, limits, policies or rules in the organisation yet.
 *
 * @param alone the key of senders that can do without, where nothing but what it asks for is to be made
 */
export const notCustomizedProblem = (alone?: "recipientsPerDay" | "fence"): Problem => ({
  key: "tenantId",
  value: undefined,
  rule: "is an organisation that was never customised, in which Exchange creates no scopes, limits, policies or rules",
  fix: alone === undefined ? CUSTOMIZE : `${CUSTOMIZE}; or remove ${alone}`,
});
