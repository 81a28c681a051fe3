import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { Cmdlet } from "../cmdlet.ts";
import { findMailbox } from "../mailbox/directory.ts";
import { isCovered } from "../managementScope/filter.ts";
import { give } from "../outcome.ts";
import { findServicePrincipal } from "../servicePrincipal/directory.ts";
import { permissionOf } from "./roles.ts";

/** Whether a scope covers a mailbox, as it is written now. */
function covers(scope: string | null, mailbox: Mailbox, { managementScopes }: World): boolean {
  const filter = managementScopes.find(({ name }) => name === scope)?.recipientFilter;
  return scope === null || (filter !== undefined && isCovered(filter, mailbox));
}

/**
 * Test-ServicePrincipalAuthorization: a line for each role that an app holds, as it is written now; sign-ins come
 * later to the same view. Columns and values as in the examples of its page.
 */
export const testServicePrincipalAuthorization: Cmdlet = {
  reads: true,
  parameters: {
    Identity: {
      is: "identity",
      type: "Microsoft.Exchange.Configuration.Tasks.ServicePrincipalIdParameter",
    },
    Resource: { is: "identity", type: "Microsoft.Exchange.Configuration.Tasks.UserIdParameter" },
  },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const { guid } = findServicePrincipal(bound.text("Identity") ?? "", world);
    const resource = bound.text("Resource") ?? null;
    const mailbox = resource === null ? null : findMailbox(resource, world);
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
