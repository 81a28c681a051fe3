/** Entra's directory: what Graph shows and what sign-ins are judged by. The deployer's own app is apart, in the world. */
export interface Directory {
  applications: Application[];
  servicePrincipals: ServicePrincipal[];
  appRoleAssignments: AppRoleAssignment[];
  users: User[];
  /** Directory roles of users and of the directory's service principals. */
  roleAssignments: DirectoryRoleAssignment[];
  /** What people consented to. */
  permissionGrants: PermissionGrant[];
  /** Outside identity providers, whose tokens federated credentials may name. */
  issuers: Issuer[];
}

/** An app registration. */
export interface Application {
  /** Object id. */
  id: string;
  /** Client id. */
  appId: string;
  createdDateTime: string;
  /** Virtual time from which sign-ins know it, ISO 8601. */
  effectiveAt: string;
  /** Object ids of its owners. */
  owners: string[];
  passwordCredentials: PasswordCredential[];
  keyCredentials: KeyCredential[];
  federatedIdentityCredentials: FederatedIdentityCredential[];
  /** Everything else that Graph keeps of it, by Graph's names: `displayName`, `requiredResourceAccess`, ... */
  properties: Record<string, unknown>;
}

/** A client secret. Its text is among the secrets, by key id. */
export interface PasswordCredential {
  keyId: string;
  displayName: string | null;
  /** The first three characters of the text. */
  hint: string;
  startDateTime: string;
  endDateTime: string;
  /** Virtual time from which sign-ins know it, ISO 8601. */
  effectiveAt: string;
}

/** A certificate that an app signs assertions with; the public part. */
export interface KeyCredential {
  keyId: string;
  displayName: string | null;
  type: "AsymmetricX509Cert";
  usage: "Verify";
  startDateTime: string;
  endDateTime: string;
  /** SHA-1 thumbprint, hexadecimal, upper case. */
  customKeyIdentifier: string;
  /** The certificate, PEM. */
  certificate: string;
  /** Virtual time from which sign-ins know it, ISO 8601. */
  effectiveAt: string;
}

export interface FederatedIdentityCredential {
  id: string;
  name: string;
  issuer: string;
  subject: string;
  audiences: string[];
  description: string | null;
  /** Virtual time from which sign-ins know it, ISO 8601. */
  effectiveAt: string;
}

/** An enterprise application: an app registration's presence in the tenant, or one of Microsoft's own. */
export interface ServicePrincipal {
  /** Object id. */
  id: string;
  appId: string;
  accountEnabled: boolean;
  /** Virtual time from which sign-ins know it, ISO 8601. */
  effectiveAt: string;
  owners: string[];
  /** What apps can be granted on it. */
  appRoles: AppRole[];
  /** Everything else that Graph keeps of it, by Graph's names. */
  properties: Record<string, unknown>;
}

export interface AppRole {
  id: string;
  value: string;
  displayName: string;
}

/** An app role of `resourceId` that the service principal `principalId` holds. */
export interface AppRoleAssignment {
  id: string;
  appRoleId: string;
  principalId: string;
  resourceId: string;
  createdDateTime: string;
  /** Virtual time from which new tokens show it, ISO 8601. @default from its making */
  effectiveAt?: string;
}

/** A directory role that a user or a service principal holds in the whole tenant. */
export interface DirectoryRoleAssignment {
  id: string;
  /** Template id of the role. */
  roleDefinitionId: string;
  /** Object id. */
  principalId: string;
  /** Virtual time from which new tokens show it, ISO 8601. */
  effectiveAt: string;
}

/** The delegated permissions of Graph that a user lets a client have. */
export interface PermissionGrant {
  /** Client id. */
  clientId: string;
  /** Object id of the user. */
  principalId: string;
  scopes: string[];
}

/** A user. The password is among the secrets, by object id. */
export interface User {
  /** Object id. */
  id: string;
  userPrincipalName: string;
  accountEnabled: boolean;
  /** Ids of the SKUs that were assigned to it directly. */
  licenses: string[];
  /** Ids of the service plans that are disabled, by the id of the SKU. @default none */
  disabledPlans?: Record<string, string[]>;
  /** Ids of the SKUs that it inherits from groups, which the lab has none of otherwise. @default none */
  groupLicenses?: string[];
  /** Object id of its manager, if any. */
  manager: string | null;
  /** Since when its sessions count (`signInSessionsValidFromDateTime`); left out where they were never revoked. */
  sessionsValidFrom?: string;
  /** Everything else that Graph keeps of it, by Graph's names. */
  properties: Record<string, unknown>;
}

/** Ids of the SKUs that a user has, assigned directly or by a group. */
export const licensesOf = ({ licenses, groupLicenses = [] }: User): string[] => [
  ...new Set([...licenses, ...groupLicenses]),
];

/** An outside identity provider; its private key is among the secrets, by issuer. */
export interface Issuer {
  /** The `iss` of its tokens, a URL. */
  issuer: string;
  /** Its public key as a certificate, PEM. */
  certificate: string;
}
