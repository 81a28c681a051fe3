import * as authenticationPolicy from "../authenticationPolicy/cmdlets.ts";
import type { Cmdlet } from "../cmdlet.ts";
import * as scope from "../managementScope/cmdlets.ts";
import * as mailboxPermission from "../permission/mailbox.ts";
import * as recipientPermission from "../permission/recipient.ts";
import { testServicePrincipalAuthorization } from "../roleAssignment/authorization.ts";
import * as assignment from "../roleAssignment/cmdlets.ts";
import { getManagementRole } from "../roleAssignment/roles.ts";
import * as servicePrincipal from "../servicePrincipal/cmdlets.ts";

/** The cmdlets of who may sign in, and of what for. */
export const accessCmdlets: Record<string, Cmdlet> = {
  "New-ServicePrincipal": servicePrincipal.newServicePrincipal,
  "Get-ServicePrincipal": servicePrincipal.getServicePrincipal,
  "Set-ServicePrincipal": servicePrincipal.setServicePrincipal,
  "Remove-ServicePrincipal": servicePrincipal.removeServicePrincipal,
  "New-ManagementScope": scope.newManagementScope,
  "Get-ManagementScope": scope.getManagementScope,
  "Set-ManagementScope": scope.setManagementScope,
  "Remove-ManagementScope": scope.removeManagementScope,
  "Get-ManagementRole": getManagementRole,
  "New-ManagementRoleAssignment": assignment.newManagementRoleAssignment,
  "Get-ManagementRoleAssignment": assignment.getManagementRoleAssignment,
  "Set-ManagementRoleAssignment": assignment.setManagementRoleAssignment,
  "Remove-ManagementRoleAssignment": assignment.removeManagementRoleAssignment,
  "Test-ServicePrincipalAuthorization": testServicePrincipalAuthorization,
  "Add-MailboxPermission": mailboxPermission.addMailboxPermission,
  "Get-MailboxPermission": mailboxPermission.getMailboxPermission,
  "Remove-MailboxPermission": mailboxPermission.removeMailboxPermission,
  "Add-RecipientPermission": recipientPermission.addRecipientPermission,
  "Get-RecipientPermission": recipientPermission.getRecipientPermission,
  "Remove-RecipientPermission": recipientPermission.removeRecipientPermission,
  "New-AuthenticationPolicy": authenticationPolicy.newAuthenticationPolicy,
  "Get-AuthenticationPolicy": authenticationPolicy.getAuthenticationPolicy,
  "Set-AuthenticationPolicy": authenticationPolicy.setAuthenticationPolicy,
  "Remove-AuthenticationPolicy": authenticationPolicy.removeAuthenticationPolicy,
};
