import { DIRECTORY_ROLES, type DirectoryRole } from "../world/directoryRoles.ts";
import {
  ORGANIZATION_MANAGEMENT,
  RECIPIENT_MANAGEMENT,
  VIEW_ONLY_ORGANIZATION_MANAGEMENT,
} from "../world/roleGroups.ts";
import type { World } from "../world/world.ts";
import { parameterPages } from "./parameterPages.ts";
import { hasCome } from "./times.ts";

/** Which management roles hold a noun's cmdlets: those that read (Get, Test, Search), and those that write. */
interface Holders {
  read: readonly string[];
  write: readonly string[];
}

const CONFIGURATION = "View-Only Configuration";
const RECIPIENTS = "View-Only Recipients";
/** The roles that may search the audit log (Search the audit log, Learn). */
const AUDIT = ["View-Only Audit Logs", "Audit Logs"];

const recipients: Holders = { read: [RECIPIENTS, "Mail Recipients"], write: ["Mail Recipients"] };
const hygiene: Holders = {
  read: [CONFIGURATION, "Transport Hygiene"],
  write: ["Transport Hygiene"],
};
const roles: Holders = { read: [CONFIGURATION, "Role Management"], write: ["Role Management"] };
const organization: Holders = {
  read: [CONFIGURATION, "Organization Configuration"],
  write: ["Organization Configuration"],
};

/**
 * The roles by noun. Microsoft's cmdlet pages name none; Microsoft365DSC's `settings.json` names those of each resource
 * (`requiredroles`, 1.26.408 and later). Service principals are in Role Management alone, for reading too: so say that
 * file, azapptoolkit's operator roles, and a public record of `Get-ManagementRole -Cmdlet New-ServicePrincipal`, which
 * lists Get-ServicePrincipal and Test-ServicePrincipalAuthorization among its entries.
 */
const HOLDERS: Readonly<Record<string, Holders>> = {
  AdminAuditLogConfig: { read: [CONFIGURATION, ...AUDIT], write: ["Audit Logs"] },
  AcceptedDomain: {
    read: [CONFIGURATION, "Remote and Accepted Domains"],
    write: ["Remote and Accepted Domains"],
  },
  AuthenticationPolicy: {
    read: [CONFIGURATION, "Organization Client Access"],
    write: ["Organization Client Access"],
  },
  CASMailbox: recipients,
  DkimSigningConfig: hygiene,
  HostedOutboundSpamFilterPolicy: hygiene,
  HostedOutboundSpamFilterRule: hygiene,
  InboundConnector: {
    read: [CONFIGURATION, "Remote and Accepted Domains"],
    write: ["Remote and Accepted Domains"],
  },
  Mailbox: { read: recipients.read, write: ["Mail Recipients", "Mail Recipient Creation"] },
  MailboxPermission: recipients,
  ManagementRole: roles,
  ManagementRoleAssignment: roles,
  ManagementRoleEntry: roles,
  ManagementScope: roles,
  OrganizationConfig: organization,
  OrganizationCustomization: organization,
  Recipient: recipients,
  RecipientPermission: recipients,
  RoleGroup: roles,
  RoleGroupMember: roles,
  ServicePrincipal: { read: ["Role Management"], write: ["Role Management"] },
  ServicePrincipalAuthorization: { read: ["Role Management"], write: ["Role Management"] },
  TransportConfig: organization,
  UnifiedAuditLog: { read: AUDIT, write: [] },
  User: recipients,
};

const READING = /^(Get|Test|Search)-/;

/** The built-in roles that hold a cmdlet. */
export function holdersOf(cmdlet: string): readonly string[] {
  const noun = cmdlet.slice(cmdlet.indexOf("-") + 1);
  return HOLDERS[noun]?.[READING.test(cmdlet) ? "read" : "write"] ?? [];
}

/** The built-in roles of the cmdlets that the lab has. */
export const BUILT_IN_ROLES: readonly string[] = [
  ...new Set(Object.values(HOLDERS).flatMap(({ read, write }) => [...read, ...write])),
].toSorted();

/** The cmdlets of the lab that a role holds, by name; undefined where there is no such role. */
export function entriesOf(
  role: string,
  { managementRoles }: Pick<World, "managementRoles">,
): readonly string[] | undefined {
  if (BUILT_IN_ROLES.includes(role)) {
    return Object.keys(parameterPages).filter((cmdlet) => holdersOf(cmdlet).includes(role));
  }
  return managementRoles.find(({ name }) => name === role)?.entries;
}

/** The role groups that Entra's directory roles put people and apps into ("Permissions in Exchange Online", Learn). */
const GROUPS_OF: readonly (readonly [role: DirectoryRole, group: string])[] = [
  ["Exchange Administrator", ORGANIZATION_MANAGEMENT],
  ["Global Administrator", ORGANIZATION_MANAGEMENT],
  ["Exchange Recipient Administrator", RECIPIENT_MANAGEMENT],
  // Microsoft365DSC pairs the two.
  ["Global Reader", VIEW_ONLY_ORGANIZATION_MANAGEMENT],
];

/**
 * Whether somebody may run a cmdlet, by directory roles and role groups.
 *
 * @param caller the object id in Entra, and the template ids of the directory roles
 */
export function mayRun(
  { oid, wids }: { oid: string; wids: readonly string[] },
  cmdlet: string,
  world: Pick<World, "managementRoles" | "roleGroups">,
  at: Date,
): boolean {
  const byRole = GROUPS_OF.filter(([role]) => wids.includes(DIRECTORY_ROLES[role])).map(
    ([, group]) => group,
  );
  return world.roleGroups
    .filter(
      ({ name, members }) =>
        byRole.includes(name) ||
        members.some(({ objectId, effectiveAt }) => objectId === oid && hasCome(effectiveAt, at)),
    )
    .some(({ roles }) => roles.some((role) => entriesOf(role, world)?.includes(cmdlet) ?? false));
}
