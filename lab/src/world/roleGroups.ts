import type { Random } from "../random.ts";
import { CREATED } from "./recipients.ts";

/** A management role of the organisation's own: some cmdlets of its parent. */
export interface ManagementRole {
  guid: string;
  name: string;
  description: string;
  /** Name of the built-in role, or of another own one. */
  parent: string;
  /** Names of cmdlets. */
  entries: string[];
  whenCreated: string;
  whenChanged: string;
}

/** A role group of Exchange: who is in it may run the cmdlets of its roles. */
export interface RoleGroup {
  guid: string;
  name: string;
  description: string;
  /** Whether every organisation has it; it can't be removed. */
  isBuiltIn: boolean;
  /** Names of management roles. */
  roles: string[];
  /** Names of management roles that its members may give to others. @default none */
  delegating?: string[];
  members: RoleGroupMember[];
  whenCreated: string;
  whenChanged: string;
}

export interface RoleGroupMember {
  /** Object id in Entra of a user or a service principal. */
  objectId: string;
  /** Virtual time from which it counts, ISO 8601. */
  effectiveAt: string;
}

/** Built-in role groups, with those of their roles that the lab knows ("Permissions in Exchange Online", Learn). */
export const ORGANIZATION_MANAGEMENT = "Organization Management";
export const VIEW_ONLY_ORGANIZATION_MANAGEMENT = "View-Only Organization Management";
export const RECIPIENT_MANAGEMENT = "Recipient Management";

const VIEW_ONLY = ["View-Only Configuration", "View-Only Recipients"];

const BUILT_IN: readonly (readonly [name: string, roles: readonly string[]])[] = [
  [
    ORGANIZATION_MANAGEMENT,
    [
      ...["Audit Logs", "Journaling", "Mail Recipient Creation", "Mail Recipients"],
      ...["Organization Configuration", "Organization Transport Settings", "Recipient Policies"],
      ...["Remote and Accepted Domains", "Role Management", "Security Admin", "Security Reader"],
      ...["Transport Hygiene", "Transport Rules", "User Options", "View-Only Audit Logs"],
      ...VIEW_ONLY,
    ],
  ],
  [RECIPIENT_MANAGEMENT, ["Mail Recipient Creation", "Mail Recipients", "Recipient Policies"]],
  [VIEW_ONLY_ORGANIZATION_MANAGEMENT, VIEW_ONLY],
  ["Hygiene Management", ["Transport Hygiene", ...VIEW_ONLY]],
];

/** A role of the readers' group: what senders' service principals look like, and what they may do. */
const READERS_ROLE = "Mail Relay Role Reader";

/** The role groups of a tenant where an administrator has followed the how-to for apps that read. */
export function drawRoleGroups(
  random: Random,
  readers: string[],
): { managementRoles: ManagementRole[]; roleGroups: RoleGroup[] } {
  const named = (name: string) => ({
    ...{ guid: random.guid(), name, description: "" },
    ...{ whenCreated: CREATED, whenChanged: CREATED },
  });
  return {
    managementRoles: [
      {
        ...named(READERS_ROLE),
        parent: "Role Management",
        entries: ["Get-ServicePrincipal", "Test-ServicePrincipalAuthorization"],
      },
    ],
    roleGroups: [
      ...BUILT_IN.map(
        ([name, roles]): RoleGroup => ({
          ...named(name),
          ...{ isBuiltIn: true, roles: [...roles], members: [] },
        }),
      ),
      {
        ...named("Mail Relay Readers"),
        isBuiltIn: false,
        roles: [...VIEW_ONLY, "View-Only Audit Logs", READERS_ROLE],
        members: readers.map((objectId) => ({ objectId, effectiveAt: CREATED })),
      },
    ],
  };
}
