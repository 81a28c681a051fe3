import { makeRandom, type Random } from "../random.ts";
import type {
  AppRole,
  Directory,
  DirectoryRoleAssignment,
  ServicePrincipal,
  User,
} from "./directory.ts";
import { DIRECTORY_ROLES, type DirectoryRole } from "./directoryRoles.ts";
import { GRAPH_PERMISSIONS } from "./graphPermissions.ts";
import { CREATED } from "./recipients.ts";
import type { Tenant } from "./world.ts";

/** Client id of Office 365 Exchange Online, in every tenant. */
export const EXCHANGE_APP_ID = "00000002-0000-0ff1-ce00-000000000000";
/** Client id of Microsoft Graph, in every tenant. */
export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";

/** Object id of a person's account. */
export const userIdOf = (seed: string, name: string): string =>
  makeRandom(`${seed}/user/${name}`).guid();

/** What every tenant has in its directory, and the people of this one. */
export function drawDirectory(random: Random): Directory {
  return {
    applications: [],
    servicePrincipals: [
      microsofts(random, EXCHANGE_APP_ID, "Office 365 Exchange Online", [
        role("dc50a0fb-09a3-484d-be87-e023b12c6440", "Exchange.ManageAsApp"),
        role("dc890d15-9560-4a4c-9b7f-a736ec74ec40", "full_access_as_app"),
        role("5e5addcd-3e8d-4e90-baf5-964efab2b20a", "IMAP.AccessAsApp"),
        role("cb842b43-da6e-4506-86fe-bb12199c656d", "POP.AccessAsApp"),
        role("b633e1c5-b582-4048-a93e-9f11b44c7e96", "Mail.Send"),
        // Assumed: no source has its id, so that each world has one of its own.
        role(random.guid(), "SMTP.SendAsApp"),
      ]),
      microsofts(
        random,
        GRAPH_APP_ID,
        "Microsoft Graph",
        GRAPH_PERMISSIONS.flatMap(({ name, application }) =>
          application === undefined ? [] : [role(application, name)],
        ),
      ),
    ],
    appRoleAssignments: [],
    users: [],
    roleAssignments: [],
    permissionGrants: [],
    issuers: [],
  };
}

/** A licensed person's account. */
export function drawUser(seed: string, name: string, { domain, skus }: Tenant): User {
  return {
    id: userIdOf(seed, name),
    userPrincipalName: `${name}@${domain}`,
    accountEnabled: true,
    licenses: skus.slice(0, 1).map(({ skuId }) => skuId),
    manager: null,
    properties: {
      displayName: `${name[0]?.toUpperCase()}${name.slice(1)}`,
      mailNickname: name,
      mail: `${name}@${domain}`,
      usageLocation: "NL",
      userType: "Member",
      createdDateTime: CREATED,
    },
  };
}

/** Who administers the tenant. They have neither a licence nor a mailbox, as Microsoft advises. */
export const ADMINISTRATORS = [
  { name: "admin", role: "Global Administrator" },
  { name: "exchange.admin", role: "Exchange Administrator" },
] as const satisfies readonly { name: string; role: DirectoryRole }[];

type Administrator = (typeof ADMINISTRATORS)[number];

/** An administrator's account. */
export function drawAdministrator(
  seed: string,
  { name, role: title }: Administrator,
  { initialDomain }: Pick<Tenant, "initialDomain">,
): User {
  return {
    id: userIdOf(seed, name),
    userPrincipalName: `${name}@${initialDomain}`,
    accountEnabled: true,
    licenses: [],
    manager: null,
    properties: {
      displayName: title,
      mailNickname: name,
      userType: "Member",
      createdDateTime: CREATED,
    },
  };
}

/** The directory role of an administrator. */
export const assignRole = (
  seed: string,
  { name, role: title }: Administrator,
): DirectoryRoleAssignment => ({
  id: `${Buffer.from(makeRandom(`${seed}/role of ${name}`).hex(64), "hex").toString("base64url")}-1`,
  roleDefinitionId: DIRECTORY_ROLES[title],
  principalId: userIdOf(seed, name),
  effectiveAt: CREATED,
});

const role = (id: string, value: string): AppRole => ({ id, value, displayName: value });

function microsofts(
  random: Random,
  appId: string,
  displayName: string,
  appRoles: AppRole[],
): ServicePrincipal {
  return {
    id: random.guid(),
    appId,
    accountEnabled: true,
    effectiveAt: CREATED,
    owners: [],
    appRoles,
    properties: {
      displayName,
      appDisplayName: displayName,
      servicePrincipalType: "Application",
      appOwnerOrganizationId: "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    },
  };
}
