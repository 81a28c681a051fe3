import { GRAPH_PERMISSIONS } from "../mail/rights/graph.ts";
import type { Connection } from "./connection.ts";
import { graphClient } from "./graphClient.ts";

/** A rule on the credentials of apps, as Graph shows it. */
export interface CredentialRestriction {
  /** `passwordAddition`, `passwordLifetime`, `asymmetricKeyLifetime`, … */
  readonly restrictionType: string;
  /** An ISO 8601 duration. */
  readonly maxLifetime?: string | null;
  /** Apps that were created before are free; null for none. */
  readonly restrictForAppsCreatedAfterDateTime?: string | null;
  /** Older answers have none: the rule counts. */
  readonly state?: string;
}

export interface AppRestrictions {
  readonly passwordCredentials?: readonly CredentialRestriction[];
  readonly keyCredentials?: readonly CredentialRestriction[];
}

/** A policy with the client ids of the apps that it is for. */
export interface AppManagementPolicy {
  readonly displayName: string;
  readonly isEnabled: boolean;
  readonly restrictions: AppRestrictions;
  readonly appliesTo: readonly string[];
}

/** A Conditional Access policy, cut to what can block a password. */
export interface ConditionalAccessPolicy {
  readonly displayName: string;
  /** `enabled`, `disabled` or `enabledForReportingButNotEnforced`. */
  readonly state: string;
  readonly conditions: {
    readonly clientAppTypes?: readonly string[] | null;
    readonly applications?: {
      readonly includeApplications?: readonly string[] | null;
      readonly excludeApplications?: readonly string[] | null;
    } | null;
    readonly users?: {
      readonly [property: string]: unknown;
      readonly includeUsers?: readonly string[] | null;
      readonly excludeUsers?: readonly string[] | null;
    } | null;
    readonly [condition: string]: unknown;
  };
  readonly grantControls: { readonly builtInControls?: readonly string[] | null } | null;
}

interface Default {
  readonly isEnabled: boolean;
  readonly applicationRestrictions?: AppRestrictions | null;
}

/**
 * What a tenant's policies say of apps' credentials and of who may sign in.
 *
 * @throws Error from the returned functions, with Graph's own words and the permission that is missing
 * @see https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy
 * @see https://learn.microsoft.com/graph/api/appmanagementpolicy-list-appliesto
 * @see https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies
 */
export function policies(connection: Connection) {
  const { list, ask } = graphClient(connection);
  const need = GRAPH_PERMISSIONS.policies;
  const one = async <T>(path: string): Promise<T> => {
    const policy = await ask<T>("GET", path, need);
    if (policy === "not there") throw new Error(`Graph GET ${path}: not found; run it again`);
    return policy;
  };
  return {
    /** The rules for all apps without a policy of their own. */
    async defaultRestrictions(): Promise<AppRestrictions> {
      const policy = await one<Default>("/policies/defaultAppManagementPolicy");
      return policy.isEnabled ? (policy.applicationRestrictions ?? {}) : {};
    },
    /** The policies for some apps that are enabled. */
    async appManagement(): Promise<AppManagementPolicy[]> {
      const path = "/policies/appManagementPolicies";
      const all = await list<Omit<AppManagementPolicy, "appliesTo"> & { id: string }>(path, need);
      const enabled: AppManagementPolicy[] = [];
      for (const { id, ...policy } of all.filter(({ isEnabled }) => isEnabled)) {
        const apps = await list<{ appId?: string }>(`${path}/${id}/appliesTo`, need);
        enabled.push({ ...policy, appliesTo: apps.map(({ appId = "" }) => appId.toLowerCase()) });
      }
      return enabled;
    },
    async hasSecurityDefaults(): Promise<boolean> {
      const path = "/policies/identitySecurityDefaultsEnforcementPolicy";
      return (await one<{ isEnabled: boolean }>(path)).isEnabled;
    },
    conditionalAccess: () =>
      list<ConditionalAccessPolicy>("/identity/conditionalAccess/policies", need),
  };
}
