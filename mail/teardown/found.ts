// Objects that a sweep finds in Entra, in Exchange and in zones, and the command that removes each.
import { quote } from "../powershell.ts";

/** What each kind of object is called. */
export const TITLES = {
  application: "app",
  servicePrincipal: "service principal in Entra",
  user: "user",
  connector: "connector",
  adoptedConnector: "adopted connector",
  flowRule: "mail flow rule",
  mailbox: "mailbox",
  hveAccount: "HVE account",
  exchangeServicePrincipal: "service principal in Exchange",
  managementScope: "management scope",
  roleAssignment: "role assignment",
  authenticationPolicy: "authentication policy",
  outboundPolicy: "outbound policy",
  outboundRule: "outbound rule",
  sendAs: "right to send as",
  fullAccess: "full access to",
  record: "DNS record",
  deletedApplication: "deleted app",
  deletedServicePrincipal: "deleted service principal",
  deletedUser: "deleted user",
  deletedMailbox: "deleted mailbox",
} as const;

export type FoundKind = keyof typeof TITLES;

/** An object as a sweep sees it. */
export interface Found {
  readonly kind: FoundKind;
  /** What its service finds it by. */
  readonly id: string;
  /** As its service shows it. */
  readonly name: string;
  /** The text that may hold a mark; empty where it has none. */
  readonly mark: string;
  /** Names that tell whose it is where it has no mark. */
  readonly names: readonly string[];
  /** Where it is: `Entra`, `Exchange` or `the zone contoso.com`. */
  readonly where: string;
  /** What removes it, as typed in PowerShell (Exchange, Microsoft Graph) or sh (zones). */
  readonly command: string;
  /** Of what is kept after its deletion: when it was deleted, ISO 8601. */
  readonly deletedAt?: string;
  /** How it is known to be the stack's, where neither mark nor name tells. */
  readonly because?: string;
  /** Of a mailbox: object id of its account. */
  readonly account?: string;
  /** Of an app and its service principal: the client id. */
  readonly appId?: string;
  /** Kind and id of the object that it is removed with. */
  readonly goesWith?: string;
  /** What else is to be known before the command is run. */
  readonly note?: string;
}

/**
 * The order in which what is left can be removed: what needs another thing before that thing, and a policy after the user who
 * has it.
 */
const ORDER: readonly FoundKind[] = [
  ...(["connector", "adoptedConnector", "flowRule", "record", "sendAs", "fullAccess"] as const),
  ...(["outboundRule", "outboundPolicy", "roleAssignment", "managementScope"] as const),
  ...([
    "exchangeServicePrincipal",
    "mailbox",
    "hveAccount",
    "user",
    "authenticationPolicy",
  ] as const),
  ...(["application", "servicePrincipal", "deletedUser", "deletedMailbox"] as const),
  ...(["deletedServicePrincipal", "deletedApplication"] as const),
];

export const inOrder = <Kind extends Pick<Found, "kind">>(all: readonly Kind[]): Kind[] =>
  all.toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));

/** Kinds that Entra and Exchange keep of what was deleted. */
const KEPT: ReadonlySet<FoundKind> = new Set([
  "deletedApplication",
  "deletedServicePrincipal",
  "deletedUser",
  "deletedMailbox",
]);

export const isKept = ({ kind }: Pick<Found, "kind">): boolean => KEPT.has(kind);

/** Days that Entra and Exchange keep what was deleted. */
export const KEPT_DAYS = 30;

/** The day on which a deleted object is gone for good, `2026-12-28`. */
export function keptUntil({ deletedAt = "" }: Pick<Found, "deletedAt">): string {
  const end = new Date(Date.parse(deletedAt) + KEPT_DAYS * 24 * 3_600_000);
  return Number.isNaN(end.getTime()) ? `${KEPT_DAYS} days after its deletion` : dayOf(end);
}

const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

const exchange =
  (cmdlet: string, more = "-Confirm:$false") =>
  (id: string): string =>
    `${cmdlet} -Identity ${quote(id)} ${more}`;

/**
 * What removes an object of each kind that its id is enough for.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/
 * @see https://learn.microsoft.com/powershell/module/microsoft.graph.applications/remove-mgapplication
 * @see https://learn.microsoft.com/powershell/module/microsoft.graph.identity.directorymanagement/remove-mgdirectorydeleteditem
 */
export const REMOVE = {
  application: (id: string) => `Remove-MgApplication -ApplicationId ${quote(id)}`,
  servicePrincipal: (id: string) => `Remove-MgServicePrincipal -ServicePrincipalId ${quote(id)}`,
  user: (id: string) => `Remove-MgUser -UserId ${quote(id)}`,
  connector: exchange("Remove-InboundConnector"),
  adoptedConnector: exchange("Set-InboundConnector", "-Comment '' -Confirm:$false"),
  flowRule: exchange("Remove-TransportRule"),
  mailbox: exchange("Remove-Mailbox"),
  hveAccount: exchange("Remove-MailUser"),
  exchangeServicePrincipal: exchange("Remove-ServicePrincipal"),
  managementScope: exchange("Remove-ManagementScope"),
  roleAssignment: exchange("Remove-ManagementRoleAssignment"),
  authenticationPolicy: exchange("Remove-AuthenticationPolicy"),
  outboundPolicy: exchange("Remove-HostedOutboundSpamFilterPolicy", "-Force"),
  outboundRule: exchange("Remove-HostedOutboundSpamFilterRule"),
  deletedApplication: purge,
  deletedServicePrincipal: purge,
  deletedUser: purge,
  deletedMailbox: exchange("Remove-Mailbox", "-PermanentlyDelete -Confirm:$false"),
} as const satisfies Partial<Record<FoundKind, (id: string) => string>>;

function purge(id: string): string {
  return `Remove-MgDirectoryDeletedItem -DirectoryObjectId ${quote(id)}`;
}

/** What takes a right on a mailbox away. */
export const removeRight = (
  cmdlet: "Remove-RecipientPermission" | "Remove-MailboxPermission",
  mailbox: string,
  trustee: string,
): string => {
  const [parameter, right] =
    cmdlet === "Remove-RecipientPermission" ? ["Trustee", "SendAs"] : ["User", "FullAccess"];
  return `${cmdlet} -Identity ${quote(mailbox)} -${parameter} ${quote(trustee)} -AccessRights ${right} -Confirm:$false`;
};

/**
 * What removes a record at Cloudflare, or changes it.
 *
 * @param api where the API is: `https://api.cloudflare.com/client/v4`
 * @param change what becomes of it; left out to remove it
 */
export function recordCommand(
  api: string,
  zoneId: string,
  id: string,
  change?: { readonly content: string; readonly comment: string },
): string {
  const url = `${api}/zones/${zoneId}/dns_records/${id}`;
  const token = '--header "Authorization: Bearer $CLOUDFLARE_API_TOKEN"';
  if (change === undefined) return `curl --fail --request DELETE ${token} ${url}`;
  const data = JSON.stringify(change).replaceAll("'", "'\\''");
  return `curl --fail --request PATCH ${token} --json '${data}' ${url}`;
}
