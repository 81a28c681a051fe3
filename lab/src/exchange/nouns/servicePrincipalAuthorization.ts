import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { type Cmdlet, give } from "../cmdlet.ts";
import { identityType } from "../parameters.ts";
import { isCovered } from "../recipientFilter.ts";
import { findReplicated } from "../replication.ts";
import { mailboxes } from "./mailbox.ts";
import { permissionOf } from "./managementRole.ts";
import { servicePrincipals } from "./servicePrincipal.ts";

const NOUN = "ServicePrincipalAuthorization";

/**
 * Test-ServicePrincipalAuthorization: a line for each role that an app holds, as assigned now; sign-ins are judged
 * by it later. Columns and values as in the examples of its page.
 */
const testServicePrincipalAuthorization: Cmdlet = {
  reads: true,
  parameters: {
    Identity: identityType("ServicePrincipalIdParameter"),
    Resource: identityType("UserIdParameter"),
  },
  mandatory: ["Identity"],
  run(bound, context) {
    const { world } = context;
    const identity = bound.text("Identity") ?? "";
    const { guid } = findReplicated(servicePrincipals, identity, NOUN, context);
    const resource = bound.text("Resource") ?? null;
    const mailbox = resource === null ? null : findReplicated(mailboxes, resource, NOUN, context);
    const held = world.roleAssignments.filter(
      (one) => one.servicePrincipal === guid && one.enabled,
    );
    return give(
      ...held.map(({ role, customResourceScope: scope }) => ({
        RoleName: role,
        GrantedPermissions: permissionOf(role),
        AllowedResourceScope: scope ?? "Organization",
        ScopeType: scope === null ? "Organization" : "CustomRecipientScope",
        InScope: mailbox === null ? "Not Run" : covers(scope, mailbox, world) ? "True" : "False",
      })),
    );
  },
};

export const servicePrincipalAuthorizationCmdlets = {
  "Test-ServicePrincipalAuthorization": testServicePrincipalAuthorization,
};

/** Whether a scope covers a mailbox, by its newest filter. */
function covers(scope: string | null, mailbox: Mailbox, { managementScopes }: World): boolean {
  const filter = managementScopes.find(({ name }) => name === scope)?.recipientFilter;
  return scope === null || (filter !== undefined && isCovered(filter, mailbox));
}
