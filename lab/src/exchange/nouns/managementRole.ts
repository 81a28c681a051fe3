import type { ManagementRole } from "../../world/roleGroups.ts";
import type { World } from "../../world/world.ts";
import { type Cmdlet, give } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { findOne, inConfiguration } from "../directory.ts";
import { BUILT_IN_ROLES, entriesOf } from "../managementRoles.ts";
import { defineNoun } from "../noun.ts";
import { type Bound, identityType } from "../parameters.ts";
import { SMTP_ROLE } from "../submissionRights.ts";
import { roundTrip } from "../times.ts";
import { demandCustomised } from "./organization.ts";

/** The roles of RBAC for Applications ("Role Based Access Control for Applications in Exchange Online", Learn). */
const APPLICATION_ROLES = [
  ...["Application Calendars.Read", "Application Calendars.ReadWrite"],
  ...["Application Contacts.Read", "Application Contacts.ReadWrite", "Application EWS.AccessAsApp"],
  ...["Application Mail.Read", "Application Mail.ReadBasic", "Application Mail.ReadWrite"],
  ...["Application Mail.Send", "Application MailboxSettings.Read"],
  ...["Application MailboxSettings.ReadWrite", SMTP_ROLE],
];

/** A role that every organisation has; it holds no cmdlets of its own list here. */
interface BuiltInRole {
  name: string;
  guid?: undefined;
}

type Role = ManagementRole | BuiltInRole;

const isOwn = (role: Role): role is ManagementRole => role.guid !== undefined;

const ownRoles = inConfiguration<ManagementRole>("Roles", (world) => world.managementRoles);

const builtInRoles = ({ settings }: World): BuiltInRole[] => [
  ...BUILT_IN_ROLES.map((name) => ({ name })),
  ...APPLICATION_ROLES.filter((name) => name !== SMTP_ROLE || settings.applicationRbac).map(
    (name) => ({ name }),
  ),
];

/** The organisation's own roles after those that all have. */
export const managementRoles = {
  all: (world: World): Role[] => [...builtInRoles(world), ...world.managementRoles],
  nameOf: ({ name }: Role) => name,
  identities: (role: Role, world: World) =>
    isOwn(role) ? ownRoles.identities(role, world) : [role.name],
  distinguishedName: ownRoles.distinguishedName,
};

export const roleIdentity = identityType("RoleIdParameter");

const newAndRemove = defineNoun<ManagementRole>({
  name: "ManagementRole",
  identity: "RoleIdParameter",
  directory: ownRoles,
  properties: {
    Description: { is: "text", field: "description", default: "", only: "New" },
  },
  present: (role, { world }) => present(role, world),
  new: {
    parameters: { Parent: roleIdentity, EnabledCmdlets: { is: "list" } },
    mandatory: ["Name", "Parent"],
    demand: demandCustomised,
    fields: (bound, { world }) => fieldsOf(bound, world),
    demandUnique({ name }, world) {
      const taken = managementRoles.all(world).some((one) => sameName(one.name, name));
      const distinguishedName = ownRoles.distinguishedName(name, world);
      if (taken) throw refusal("exchange.already-exists", { distinguishedName });
    },
  },
  remove: {
    switches: ["Confirm", "Force"],
    demandUnused({ name }, { roleGroups, managementRoles: roles }) {
      const groups = roleGroups.filter((group) => group.roles.includes(name));
      if (groups.length > 0) {
        const assignments = groups.map((group) => assignmentName(name, group.name)).join(", ");
        throw refusal("exchange.role-assigned", { role: name, assignments });
      }
      const child = roles.find(({ parent }) => parent === name);
      if (child) throw refusal("exchange.role-has-children", { role: name, child: child.name });
    },
  },
});

/** The name of the assignment that a role group has of a role; cut to 64 characters. */
export const assignmentName = (role: string, group: string): string =>
  `${role}-${group}`.slice(0, 64);

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** @throws CmdletError for a parent that has no cmdlets to give, or not those that are named */
function fieldsOf(bound: Bound, world: World): Partial<ManagementRole> {
  const parent = findRole(bound.text("Parent") ?? "", world);
  const all = entriesOf(parent, world);
  if (all === undefined) throw refusal("exchange.role-without-cmdlets", { role: parent });
  const wanted = bound.list("EnabledCmdlets");
  if (!Array.isArray(wanted)) return { parent, entries: [...all] };
  const entries = wanted.map((cmdlet) => {
    const entry = all.find((one) => sameName(one, cmdlet));
    if (entry === undefined) throw refusal("exchange.no-role-entry", { role: parent, cmdlet });
    return entry;
  });
  return { parent, entries: [...new Set(entries)] };
}

/** Get-ManagementRole: all roles, that of an identity, or those that hold a cmdlet. */
const getManagementRole: Cmdlet = {
  reads: true,
  parameters: { Identity: roleIdentity, Cmdlet: { is: "text" } },
  mandatory: [],
  run(bound, { world }) {
    const identity = bound.text("Identity") ?? null;
    const cmdlet = bound.text("Cmdlet")?.toLowerCase() ?? null;
    const found =
      identity === null ? managementRoles.all(world) : [findOne(managementRoles, identity, world)];
    const holding = found.filter(
      ({ name }) =>
        cmdlet === null || entriesOf(name, world)?.some((entry) => entry.toLowerCase() === cmdlet),
    );
    return give(...holding.map((role) => present(role, world)));
  },
};

function present(role: Role, world: World) {
  const typeName = isOwn(role) ? rootOf(role.name, world) : role.name;
  return {
    Name: role.name,
    Identity: role.name,
    RoleType: typeName.replaceAll(/[ .-]/g, ""),
    IsRootRole: !isOwn(role),
    IsEndUserRole: false,
    ...(isOwn(role) && {
      Parent: role.parent,
      Description: role.description,
      WhenCreatedUTC: roundTrip(role.whenCreated),
      WhenChangedUTC: roundTrip(role.whenChanged),
      Guid: role.guid,
    }),
    IsValid: true,
  };
}

/** The built-in role that a role comes from. */
function rootOf(name: string, world: World): string {
  const own = world.managementRoles.find((one) => one.name === name);
  return own === undefined ? name : rootOf(own.parent, world);
}

export const managementRoleCmdlets = { ...newAndRemove, "Get-ManagementRole": getManagementRole };

/** The permission of a role, as Entra names it. */
export function permissionOf(role: string): string {
  return role.replace(/^Application /, "");
}

/**
 * The role's own name.
 *
 * @throws CmdletError when the tenant has no such role
 */
export function findRole(identity: string, world: World): string {
  return findOne(managementRoles, identity, world).name;
}
