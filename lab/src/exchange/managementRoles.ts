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
  ManagementScope: roles,
  OrganizationConfig: organization,
  OrganizationCustomization: organization,
  Recipient: recipients,
  RecipientPermission: recipients,
  ServicePrincipal: { read: ["Role Management"], write: ["Role Management"] },
  ServicePrincipalAuthorization: { read: ["Role Management"], write: ["Role Management"] },
  TransportConfig: organization,
  UnifiedAuditLog: { read: AUDIT, write: [] },
  User: recipients,
};

/** A role group of Exchange, and the service principals that are in it. */
export interface RoleGroup {
  name: string;
  /** Names of management roles. */
  roles: string[];
  /** Management roles of the organisation's own: some cmdlets of a built-in one. */
  customRoles: { name: string; parent: string; cmdlets: string[] }[];
  /** Object ids in Entra. */
  members: string[];
}

/** Who has every role: Exchange Administrator and Global Administrator are in Organization Management. */
const ADMINISTRATORS = [
  "29232cdf-9323-42fd-ade2-1d097af3e4de",
  "62e90394-69f5-4237-9190-012177145e10",
];
const GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";

/** The roles of View-Only Organization Management, which Global Reader is in (Microsoft365DSC pairs the two). */
const VIEW_ONLY = [CONFIGURATION, RECIPIENTS];

/** The role group that a reader of this stack needs, as its how-to describes it. */
export const readersGroup = (members: string[]): RoleGroup => ({
  name: "Mail Relay Readers",
  roles: [...VIEW_ONLY, "View-Only Audit Logs"],
  customRoles: [
    {
      name: "Mail Relay Role Reader",
      parent: "Role Management",
      cmdlets: ["Get-ServicePrincipal", "Test-ServicePrincipalAuthorization"],
    },
  ],
  members,
});

/**
 * Whether an app may run a cmdlet, by its directory roles and role groups.
 *
 * @param app its service principal's object id and the template ids of its directory roles
 */
export function mayRun(
  app: { oid: string; wids: readonly string[] },
  cmdlet: string,
  reads: boolean,
  roleGroups: readonly RoleGroup[],
): boolean {
  if (app.wids.some((role) => ADMINISTRATORS.includes(role))) return true;
  const holders = HOLDERS[cmdlet.slice(cmdlet.indexOf("-") + 1)]?.[reads ? "read" : "write"] ?? [];
  const groups = roleGroups.filter(({ members }) => members.includes(app.oid));
  const held = [
    ...(app.wids.includes(GLOBAL_READER) ? VIEW_ONLY : []),
    ...groups.flatMap((group) => group.roles),
  ];
  const entries = groups.flatMap(({ customRoles }) => customRoles.flatMap((role) => role.cmdlets));
  return holders.some((role) => held.includes(role)) || entries.includes(cmdlet);
}
