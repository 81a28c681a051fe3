import type { World } from "../../world/world.ts";
import { type Directory, findOne } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import { identityType } from "../parameters.ts";
import { SMTP_ROLE } from "../submissionRights.ts";

/** The roles of RBAC for Applications ("Role Based Access Control for Applications in Exchange Online", Learn). */
const ROLES = [
  ...["Application Calendars.Read", "Application Calendars.ReadWrite"],
  ...["Application Contacts.Read", "Application Contacts.ReadWrite", "Application EWS.AccessAsApp"],
  ...["Application Mail.Read", "Application Mail.ReadBasic", "Application Mail.ReadWrite"],
  ...["Application Mail.Send", "Application MailboxSettings.Read"],
  ...["Application MailboxSettings.ReadWrite", SMTP_ROLE],
].map((name) => ({ name }));

type Role = (typeof ROLES)[number];

const managementRoles: Directory<Role> = {
  all: ({ settings }) => ROLES.filter(({ name }) => name !== SMTP_ROLE || settings.applicationRbac),
  nameOf: ({ name }) => name,
  identities: ({ name }) => [name],
};

export const roleIdentity = identityType("RoleIdParameter");

/** The roles for apps; the lab has no others. */
export const managementRoleCmdlets = defineNoun<Role>({
  name: "ManagementRole",
  identity: "RoleIdParameter",
  directory: managementRoles,
  present: ({ name }) => ({
    Name: name,
    Identity: name,
    RoleType: name.replaceAll(/[ .]/g, ""),
    IsRootRole: true,
    IsEndUserRole: false,
    IsValid: true,
  }),
  get: {},
});

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
