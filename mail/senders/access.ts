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

/** What turns on what a new organisation lacks: scopes, limits and policies of its own. */
export const CUSTOMIZE =
  "let an administrator run Enable-OrganizationCustomization once, which can't be undone";

/** Says that the tenant does not have a management role yet. */
export const missingRoleProblem = (role: string): Problem => ({
  key: "tenantId",
  value: undefined,
  rule: `has no management role "${role}", which lets an app submit mail and is not rolled out in every cloud yet`,
  fix: "set m365-smtp-relay:applicationAccess to classic",
});

/** Says that Exchange makes no scopes, limits or policies in the organisation yet. */
export const notCustomizedProblem = (): Problem => ({
  key: "tenantId",
  value: undefined,
  rule: "is an organisation that was never customised, in which Exchange creates no scopes, limits or policies",
  fix: CUSTOMIZE,
});
