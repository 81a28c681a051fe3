import { newGuid } from "../../context.ts";
import type { RoleAssignment } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { findOne, findSome, inConfiguration, notFound } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { type Bound, identityType, type Parameters } from "../parameters.ts";
import { findReplicated } from "../replication.ts";
import { grantedAt, judgedBy } from "../times.ts";
import { findRole, roleIdentity } from "./managementRole.ts";
import { managementScopes } from "./managementScope.ts";
import { demandCustomised } from "./organization.ts";
import { servicePrincipals } from "./servicePrincipal.ts";

const NOUN = "ManagementRoleAssignment";

const app = identityType("ServicePrincipalIdParameter");

/** The parameters that limit an assignment: at most one of them. */
const SCOPES: Parameters = {
  CustomResourceScope: identityType("ManagementScopeIdParameter"),
  RecipientAdministrativeUnitScope: identityType("AdministrativeUnitIdParameter"),
  RecipientGroupScope: identityType("GroupIdParameter"),
};

const roleAssignments = inConfiguration<RoleAssignment>(
  "Role Assignments",
  (world) => world.roleAssignments,
);

/**
 * Roles that service principals hold. Sign-ins go by the old scope for `grantDelayMs` after a change; switching off
 * counts at once (assumed).
 */
export const managementRoleAssignmentCmdlets = defineNoun<RoleAssignment>({
  name: NOUN,
  identity: "RoleAssignmentIdParameter",
  directory: roleAssignments,
  present: (assignment, { world }) => presentNamed(assignment, particularOf(assignment, world)),
  new: {
    parameters: { App: app, Role: roleIdentity, ...SCOPES },
    mandatory: ["App", "Role"],
    demand: demandCustomised,
    // Without Name it is the role and the app, cut to 64 characters (assumed).
    fields(bound, context) {
      const { world } = context;
      const app = bound.text("App") ?? "";
      const { guid, objectId } = findReplicated(servicePrincipals, app, NOUN, context);
      const role = findRole(bound.text("Role") ?? "", world);
      const scope = chosenScope(bound, world) ?? null;
      return {
        name: bound.text("Name") ?? `${role}-${objectId}`.slice(0, 64),
        role,
        servicePrincipal: guid,
        customResourceScope: scope,
        enabled: true,
      };
    },
    add(assignment, _bound, context) {
      assignment.guid = newGuid(context.world);
      assignment.effectiveAt = grantedAt(context);
      context.world.roleAssignments.push(assignment);
      return [];
    },
  },
  get: {
    parameters: {
      Role: roleIdentity,
      RoleAssignee: app,
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
    read(identity, bound, world) {
      const given = { role: bound.text("Role") ?? null, app: bound.text("RoleAssignee") ?? null };
      const role = given.role === null ? null : findRole(given.role, world);
      const guid = given.app === null ? null : findOne(servicePrincipals, given.app, world).guid;
      const type = bound.text("RoleAssigneeType") ?? "ServicePrincipal";
      return findSome(roleAssignments, identity, world).filter(
        (one) =>
          (role === null || one.role === role) &&
          (guid === null || one.servicePrincipal === guid) &&
          type === "ServicePrincipal",
      );
    },
  },
  set: {
    parameters: { ...SCOPES, Enabled: { is: "flag" } },
    edit(current, bound, { world }) {
      const scope = chosenScope(bound, world);
      return {
        ...current,
        customResourceScope: scope === undefined ? current.customResourceScope : scope,
        enabled: bound.flag("Enabled") ?? current.enabled,
      };
    },
    beforeChange(current, next, context) {
      if (next.customResourceScope !== current.customResourceScope) {
        const { customResourceScope } = judgedBy(current, context.clock.now());
        next.earlier = { customResourceScope, until: grantedAt(context) };
      }
      if (next.enabled && !current.enabled) next.effectiveAt = grantedAt(context);
    },
  },
  remove: {},
});

/**
 * RoleAssigneeName is the display name, which is not unique, and there is no App (scripts that read live objects:
 * Microsoft365DSC's EXOManagementRoleAssignment takes the app from RoleAssignee). What RoleAssignee holds differs from
 * world to world, as no record shows it for a service principal.
 */
function particularOf(
  { servicePrincipal, customResourceScope: scope, role, enabled }: RoleAssignment,
  { exchangeServicePrincipals, settings }: World,
) {
  const principal = exchangeServicePrincipals.find(({ guid }) => guid === servicePrincipal);
  const displayName = principal?.displayName || null;
  const objectId = principal?.objectId ?? null;
  return {
    Role: role,
    RoleAssignee: settings.roleAssignee === "object id" ? objectId : (displayName ?? objectId),
    RoleAssigneeName: displayName ?? objectId,
    RoleAssigneeType: "ServicePrincipal",
    AssignmentMethod: "Direct",
    RoleAssignmentDelegationType: "Regular",
    CustomResourceScope: scope,
    CustomRecipientWriteScope: null,
    RecipientWriteScope: scope === null ? "Organization" : "CustomRecipientScope",
    Enabled: enabled,
  };
}

/**
 * The name of the management scope that the call names; null for none, undefined when it has no such parameter. The
 * lab has neither administrative units nor groups.
 *
 * @throws CmdletError when it is not there, or the call has several parameters
 */
function chosenScope(bound: Bound, world: World): string | null | undefined {
  const given = Object.keys(SCOPES).filter((parameter) => bound.has(parameter));
  const [parameter] = given;
  if (parameter === undefined) return undefined;
  if (given.length > 1) throw refusal("exchange.several-scopes", { parameters: given.join(", ") });
  const identity = bound.text(parameter) ?? null;
  if (identity === null) return null;
  if (parameter !== "CustomResourceScope") throw notFound(identity, world);
  return findOne(managementScopes, identity, world).name;
}
