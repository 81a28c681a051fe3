/**
 * How an app is let into its sender's mailbox: by a role over that mailbox alone (RBAC for Applications), or the
 * classic way, by a permission in Entra and full access to the mailbox, where a tenant does not have the role.
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 * @see https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 */
export const APPLICATION_ACCESSES = ["rbac", "classic"] as const;
export type ApplicationAccess = (typeof APPLICATION_ACCESSES)[number];
