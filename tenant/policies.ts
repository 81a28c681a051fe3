import type { AppManagementPolicy, AppRestrictions } from "../mail/doctor/tenant/appPolicies.ts";
import type { ConditionalAccessPolicy } from "../mail/doctor/tenant/signInPolicies.ts";
import { GRAPH_PERMISSIONS } from "../mail/rights/graph.ts";
import type { Connection } from "./connection.ts";
import { graphClient } from "./graphClient.ts";

/** A policy for some apps, as Graph lists it. */
type ListedPolicy = Omit<AppManagementPolicy, "appliesTo"> & {
  readonly id: string;
  readonly isEnabled: boolean;
};

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
      const all = await list<ListedPolicy>(path, need);
      const enabled: AppManagementPolicy[] = [];
      for (const { id, displayName, restrictions } of all.filter(({ isEnabled }) => isEnabled)) {
        const apps = await list<{ appId?: string }>(`${path}/${id}/appliesTo`, need);
        enabled.push({
          displayName,
          restrictions,
          appliesTo: apps.map(({ appId = "" }) => appId.toLowerCase()),
        });
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
