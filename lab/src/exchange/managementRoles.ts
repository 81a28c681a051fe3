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

/** A role group with this role alone may trace messages: so says it-bibouroku.hateblo.jp of Get-MessageTrace. */
const trace: Holders = { read: [RECIPIENTS], write: [] };

/** Who may write may read too, and so may those who only view. */
const held = (view: readonly string[], ...write: readonly string[]): Holders => ({
  read: [...view, ...write],
  write,
});

const recipients = held([RECIPIENTS], "Mail Recipients");
const hygiene = held([CONFIGURATION, "Security Reader"], "Transport Hygiene", "Security Admin");
const domains = held([CONFIGURATION], "Remote and Accepted Domains");
const roles = held([CONFIGURATION], "Role Management");
const apps = held([], "Role Management");
const organization = held([CONFIGURATION], "Organization Configuration");

/**
 * The roles by noun. Microsoft's cmdlet pages name none; Microsoft365DSC's `settings.json` names those of each resource
 * (`requiredroles`, 1.26.408 and later), in one list for reading and writing. Assumed: that the roles with "View-Only" and
 * "Reader" in their names are those that read. Service principals are in Role Management alone, for reading too: so say that
 * file, azapptoolkit's operator roles, and a public record of `Get-ManagementRole -Cmdlet New-ServicePrincipal`, which
 * lists Get-ServicePrincipal and Test-ServicePrincipalAuthorization among its entries. Of what an organisation manages with
 * further roles (compliance, DLP) the lab has those of mail alone. Restricted entities: who manages spam (Learn, "Remove blocked
 * connectors"). Assumed: that what is particular to High Volume Email, billing policies among it, goes with mail users.
 */
const HOLDERS: Readonly<Record<string, Holders>> = {
  AdminAuditLogConfig: { read: [CONFIGURATION, ...AUDIT], write: ["Audit Logs"] },
  AcceptedDomain: domains,
  AuthenticationPolicy: held([CONFIGURATION], "Organization Configuration", "Recipient Policies"),
  BlockedConnector: hygiene,
  BlockedSenderAddress: hygiene,
  CASMailbox: held([RECIPIENTS], "Mail Recipients", "User Options"),
  BillingPolicy: recipients,
  DkimSigningConfig: hygiene,
  HostedOutboundSpamFilterPolicy: hygiene,
  HostedOutboundSpamFilterRule: hygiene,
  HVEAccountBillingPolicy: recipients,
  HVEAccountSettings: recipients,
  HVEAppAccess: recipients,
  InboundConnector: domains,
  JournalRule: held([CONFIGURATION], "Journaling"),
  Mailbox: recipients,
  MailboxPermission: recipients,
  MailboxStatistics: recipients,
  MailUser: recipients,
  ManagementRole: roles,
  ManagementRoleAssignment: roles,
  ManagementRoleEntry: roles,
  ManagementScope: roles,
  MessageTraceDetailV2: trace,
  MessageTraceV2: trace,
  OrganizationConfig: organization,
  OrganizationCustomization: organization,
  OutboundConnector: domains,
  Recipient: recipients,
  RecipientPermission: recipients,
  RoleGroup: roles,
  RoleGroupMember: roles,
  ServicePrincipal: apps,
  ServicePrincipalAuthorization: apps,
  TransportConfig: held([CONFIGURATION], "Organization Transport Settings", "Journaling"),
  TransportRule: held([CONFIGURATION, "Security Reader"], "Security Admin", "Transport Rules"),
  UnifiedAuditLog: { read: AUDIT, write: [] },
  User: recipients,
};

/**
 * What differs from its noun. Mail Recipients manages mailboxes that are there, Mail Recipient Creation makes and removes
 * them ("Understanding management roles", Exchange Server; "RBAC Made Easy", part 4, techgenix.com).
 */
const OTHER_HOLDERS: Readonly<Record<string, readonly string[]>> = {
  "New-Mailbox": ["Mail Recipient Creation"],
  "New-MailUser": ["Mail Recipient Creation"],
  "Remove-Mailbox": ["Mail Recipient Creation"],
  "Remove-MailUser": ["Mail Recipient Creation"],
};

const READING = /^(Get|Test|Search)-/;

/** The built-in roles that hold a cmdlet. */
export function holdersOf(cmdlet: string): readonly string[] {
  const noun = cmdlet.slice(cmdlet.indexOf("-") + 1);
  const ofNoun = HOLDERS[noun]?.[READING.test(cmdlet) ? "read" : "write"] ?? [];
  return OTHER_HOLDERS[cmdlet] ?? ofNoun;
}

/** The built-in roles of the cmdlets that the lab has. */
export const BUILT_IN_ROLES: readonly string[] = [
  ...new Set([
    ...Object.values(HOLDERS).flatMap(({ read, write }) => [...read, ...write]),
    ...Object.values(OTHER_HOLDERS).flat(),
  ]),
].toSorted();

/** The cmdlets of each built-in role. Every request asks what its caller's roles hold. */
const BUILT_IN_ENTRIES: ReadonlyMap<string, readonly string[]> = new Map(
  BUILT_IN_ROLES.map((role) => [
    role,
    Object.keys(parameterPages).filter((cmdlet) => holdersOf(cmdlet).includes(role)),
  ]),
);

/** The cmdlets of the lab that a role holds, by name; undefined where there is no such role. */
export function entriesOf(
  role: string,
  { managementRoles }: Pick<World, "managementRoles">,
): readonly string[] | undefined {
  return BUILT_IN_ENTRIES.get(role) ?? managementRoles.find(({ name }) => name === role)?.entries;
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
