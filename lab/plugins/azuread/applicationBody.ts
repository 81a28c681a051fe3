import { isAbsent, isObject, type Value, type Values } from "../values.ts";
import { isSame } from "./schema.ts";

/** The body of the POST. */
export function createBody(plan: Values, owners: readonly string[]): object {
  const { api, ...rest } = commonBody(plan);
  return {
    ...rest,
    api: { ...api, oauth2PermissionScopes: [] },
    appRoles: [],
    identifierUris: [],
    optionalClaims: {},
    "owners@odata.bind": owners,
    requiredResourceAccess: accessesForGraph(plan.requiredResourceAccesses),
  };
}

/** The body of the PATCH: some properties are only sent when they change. */
export function updateBody(plan: Values, old: Values): object {
  const { requiredResourceAccesses: planned } = plan;
  const isChanged = !isSame("set", planned, old.requiredResourceAccesses);
  return {
    ...commonBody(plan),
    ...(isChanged && { requiredResourceAccess: accessesForGraph(planned) }),
  };
}

/** An application's outputs, but for its owners. */
export function told(app: Values): Values {
  const info = isObject(app.info) ? app.info : {};
  return {
    clientId: app.appId ?? "",
    description: app.description ?? "",
    disabledByMicrosoft: app.disabledByMicrosoftStatus ?? "",
    displayName: app.displayName ?? "",
    logoUrl: info.logoUrl ?? "",
    notes: app.notes ?? "",
    objectId: app.id ?? "",
    publisherDomain: app.publisherDomain ?? "",
    requiredResourceAccesses: accessesOf(app.requiredResourceAccess),
    signInAudience: app.signInAudience ?? "",
    tags: app.tags ?? [],
  };
}

/** What both have; the stand-in's programs can't set most of it. */
function commonBody({ description, displayName, notes, signInAudience, tags }: Values) {
  return {
    "@odata.type": "#microsoft.graph.application",
    api: {
      acceptMappedClaims: false,
      knownClientApplications: [],
      requestedAccessTokenVersion: 1,
    },
    description: description || null,
    displayName,
    groupMembershipClaims: null,
    info: {
      marketingUrl: null,
      privacyStatementUrl: null,
      supportUrl: null,
      termsOfServiceUrl: null,
    },
    isDeviceOnlyAuthSupported: false,
    isFallbackPublicClient: false,
    notes: notes || null,
    publicClient: { redirectUris: [] },
    serviceManagementReference: null,
    signInAudience,
    spa: { redirectUris: [] },
    tags: Array.isArray(tags) ? tags : [],
    web: {
      homePageUrl: null,
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
      logoutUrl: null,
      redirectUris: [],
    },
  };
}

function accessesForGraph(accesses: Value | undefined): Value[] {
  return objectsIn(accesses).map(({ resourceAppId, resourceAccesses }) => ({
    resourceAccess: objectsIn(resourceAccesses).map(({ id, type }) => pairs({ id, type })),
    ...pairs({ resourceAppId }),
  }));
}

function accessesOf(accesses: Value | undefined): Value[] {
  return objectsIn(accesses).map(({ resourceAppId, resourceAccess }) => ({
    resourceAccesses: objectsIn(resourceAccess).map(({ id, type }) => pairs({ id, type })),
    ...pairs({ resourceAppId }),
  }));
}

const objectsIn = (value: Value | undefined): Values[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/** What of these there is. */
function pairs(given: Readonly<Record<string, Value | undefined>>): Values {
  const there = Object.entries(given).flatMap(([name, value]): [string, Value][] =>
    isAbsent(value) ? [] : [[name, value]],
  );
  return Object.fromEntries(there);
}
