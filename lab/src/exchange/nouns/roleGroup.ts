import type { RoleGroup } from "../../world/roleGroups.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { type Directory, recipientName, validName } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { type Properties, withValues } from "../properties.ts";
import { assignmentName, findRole } from "./managementRole.ts";
import { demandCustomised } from "./organization.ts";
import { memberName, newMember } from "./roleGroupMembers.ts";

export const roleGroups: Directory<RoleGroup> = {
  all: (world) => world.roleGroups,
  nameOf: ({ name }) => name,
  identities: ({ name, guid }, world) => [
    ...[name, guid, `{${guid}}`, `${world.tenant.initialDomain}\\${name}`],
    recipientName(name, world),
  ],
  distinguishedName: recipientName,
};

const properties: Properties<RoleGroup> = {
  Description: { is: "text", field: "description", default: "" },
};

const BYPASS = { BypassSecurityGroupManagerCheck: { is: "flag" } } as const;

/** Role groups. Members of a new one count after `roleGroupDelayMs`. */
export const roleGroupCmdlets = defineNoun<RoleGroup>({
  name: "RoleGroup",
  identity: "RoleGroupIdParameter",
  directory: roleGroups,
  properties,
  present: (group, { world }) => presentNamed(group, particularOf(group, world)),
  new: {
    parameters: { Roles: { is: "list" }, Members: { is: "list" } },
    demand: demandCustomised,
    fields: (bound, context) => ({
      isBuiltIn: false,
      roles: listOf(bound.list("Roles")).map((role) => findRole(role, context.world)),
      members: listOf(bound.list("Members")).map((member) => newMember(member, context)),
    }),
  },
  get: {},
  set: {
    parameters: { Name: { is: "text" }, ...BYPASS },
    edit(current, bound, { world }) {
      const next = withValues(properties, current, bound, world);
      return bound.has("Name") ? { ...next, name: validName(bound.text("Name") ?? "") } : next;
    },
  },
  remove: {
    switches: ["Confirm", "Force"],
    parameters: BYPASS,
    demandUnused({ name, isBuiltIn }) {
      if (isBuiltIn) throw refusal("exchange.built-in-role-group", { group: name });
    },
  },
});

const listOf = (value: string[] | object | undefined): string[] =>
  Array.isArray(value) ? [...new Set(value)] : [];

function particularOf({ name, description, roles, members }: RoleGroup, world: World) {
  return {
    DisplayName: name,
    Description: description,
    ManagedBy: ["Organization Management"],
    Roles: roles,
    RoleAssignments: roles.map((role) => assignmentName(role, name)),
    Members: members.map(({ objectId }) => memberName(objectId, world)),
    RoleGroupType: "Standard",
    DistinguishedName: recipientName(name, world),
  };
}
