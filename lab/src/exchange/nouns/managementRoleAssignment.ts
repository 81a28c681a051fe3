import { type Context, newGuid } from "../../context.ts";
import { makeRandom } from "../../random.ts";
import { holdsDirectoryRole } from "../../world/directoryRoles.ts";
import type { RoleAssignment } from "../../world/recipients.ts";
import type { RoleGroup } from "../../world/roleGroups.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { findOne, findSome, inConfiguration, matching, notFound } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { type Bound, identityType, type Parameters } from "../parameters.ts";
import { findReplicated } from "../replication.ts";
import { grantedAt, judgedBy } from "../times.ts";
import { assignmentName, findRole, roleIdentity } from "./managementRole.ts";
import { managementScopes } from "./managementScope.ts";
import { demandCustomised } from "./organization.ts";
import { roleGroups } from "./roleGroup.ts";
import { servicePrincipals } from "./servicePrincipal.ts";

const NOUN = "ManagementRoleAssignment";

const app = identityType("ServicePrincipalIdParameter");
const group = identityType("SecurityGroupIdParameter");

/** The parameters that limit an assignment: at most one of them. */
const SCOPES: Parameters = {
  CustomResourceScope: identityType("ManagementScopeIdParameter"),
  RecipientAdministrativeUnitScope: identityType("AdministrativeUnitIdParameter"),
  RecipientGroupScope: identityType("GroupIdParameter"),
};

/** The world keeps the roles of a role group with the group. */
const roleAssignments = inConfiguration<RoleAssignment>("Role Assignments", (world) => [
  ...world.roleGroups.flatMap((group) => group.roles.map((role) => ofGroup(role, group, world))),
  ...world.roleGroups.flatMap(({ delegating = [], ...group }) =>
    delegating.map((role) => ({
      ...ofGroup(role, { ...group, name: `${group.name}-Delegating` }, world),
      ...{ roleGroup: group.name, delegating: true as const },
    })),
  ),
  ...world.roleAssignments,
]);

const ofGroup = (role: string, { name, whenCreated }: RoleGroup, { seed }: World) => ({
  guid: makeRandom(`${seed}/role of group/${role}/${name}`).guid(),
  name: assignmentName(role, name),
  role,
  ...{ servicePrincipal: "", roleGroup: name, customResourceScope: null, enabled: true },
  ...{ whenCreated, whenChanged: whenCreated, effectiveAt: whenCreated },
});

/**
 * Roles that service principals and role groups hold. Sign-ins go by the old scope for `grantDelayMs` after a change; switching off
 * counts at once (assumed).
 */
export const managementRoleAssignmentCmdlets = defineNoun<RoleAssignment>({
  name: NOUN,
  identity: "RoleAssignmentIdParameter",
  directory: roleAssignments,
  present: (assignment, { world }) => presentNamed(assignment, particularOf(assignment, world)),
  new: {
    parameters: {
      App: app,
      SecurityGroup: group,
      Delegating: { is: "flag" },
      Role: roleIdentity,
      ...SCOPES,
    },
    mandatory: ["Role"],
    demand: demandCustomised,
    // Without Name it is the role and the app or the group, cut to 64 characters (assumed).
    fields(bound, context) {
      const { world } = context;
      demandDelegation(findRole(bound.text("Role") ?? "", world), context);
      if (bound.has("SecurityGroup")) return fieldsOfGroup(bound, world);
      if (bound.has("Delegating")) throw refusal("exchange.group-assignment");
      if (typeof bound.text("App") !== "string") {
        throw refusal("exchange.missing-mandatory", { parameters: "App" });
      }
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
      const found = groupOf(assignment, context.world);
      if (found) {
        const { delegating = [] } = found;
        if (assignment.delegating) found.delegating = [...delegating, assignment.role];
        else found.roles.push(assignment.role);
        assignment.guid = ofGroup(assignment.role, found, context.world).guid;
        return [];
      }
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
      const isAssignee = given.app === null ? () => true : assigneeTest(given.app, world);
      const type = bound.text("RoleAssigneeType") ?? null;
      return findSome(roleAssignments, identity, world).filter(
        (one) =>
          (role === null || one.role === role) &&
          isAssignee(one) &&
          (type === null || typeOf(one) === type),
      );
    },
  },
  set: {
    parameters: { ...SCOPES, Enabled: { is: "flag" } },
    edit(current, bound, { world }) {
      if (current.roleGroup !== undefined) throw refusal("exchange.group-assignment");
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
  remove: {
    beforeRemove(assignment, { world }) {
      const found = groupOf(assignment, world);
      if (found && assignment.delegating) {
        found.delegating = found.delegating?.filter((role) => role !== assignment.role) ?? [];
      } else if (found) found.roles = found.roles.filter((role) => role !== assignment.role);
      world.roleAssignments = world.roleAssignments.filter((one) => one !== assignment);
    },
  },
});

/**
 * Who gives a role to others needs a delegating assignment of it. Organization Management has one of each role, and the lab
 * takes every administrator for a member; live tenants were seen to want an explicit one.
 */
function demandDelegation(role: string, { caller, world }: Context): void {
  if (caller === undefined) return;
  const byGroup = world.roleGroups.some(
    ({ members, delegating = [] }) =>
      delegating.includes(role) && members.some(({ objectId }) => objectId === caller.oid),
  );
  if (!byGroup && !holdsDirectoryRole(caller.wids, ["Exchange Administrator"])) {
    throw refusal("exchange.no-delegation", { role });
  }
}

const groupOf = ({ roleGroup }: RoleAssignment, { roleGroups: all }: World) =>
  all.find(({ name }) => name === roleGroup);

const typeOf = ({ roleGroup }: RoleAssignment) =>
  roleGroup === undefined ? "ServicePrincipal" : "RoleGroup";

/** @throws CmdletError when neither an app nor a role group has the identity */
function assigneeTest(identity: string, world: World): (one: RoleAssignment) => boolean {
  const [found] = matching(roleGroups, identity, world);
  if (found) return ({ roleGroup }) => roleGroup === found.name;
  const { guid } = findOne(servicePrincipals, identity, world);
  return ({ servicePrincipal }) => servicePrincipal === guid;
}

/** @throws CmdletError when the group is not there, or has the role */
function fieldsOfGroup(bound: Bound, world: World) {
  const [other] = ["App", ...Object.keys(SCOPES), "Name"].filter((one) => bound.has(one));
  if (other !== undefined) throw refusal("exchange.several-scopes", { parameters: other });
  const { name: roleGroup } = findOne(roleGroups, bound.text("SecurityGroup") ?? "", world);
  const role = findRole(bound.text("Role") ?? "", world);
  return {
    ...{ name: assignmentName(role, roleGroup), role, servicePrincipal: "", roleGroup },
    ...(bound.flag("Delegating") && { delegating: true as const }),
    ...{ customResourceScope: null, enabled: true },
  };
}

/**
 * RoleAssigneeName is the display name, which is not unique, and there is no App (scripts that read live objects:
 * Microsoft365DSC's EXOManagementRoleAssignment takes the app from RoleAssignee). What RoleAssignee holds differs from
 * world to world, as no record shows it for a service principal.
 */
function particularOf(assignment: RoleAssignment, { exchangeServicePrincipals, settings }: World) {
  const { servicePrincipal, roleGroup = null, customResourceScope: scope } = assignment;
  const { role, enabled } = assignment;
  const principal = exchangeServicePrincipals.find(({ guid }) => guid === servicePrincipal);
  const displayName = principal?.displayName || null;
  const objectId = principal?.objectId ?? null;
  return {
    Role: role,
    RoleAssignee:
      roleGroup ?? (settings.roleAssignee === "object id" ? objectId : (displayName ?? objectId)),
    RoleAssigneeName: roleGroup ?? displayName ?? objectId,
    RoleAssigneeType: typeOf(assignment),
    AssignmentMethod: "Direct",
    RoleAssignmentDelegationType: assignment.delegating ? "DelegatingOrgWide" : "Regular",
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
