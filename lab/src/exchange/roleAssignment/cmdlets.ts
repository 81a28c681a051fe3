import { newGuid } from "../../context.ts";
import type { RoleAssignment } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { grantedAt, hasCome } from "../effective.ts";
import { nothingModified } from "../failures.ts";
import { chooseNamed, demandFreeName, findNamed } from "../named.ts";
import { demandCustomised } from "../organization/cmdlets.ts";
import { ask, give, giveNothing } from "../outcome.ts";
import type { ParameterType } from "../parameterType.ts";
import { roundTrip } from "../roundTrip.ts";
import { findServicePrincipal } from "../servicePrincipal/directory.ts";
import { findRole, roleIdentity } from "./roles.ts";
import { chosenScope, scopeParameters } from "./scope.ts";

const CONTAINER = "Role Assignments";
const flag: ParameterType = { is: "flag" };
const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.RoleAssignmentIdParameter",
};
const assignee: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.ServicePrincipalIdParameter",
};

/** Assumed: the assignee is shown by its ObjectId. */
function present(assignment: RoleAssignment, world: World): ExchangeObject {
  const { customResourceScope: scope, role } = assignment;
  const app = world.exchangeServicePrincipals.find(
    ({ guid }) => guid === assignment.servicePrincipal,
  );
  return {
    Name: assignment.name,
    Identity: assignment.name,
    Role: role,
    RoleAssignee: app?.objectId ?? null,
    RoleAssigneeName: app?.objectId ?? null,
    RoleAssigneeType: "ServicePrincipal",
    App: app?.objectId ?? null,
    AssignmentMethod: "Direct",
    RoleAssignmentDelegationType: "Regular",
    CustomResourceScope: scope,
    CustomRecipientWriteScope: null,
    RecipientWriteScope: scope === null ? "Organization" : "CustomRecipientScope",
    Enabled: assignment.enabled,
    WhenCreatedUTC: roundTrip(assignment.whenCreated),
    WhenChangedUTC: roundTrip(assignment.whenChanged),
    Guid: assignment.guid,
    IsValid: true,
  };
}

/**
 * New-ManagementRoleAssignment: answers the new object. Without Name it is the role and the app, cut to 64
 * characters (assumed).
 */
export const newManagementRoleAssignment: Cmdlet = {
  reads: false,
  parameters: {
    Name: { is: "text" },
    App: assignee,
    Role: roleIdentity,
    ...scopeParameters,
    Confirm: flag,
  },
  mandatory: ["App", "Role"],
  run(bound, context) {
    const { world, clock } = context;
    demandCustomised(context);
    const app = findServicePrincipal(bound.text("App") ?? "", world);
    const role = findRole(bound.text("Role") ?? "", world);
    const scope = chosenScope(bound, world) ?? null;
    const wanted = bound.text("Name") ?? `${role}-${app.objectId}`.slice(0, 64);
    const name = demandFreeName(world.roleAssignments, wanted, CONTAINER, world);
    if (bound.flag("Confirm") === true) return ask("New-ManagementRoleAssignment", name);
    const now = clock.now().toISOString();
    const assignment: RoleAssignment = {
      guid: newGuid(world),
      name,
      role,
      servicePrincipal: app.guid,
      customResourceScope: scope,
      enabled: true,
      whenCreated: now,
      whenChanged: now,
      effectiveAt: grantedAt(context),
    };
    world.roleAssignments.push(assignment);
    return give(present(assignment, world));
  },
};

/** Get-ManagementRoleAssignment: one by identity, or those of a role, of an app, of a kind of assignee. */
export const getManagementRoleAssignment: Cmdlet = {
  reads: true,
  parameters: {
    Identity: identity,
    Role: roleIdentity,
    RoleAssignee: assignee,
    RoleAssigneeType: {
      is: "enum",
      type: "Microsoft.Exchange.Data.Directory.SystemConfiguration.RoleAssigneeType",
      names: [
        ...["User", "SecurityGroup", "RoleAssignmentPolicy", "MailboxPlan"],
        ...["ForeignSecurityPrincipal", "RoleGroup", "LinkedRoleGroup", "Computer"],
        ...["PartnerLinkedRoleGroup", "ServicePrincipal"],
      ],
    },
  },
  mandatory: [],
  run(bound, { world }) {
    const role = bound.text("Role") ?? null;
    const app = bound.text("RoleAssignee") ?? null;
    const roleName = role === null ? null : findRole(role, world);
    const guid = app === null ? null : findServicePrincipal(app, world).guid;
    const type = bound.text("RoleAssigneeType") ?? "ServicePrincipal";
    const { roleAssignments } = world;
    const found = chooseNamed(roleAssignments, bound.text("Identity"), CONTAINER, world).filter(
      (one) =>
        (roleName === null || one.role === roleName) &&
        (guid === null || one.servicePrincipal === guid) &&
        type === "ServicePrincipal",
    );
    return give(...found.map((one) => present(one, world)));
  },
};

/**
 * Set-ManagementRoleAssignment: answers nothing; changes the scope, and whether it is enabled. Sign-ins go by the old
 * scope for `grantDelayMs`; switching off counts at once (assumed).
 */
export const setManagementRoleAssignment: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, ...scopeParameters, Enabled: flag, Confirm: flag },
  mandatory: ["Identity"],
  run(bound, context) {
    const { world, clock } = context;
    const current = findNamed(
      world.roleAssignments,
      bound.text("Identity") ?? "",
      CONTAINER,
      world,
    );
    if (bound.flag("Confirm") !== false) return ask("Set-ManagementRoleAssignment", current.name);
    const wanted = chosenScope(bound, world);
    const scope = wanted === undefined ? current.customResourceScope : wanted;
    const enabled = bound.flag("Enabled") ?? current.enabled;
    if (scope === current.customResourceScope && enabled === current.enabled) {
      return giveNothing(nothingModified(current.name));
    }
    const now = clock.now();
    if (scope !== current.customResourceScope) {
      const { earlier } = current;
      const isPending = earlier !== undefined && !hasCome(earlier.until, now);
      current.earlier = {
        customResourceScope: isPending ? earlier.customResourceScope : current.customResourceScope,
        until: grantedAt(context),
      };
      current.customResourceScope = scope;
    }
    if (enabled && !current.enabled) current.effectiveAt = grantedAt(context);
    current.enabled = enabled;
    current.whenChanged = now.toISOString();
    return giveNothing();
  },
};

/** Remove-ManagementRoleAssignment: answers nothing. */
export const removeManagementRoleAssignment: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, Confirm: flag },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const { roleAssignments } = world;
    const { name, guid } = findNamed(
      roleAssignments,
      bound.text("Identity") ?? "",
      CONTAINER,
      world,
    );
    if (bound.flag("Confirm") !== false) return ask("Remove-ManagementRoleAssignment", name);
    world.roleAssignments = roleAssignments.filter((one) => one.guid !== guid);
    return giveNothing();
  },
};
