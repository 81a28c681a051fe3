import type { World } from "../../world/world.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { CmdletError } from "../failure.ts";
import { notFound } from "../failures.ts";
import { give } from "../outcome.ts";
import type { ParameterType } from "../parameterType.ts";
import { SMTP_ROLE } from "../submissionRights.ts";

/** The roles of RBAC for Applications ("Role Based Access Control for Applications in Exchange Online", Learn). */
const ROLES = [
  ...["Application Calendars.Read", "Application Calendars.ReadWrite"],
  ...["Application Contacts.Read", "Application Contacts.ReadWrite", "Application EWS.AccessAsApp"],
  ...["Application Mail.Read", "Application Mail.ReadBasic", "Application Mail.ReadWrite"],
  ...["Application Mail.Send", "Application MailboxSettings.Read"],
  ...["Application MailboxSettings.ReadWrite", SMTP_ROLE],
] as const;

/** What names a role. */
export const roleIdentity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.RoleIdParameter",
};

/** What a role lets an app do, as Entra names the permission. */
export const permissionOf = (role: string): string => role.replace(/^Application /, "");

const rolesOf = ({ settings }: World): string[] =>
  ROLES.filter((role) => role !== SMTP_ROLE || settings.applicationRbac);

/**
 * The role's own name.
 *
 * @throws CmdletError when the tenant has no such role
 */
export function findRole(identity: string, world: World): string {
  const found = rolesOf(world).find((role) => role.toLowerCase() === identity.toLowerCase());
  if (found === undefined) {
    throw new CmdletError(notFound(identity, world.tenant.servers.directory));
  }
  return found;
}

function present(role: string): ExchangeObject {
  return {
    Name: role,
    Identity: role,
    RoleType: role.replaceAll(/[ .]/g, ""),
    IsRootRole: true,
    IsEndUserRole: false,
    IsValid: true,
  };
}

/** Get-ManagementRole: one by identity, all without one. The lab has the roles for apps alone. */
export const getManagementRole: Cmdlet = {
  reads: true,
  parameters: { Identity: roleIdentity },
  mandatory: [],
  run(bound, { world }) {
    const identity = bound.text("Identity");
    const found = typeof identity === "string" ? [findRole(identity, world)] : rolesOf(world);
    return give(...found.map(present));
  },
};
