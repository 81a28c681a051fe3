// Parameters of the cmdlets that let somebody submit mail. `T` is the type of ids that an earlier command gives: text, or
// what stands for it.
import { SMTP_MANAGEMENT_ROLE } from "../senders/access.ts";

/** Parameters of `New-ServicePrincipal`. */
export const newServicePrincipalParameters = <T>(app: {
  /** Client id of the app. */
  readonly appId: T;
  /** Object id of its enterprise application. */
  readonly objectId: T;
  readonly displayName: string;
}) => ({ AppId: app.appId, ObjectId: app.objectId, DisplayName: app.displayName });

/** Parameters of `New-ManagementScope`. */
export const newScopeParameters = (scope: {
  readonly name: string;
  /** In OPATH, as `mailboxFilter` gives it. */
  readonly recipientFilter: string;
}) => ({ Name: scope.name, RecipientRestrictionFilter: scope.recipientFilter });

/** Parameters of `New-ManagementRoleAssignment` for the role that lets an app submit mail. */
export const newRoleAssignmentParameters = <T>(assignment: {
  readonly name: string;
  /** Client id of the app. */
  readonly appId: T;
  /** Name of the management scope. */
  readonly scope: string;
}) => ({
  Name: assignment.name,
  App: assignment.appId,
  Role: SMTP_MANAGEMENT_ROLE,
  CustomResourceScope: assignment.scope,
});

/** A right on a mailbox. */
export interface MailboxRight {
  /** Its name among the values of `AccessRights`. */
  readonly right: "SendAs" | "FullAccess";
  /** The noun of its cmdlets. */
  readonly noun: "RecipientPermission" | "MailboxPermission";
  /** Their parameter for who has it. */
  readonly trusteeParameter: "Trustee" | "User";
  /** What else the Add- cmdlet gets. */
  readonly addParameters?: Readonly<Record<string, unknown>>;
}

/**
 * The right to send as a mailbox.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/add-recipientpermission
 */
export const SEND_AS: MailboxRight = {
  right: "SendAs",
  noun: "RecipientPermission",
  trusteeParameter: "Trustee",
};

/**
 * Full access to a mailbox, the classic way to let an app send as it.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/add-mailboxpermission
 */
export const FULL_ACCESS: MailboxRight = {
  right: "FullAccess",
  noun: "MailboxPermission",
  trusteeParameter: "User",
  addParameters: { AutoMapping: false },
};

/**
 * Parameters of a right's Remove- cmdlet, and of its Add- cmdlet with `addParameters`.
 *
 * @param mailbox its address
 */
export const rightParameters = <T>(
  { right, trusteeParameter }: MailboxRight,
  mailbox: string,
  trustee: T,
) => ({
  Identity: mailbox,
  [trusteeParameter]: trustee,
  AccessRights: right,
  Confirm: false,
});

/** Parameters of `New-AuthenticationPolicy` for a policy that allows a password on SMTP and nothing else. */
export const newAuthenticationPolicyParameters = (name: string) => ({
  Name: name,
  AllowBasicAuthSmtp: true,
});

/**
 * Parameters of `Set-User` that give a user an authentication policy.
 *
 * @param policy its name; empty for the organisation's default
 */
export const policyOfUserParameters = <T>(user: T, policy: string) => ({
  Identity: user,
  AuthenticationPolicy: policy || null,
  Confirm: false,
});
