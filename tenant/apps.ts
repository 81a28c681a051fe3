// App registrations with their rights in Entra, as a person makes them.
import type { Connection } from "./connection.ts";
import { graphClient, type PersonNeed } from "./graphClient.ts";

/** An app registration, as far as bootstrap knows it. */
export interface App {
  /** Object id. */
  readonly id: string;
  /** Client id. */
  readonly appId: string;
  readonly displayName: string;
  readonly notes: string;
  /** Certificates that it may sign in with. */
  readonly certificates: readonly AppCertificate[];
}

/** A certificate of an app, as Graph shows it; `key` is base64 of its DER. */
export interface AppCertificate {
  readonly customKeyIdentifier: string;
  readonly [property: string]: unknown;
}

/** Outside tokens that an app may sign in with. */
export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** An application permission that an app holds. */
export interface HeldPermission {
  /** Id of the assignment. */
  readonly id: string;
  /** Object id of the service's enterprise application. */
  readonly resourceId: string;
  /** Client id of the service that it is on. */
  readonly on: string;
  /** Name, such as `Domain.Read.All`; its id where the service names it no more. */
  readonly name: string;
}

/** An Entra directory role that an app has. */
export interface HeldDirectoryRole {
  /** Id of the assignment. */
  readonly id: string;
  readonly roleDefinitionId: string;
}

/** Client id of Microsoft Graph, the same in every tenant. */
export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";

const APP_MAKERS =
  "Cloud Application Administrator, Application Administrator or Global Administrator";
const GRANTERS = "Privileged Role Administrator or Global Administrator";

/** Template ids of `GRANTERS`, the same in every tenant. */
const GRANTER_IDS: readonly string[] = [
  "e8611ab8-c189-46e8-94e1-60213ab1f814",
  "62e90394-69f5-4237-9190-012177145e10",
];

/** What a person needs. */
const NEEDS = {
  readApps: { scope: "Application.Read.All", role: APP_MAKERS },
  makeApps: { scope: "Application.ReadWrite.All", role: APP_MAKERS },
  /** To give an app permissions of Graph. */
  grant: { scope: "AppRoleAssignment.ReadWrite.All", role: GRANTERS },
  readRoles: { scope: "RoleManagement.Read.Directory", role: GRANTERS },
  assignRoles: { scope: "RoleManagement.ReadWrite.Directory", role: GRANTERS },
} as const satisfies Record<string, PersonNeed>;

/**
 * What a person does with app registrations.
 *
 * @throws Error from the returned functions, with Graph's own words and the permission or directory role that is missing
 * @see https://learn.microsoft.com/graph/api/application-post-applications
 * @see https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto
 * @see https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference (wids)
 */
export function apps(connection: Connection) {
  const { list, ask } = graphClient(connection);
  const services = new Map<string, Promise<Service>>();

  /** A service's enterprise application, with the permissions that it offers. */
  const serviceOf = (appId: string): Promise<Service> => {
    const known = services.get(appId) ?? findService(appId);
    services.set(appId, known);
    return known;
  };
  const findService = async (appId: string): Promise<Service> => {
    const path = `/servicePrincipals?$filter=${equals("appId", appId)}&$select=id,appId,appRoles`;
    const [service] = await list<Service>(path, NEEDS.readApps);
    if (service !== undefined) return service;
    throw new Error(
      `the tenant has no enterprise application ${appId}; it comes with Exchange Online`,
    );
  };
  const principalOf = async (appId: string): Promise<string | undefined> => {
    const path = `/servicePrincipals?$filter=${equals("appId", appId)}&$select=id,appId`;
    return (await list<{ id: string }>(path, NEEDS.readApps))[0]?.id;
  };
  const make = async <T>(
    path: string,
    body: object,
    need: PersonNeed = NEEDS.makeApps,
  ): Promise<T> => {
    const made = await ask<T>("POST", path, need, body);
    if (made === "not there") throw new Error(`Graph POST ${path}: not found; run it again`);
    return made;
  };

  return {
    /** The app registrations of a display name. */
    async find(displayName: string): Promise<readonly App[]> {
      const select = "id,appId,displayName,notes,keyCredentials";
      const path = `/applications?$filter=${equals("displayName", displayName)}&$select=${select}`;
      return (await list<GraphApplication>(path, NEEDS.readApps)).map(toApp);
    },
    async create(displayName: string, notes: string): Promise<void> {
      await make("/applications", { displayName, notes, signInAudience: "AzureADMyOrg" });
    },
    /** Its service principals and credentials go with it. Entra keeps it for 30 days. */
    remove: async ({ id }: App): Promise<void> => {
      await ask("DELETE", `/applications/${id}`, NEEDS.makeApps);
    },

    /** Object id of its enterprise application; undefined while it has none. */
    principalOf,
    async createPrincipal(appId: string): Promise<void> {
      await make("/servicePrincipals", { appId });
    },

    /** The application permissions that a service principal holds on any service. */
    async permissionsOf(principalId: string): Promise<readonly HeldPermission[]> {
      const path = `/servicePrincipals/${principalId}/appRoleAssignments`;
      const held = await list<Assignment>(path, NEEDS.readApps);
      const known = await Promise.all(KNOWN_SERVICES.map(serviceOf));
      return held.map(({ id, resourceId, appRoleId, resourceDisplayName }) => {
        const service = known.find((one) => one.id === resourceId);
        const role = service?.appRoles.find((one) => one.id === appRoleId);
        return {
          id,
          resourceId,
          on: service?.appId ?? resourceDisplayName ?? resourceId,
          name: role?.value ?? appRoleId,
        };
      });
    },
    /** @throws Error for a person whose access token names directory roles, and none that may grant permissions of Graph */
    demandGranter(): void {
      const { userPrincipalName: who, directoryRoles } = connection.person ?? {};
      if (directoryRoles?.some((id) => GRANTER_IDS.includes(id)) ?? true) return;
      throw new Error(
        `${who} may not grant application permissions of Microsoft Graph; sign in as somebody with the directory role ${GRANTERS}`,
      );
    },
    /** Grants a permission with an administrator's consent. */
    async grant(principalId: string, on: string, name: string): Promise<void> {
      const { id: resourceId, appRoles } = await serviceOf(on);
      const role = appRoles.find(({ value }) => value === name);
      if (role === undefined) {
        throw new Error(
          `the enterprise application ${on} offers no application permission ${name} in this tenant; nothing was granted`,
        );
      }
      const body = { principalId, resourceId, appRoleId: role.id };
      await make(`/servicePrincipals/${resourceId}/appRoleAssignedTo`, body, NEEDS.grant);
    },
    async revoke({ id, resourceId }: HeldPermission): Promise<void> {
      await ask("DELETE", `/servicePrincipals/${resourceId}/appRoleAssignedTo/${id}`, NEEDS.grant);
    },

    async federatedCredentialsOf({ id }: App): Promise<readonly FederatedCredential[]> {
      return list(`/applications/${id}/federatedIdentityCredentials`, NEEDS.readApps);
    },
    /** Adds it, or changes the one of its name. */
    async setFederatedCredential({ id }: App, credential: FederatedCredential): Promise<void> {
      const path = `/applications/${id}/federatedIdentityCredentials`;
      const { name, ...content } = credential;
      const there = await list<FederatedCredential & { id: string }>(path, NEEDS.readApps);
      const old = there.find((one) => one.name === name);
      if (old === undefined) await make(path, credential);
      else await ask("PATCH", `${path}/${old.id}`, NEEDS.makeApps, content);
    },
    /** @param key base64 of a certificate's DER */
    async addCertificate(
      { id, certificates }: App,
      key: string,
      displayName: string,
    ): Promise<void> {
      const added = { type: "AsymmetricX509Cert", usage: "Verify", key, displayName };
      await ask("PATCH", `/applications/${id}`, NEEDS.makeApps, {
        keyCredentials: [...certificates, added],
      });
    },

    async directoryRolesOf(principalId: string): Promise<readonly HeldDirectoryRole[]> {
      const path = `/roleManagement/directory/roleAssignments?$filter=${equals("principalId", principalId)}`;
      return list(path, NEEDS.readRoles);
    },
    async assignDirectoryRole(principalId: string, roleDefinitionId: string): Promise<void> {
      const body = { principalId, roleDefinitionId, directoryScopeId: "/" };
      await make("/roleManagement/directory/roleAssignments", body, NEEDS.assignRoles);
    },
    async removeDirectoryRole({ id }: HeldDirectoryRole): Promise<void> {
      await ask("DELETE", `/roleManagement/directory/roleAssignments/${id}`, NEEDS.assignRoles);
    },
  };
}

export type Apps = ReturnType<typeof apps>;

/** Exchange Online and Graph. */
const KNOWN_SERVICES = ["00000002-0000-0ff1-ce00-000000000000", GRAPH_APP_ID];

/** A condition of `$filter`, as part of a URL. */
const equals = (property: string, value: string): string =>
  encodeURIComponent(`${property} eq '${value.replaceAll("'", "''")}'`);

interface Service {
  readonly id: string;
  readonly appId: string;
  readonly appRoles: readonly { readonly id: string; readonly value: string | null }[];
}
interface Assignment {
  readonly id: string;
  readonly resourceId: string;
  readonly appRoleId: string;
  readonly resourceDisplayName: string | null;
}
interface GraphApplication extends Omit<App, "notes" | "certificates"> {
  readonly notes: string | null;
  readonly keyCredentials?: readonly AppCertificate[];
}

const toApp = ({ id, appId, displayName, notes, keyCredentials = [] }: GraphApplication): App => ({
  ...{ id, appId, displayName },
  notes: notes ?? "",
  certificates: keyCredentials,
});
