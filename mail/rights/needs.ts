// What each kind of resource needs in a tenant. It stands beside the kind, in `providers/`; for resources of the azuread plugin
// in `azuread.ts`.
import { GRAPH_PERMISSIONS } from "./graph.ts";

/** What two apps need, by the names of permissions or of management roles. */
export interface Needs {
  /** All of them allow an app that only reads what a preview, a refresh and `npm run drift` ask. */
  readonly read: readonly string[];
  /**
   * All of them allow an app that deploys what an `up` and a `destroy` run, what they read included, and what `npm run stop` runs
   * in an emergency.
   */
  readonly write: readonly string[];
}

/** What a kind of resource needs of Microsoft. */
export interface KindNeeds {
  /**
   * Management roles of Exchange that allow its cmdlets.
   *
   * @see https://learn.microsoft.com/powershell/exchange/find-exchange-cmdlet-permissions
   */
  readonly roles?: Needs;
  /**
   * Application permissions on Microsoft Graph.
   *
   * @see https://learn.microsoft.com/graph/permissions-reference
   */
  readonly permissions?: Needs;
  /**
   * Management roles that the deploying app gives to others, for which Exchange wants a delegating assignment.
   *
   * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-managementroleassignment (Delegating)
   */
  readonly delegates?: readonly string[];
  /** Those of `ROLE_READER_CMDLETS` that a refresh of it runs. */
  readonly hidden?: readonly RoleReaderCmdlet[];
  /** Whether Exchange makes it only in an organisation that was customised. */
  readonly customised?: true;
  /** What else a command can do with it, for a right that nothing else needs. */
  readonly extras?: readonly ExtraName[];
}

/**
 * Application permissions on Microsoft Graph that no stack needs to live, for the app that deploys, and some for the one that
 * reads: bootstrap gives one where a person asks for it by name (`--extra NAME`).
 */
export const EXTRAS = {
  "sign-in-log": GRAPH_PERMISSIONS.signIns,
  purge: GRAPH_PERMISSIONS.deletedUsers,
  policies: GRAPH_PERMISSIONS.policies,
} as const;
export type ExtraName = keyof typeof EXTRAS;

/** Those that the app that reads gets too. */
export const READING_EXTRAS: readonly ExtraName[] = ["policies"];

/** The management role with which a mailbox's survey reads the organisation (Get-OrganizationConfig). */
export const ORGANIZATION_READER = "View-Only Configuration";

/** The management role that holds every cmdlet of roles, scopes and service principals, those that read them too. */
export const ROLE_MANAGEMENT = "Role Management";

/**
 * Cmdlets that only read, and that no read-only role holds: Role Management alone does. An app that only reads gets a role of
 * the organisation's own with these cmdlets. Global Reader may not run them.
 *
 * @see https://github.com/microsoft/Microsoft365DSC (EXOServicePrincipal/settings.json, requiredroles)
 */
export const ROLE_READER_CMDLETS = [
  "Get-ServicePrincipal",
  "Test-ServicePrincipalAuthorization",
] as const;
export type RoleReaderCmdlet = (typeof ROLE_READER_CMDLETS)[number];

/** Without it `npm run drift` works, and can't say who made a change. */
export const AUDIT_ROLE = "View-Only Audit Logs";

/** Of connectors, which every run lists. */
export const CONNECTOR_ROLES: Needs = {
  read: ["View-Only Configuration"],
  write: ["Remote and Accepted Domains"],
};

/** Of mail flow rules, which a run lists where a sender has a fence. */
export const FENCE_ROLES: Needs = {
  read: ["View-Only Configuration"],
  write: ["Transport Rules"],
};

/** Of the organisation's settings, which a run reads where a sender uses direct send. */
export const DIRECT_SEND_ROLES: Needs = {
  read: [ORGANIZATION_READER],
  write: [ORGANIZATION_READER],
};

/** Of DKIM configurations, which every run lists. */
export const DKIM_ROLES: Needs = {
  read: ["View-Only Configuration"],
  write: ["Transport Hygiene"],
};

/** Of every sender's mailbox: whose it is, and whether the organisation is ready for it. */
export const MAILBOX_ROLES: Needs = {
  read: ["View-Only Recipients"],
  write: ["Mail Recipients", ORGANIZATION_READER],
};

/** Of a mailbox or account that Exchange makes. */
export const NEW_MAILBOX_ROLES: Needs = {
  read: MAILBOX_ROLES.read,
  write: ["Mail Recipient Creation", ...MAILBOX_ROLES.write],
};
