import type { Context } from "../context.ts";
import type { World } from "../world/world.ts";
import { recordCmdlet } from "./auditLog.ts";
import { bind } from "./binding.ts";
import type { Cmdlet, NamedCmdlet, Outcome } from "./cmdlet.ts";
import { acceptedDomainCmdlets } from "./nouns/acceptedDomain.ts";
import { authenticationPolicyCmdlets } from "./nouns/authenticationPolicy.ts";
import { blockedEntityCmdlets } from "./nouns/blockedEntity.ts";
import { casMailboxCmdlets } from "./nouns/casMailbox.ts";
import { dkimSigningConfigCmdlets } from "./nouns/dkimSigningConfig.ts";
import { outboundPolicyCmdlets } from "./nouns/hostedOutboundSpamFilterPolicy.ts";
import { outboundRuleCmdlets } from "./nouns/hostedOutboundSpamFilterRule.ts";
import { hveAccountCmdlets } from "./nouns/hveAccount.ts";
import { inboundConnectorCmdlets } from "./nouns/inboundConnector.ts";
import { journalRuleCmdlets } from "./nouns/journalRule.ts";
import { mailboxCmdlets } from "./nouns/mailbox.ts";
import { mailboxPermissionCmdlets } from "./nouns/mailboxPermission.ts";
import { mailboxStatisticsCmdlets } from "./nouns/mailboxStatistics.ts";
import { mailUserCmdlets } from "./nouns/mailUser.ts";
import { managementRoleCmdlets } from "./nouns/managementRole.ts";
import { managementRoleAssignmentCmdlets } from "./nouns/managementRoleAssignment.ts";
import { managementRoleEntryCmdlets } from "./nouns/managementRoleEntry.ts";
import { managementScopeCmdlets } from "./nouns/managementScope.ts";
import { messageTraceCmdlets } from "./nouns/messageTraceV2.ts";
import { organizationCmdlets } from "./nouns/organization.ts";
import { outboundConnectorCmdlets } from "./nouns/outboundConnector.ts";
import { recipientCmdlets } from "./nouns/recipient.ts";
import { recipientPermissionCmdlets } from "./nouns/recipientPermission.ts";
import { roleGroupCmdlets } from "./nouns/roleGroup.ts";
import { roleGroupMemberCmdlets } from "./nouns/roleGroupMember.ts";
import { servicePrincipalCmdlets } from "./nouns/servicePrincipal.ts";
import { servicePrincipalAuthorizationCmdlets } from "./nouns/servicePrincipalAuthorization.ts";
import { transportRuleCmdlets } from "./nouns/transportRule.ts";
import { unifiedAuditLogCmdlets } from "./nouns/unifiedAuditLog.ts";
import { userCmdlets } from "./nouns/user.ts";

/** Every cmdlet that the lab has, by name. */
export const cmdlets: Record<string, Cmdlet> = {
  ...acceptedDomainCmdlets,
  ...authenticationPolicyCmdlets,
  ...blockedEntityCmdlets,
  ...casMailboxCmdlets,
  ...dkimSigningConfigCmdlets,
  ...hveAccountCmdlets,
  ...inboundConnectorCmdlets,
  ...journalRuleCmdlets,
  ...mailboxCmdlets,
  ...mailboxPermissionCmdlets,
  ...mailboxStatisticsCmdlets,
  ...mailUserCmdlets,
  ...managementRoleAssignmentCmdlets,
  ...managementRoleCmdlets,
  ...managementRoleEntryCmdlets,
  ...managementScopeCmdlets,
  ...messageTraceCmdlets,
  ...organizationCmdlets,
  ...outboundConnectorCmdlets,
  ...outboundPolicyCmdlets,
  ...outboundRuleCmdlets,
  ...recipientCmdlets,
  ...recipientPermissionCmdlets,
  ...roleGroupCmdlets,
  ...roleGroupMemberCmdlets,
  ...servicePrincipalAuthorizationCmdlets,
  ...servicePrincipalCmdlets,
  ...transportRuleCmdlets,
  ...unifiedAuditLogCmdlets,
  ...userCmdlets,
};

/** The cmdlet of this name in any letter case, with the name in its own; undefined when the tenant has none. */
export function findCmdlet(given: string, world: World): NamedCmdlet | undefined {
  const entry = Object.entries(cmdlets).find(
    ([name, { isOffered }]) =>
      name.toLowerCase() === given.toLowerCase() && (isOffered?.(world) ?? true),
  );
  return entry && { name: entry[0], cmdlet: entry[1] };
}

/**
 * Binds and runs a cmdlet on the world.
 *
 * @throws CmdletError with Exchange's words; the world is then unchanged, but for what Exchange saw in DNS
 */
export function runCmdlet(
  named: NamedCmdlet,
  parameters: Record<string, unknown>,
  context: Context,
): Outcome {
  const outcome = named.cmdlet.run(bind(named, parameters), context);
  recordCmdlet(named, parameters, outcome, context);
  context.changed();
  return outcome;
}
