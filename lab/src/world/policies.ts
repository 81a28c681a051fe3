/** What Entra's policies say that can keep senders from signing in, by Graph's names. Security defaults are of the organisation. */
export interface Policies {
  /** Of all apps that no policy of their own is for. */
  defaultAppManagement: {
    isEnabled: boolean;
    applicationRestrictions: AppRestrictions;
    servicePrincipalRestrictions: AppRestrictions;
  };
  appManagement: AppManagementPolicy[];
  conditionalAccess: ConditionalAccessPolicy[];
}

/** What the credentials of apps may not be. */
export interface AppRestrictions {
  passwordCredentials: CredentialRestriction[];
  keyCredentials: CredentialRestriction[];
}

export interface CredentialRestriction {
  restrictionType: string;
  /** An ISO 8601 duration; null where the type has none. */
  maxLifetime: string | null;
  /** Null for all apps. */
  restrictForAppsCreatedAfterDateTime: string | null;
  state: "enabled" | "disabled";
}

/** A policy for some apps. */
export interface AppManagementPolicy {
  id: string;
  displayName: string;
  isEnabled: boolean;
  restrictions: AppRestrictions;
  /** Client ids of the apps that it is for. */
  appliesTo: string[];
}

/** A Conditional Access policy, as far as it can block who signs in. */
export interface ConditionalAccessPolicy {
  id: string;
  displayName: string;
  state: "enabled" | "disabled" | "enabledForReportingButNotEnforced";
  conditions: {
    clientAppTypes: string[];
    applications: { includeApplications: string[]; excludeApplications: string[] };
    users: {
      includeUsers: string[];
      excludeUsers: string[];
      includeGroups: string[];
      excludeGroups: string[];
      includeRoles: string[];
      excludeRoles: string[];
    };
  };
  grantControls: { operator: "AND" | "OR"; builtInControls: string[] } | null;
}

/** A tenant whose administrators have set none. */
export const noPolicies = (): Policies => ({
  defaultAppManagement: {
    isEnabled: false,
    applicationRestrictions: { passwordCredentials: [], keyCredentials: [] },
    servicePrincipalRestrictions: { passwordCredentials: [], keyCredentials: [] },
  },
  appManagement: [],
  conditionalAccess: [],
});
