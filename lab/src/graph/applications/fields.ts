import { type Fields, initial } from "../shape.ts";

const redirects = { redirectUris: ["string"] } as const;

/** What a client may set of an app registration (Graph v1.0 resource type `application`). */
export const APPLICATION_FIELDS: Fields = {
  addIns: ["any"],
  api: {
    acceptMappedClaims: "boolean",
    knownClientApplications: ["string"],
    oauth2PermissionScopes: ["any"],
    preAuthorizedApplications: ["any"],
    requestedAccessTokenVersion: "integer",
  },
  appRoles: [
    {
      allowedMemberTypes: ["string"],
      description: "string",
      displayName: "string",
      id: "string",
      isEnabled: "boolean",
      value: "string",
    },
  ],
  description: "string",
  displayName: "string",
  groupMembershipClaims: "string",
  identifierUris: ["string"],
  info: {
    marketingUrl: "string",
    privacyStatementUrl: "string",
    supportUrl: "string",
    termsOfServiceUrl: "string",
  },
  isDeviceOnlyAuthSupported: "boolean",
  isFallbackPublicClient: "boolean",
  notes: "string",
  optionalClaims: { accessToken: ["any"], idToken: ["any"], saml2Token: ["any"] },
  publicClient: redirects,
  requiredResourceAccess: [
    { resourceAccess: [{ id: "string", type: "string" }], resourceAppId: "string" },
  ],
  serviceManagementReference: "string",
  signInAudience: "string",
  spa: redirects,
  tags: ["string"],
  web: {
    homePageUrl: "string",
    implicitGrantSettings: {
      enableAccessTokenIssuance: "boolean",
      enableIdTokenIssuance: "boolean",
    },
    logoutUrl: "string",
    redirectUris: ["string"],
  },
};

/** An app registration of which nothing was set. */
export function newProperties(): Record<string, unknown> {
  return { ...initial(APPLICATION_FIELDS), optionalClaims: null, signInAudience: "AzureADMyOrg" };
}

export const SIGN_IN_AUDIENCES = [
  "AzureADMyOrg",
  "AzureADMultipleOrgs",
  "AzureADandPersonalMicrosoftAccount",
  "PersonalMicrosoftAccount",
];
