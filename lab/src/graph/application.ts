import type { Application as GraphApplication } from "@microsoft/microsoft-graph-types";
import type { Hono } from "hono";
import { newGuid } from "../context.ts";
import { deleted } from "../world/deletedItems.ts";
import type { Application } from "../world/directory.ts";
import type { Entity } from "./answers.ts";
import {
  addPassword,
  certificateEntity,
  passwordEntity,
  readCertificates,
  removePassword,
} from "./applicationCredentials.ts";
import { demandAllowed } from "./appManagement.ts";
import { addEntitySet, type EntitySet } from "./entitySet.ts";
import { addFederatedCredentialRoutes } from "./federatedCredential.ts";
import type { Call, Guard } from "./guard.ts";
import {
  APP_READERS,
  APP_WRITERS,
  addOwnerRoutes,
  checkOwnership,
  PRINCIPAL_WRITERS,
  readOwners,
} from "./owners.ts";
import {
  checkBody,
  entityOf,
  newProperties,
  type ResourceType,
  withChanges,
} from "./properties.ts";
import { deleteServicePrincipal } from "./servicePrincipal.ts";
import { graphTime, knownFrom } from "./time.ts";

const REDIRECTS = { redirectUris: ["string"] } as const;

/** The Graph v1.0 resource type `application`. */
const APPLICATION: ResourceType<GraphApplication> = {
  name: "Application",
  writable: {
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
    publicClient: REDIRECTS,
    requiredResourceAccess: [
      { resourceAccess: [{ id: "string", type: "string" }], resourceAppId: "string" },
    ],
    serviceManagementReference: "string",
    signInAudience: "string",
    spa: REDIRECTS,
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
  },
  defaults: { optionalClaims: null, signInAudience: "AzureADMyOrg" },
  constants: {
    deletedDateTime: null,
    applicationTemplateId: null,
    certification: null,
    disabledByMicrosoftStatus: null,
    tokenEncryptionKeyId: null,
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
  },
};

const SIGN_IN_AUDIENCES = [
  "AzureADMyOrg",
  "AzureADMultipleOrgs",
  "AzureADandPersonalMicrosoftAccount",
  "PersonalMicrosoftAccount",
];

export const APPLICATIONS: EntitySet<Application> = {
  segment: "applications",
  type: "application",
  readers: APP_READERS,
  writers: APP_WRITERS,
  filters: ["appId", "displayName"],
  beta: { oauth2RequirePostResponse: false },
  items: ({ directory }) => directory.applications,
  keysOf: ({ id }) => [id],
  entityOf: applicationEntity,
  create,
  update,
  remove,
};

/** Adds the app registrations: themselves, their credentials and owners. */
export function addApplicationRoutes(app: Hono, guard: Guard): void {
  const member = addEntitySet(app, guard, APPLICATIONS);
  app.post("/v1.0/applications/:id/addPassword", member(PRINCIPAL_WRITERS, addPassword));
  app.post("/v1.0/applications/:id/removePassword", member(PRINCIPAL_WRITERS, removePassword));
  addFederatedCredentialRoutes(app, member);
  addOwnerRoutes(app, "applications", member);
}

/** Secrets never go out again; certificates only when one application's `keyCredentials` are selected. */
function applicationEntity(application: Application, { c, context }: Call): Entity {
  const { id, appId, createdDateTime, keyCredentials, passwordCredentials } = application;
  const isSelected = /\bkeyCredentials\b/.test(c.req.query("$select") ?? "");
  const withKey = isSelected && c.req.param("id") !== undefined;
  return entityOf(APPLICATION, application.properties, {
    id,
    appId,
    createdDateTime,
    publisherDomain: context.world.tenant.domain,
    keyCredentials: keyCredentials.map((key) => certificateEntity(key, withKey)),
    passwordCredentials: passwordCredentials.map((password) => passwordEntity(password)),
  });
}

function create(call: Call): Application {
  const { context, refusal } = call;
  const { "@odata.type": _, ...body } = call.body;
  const { owners, rest } = readOwners(call, body, APPLICATION.name);
  if (!rest.displayName) {
    const missing = { property: "displayName", resource: APPLICATION.name };
    throw refusal("graph.missing-value", missing);
  }
  check(call, rest);
  return {
    id: newGuid(context.world),
    appId: newGuid(context.world),
    createdDateTime: graphTime(context.clock.now()),
    effectiveAt: knownFrom(context),
    owners,
    passwordCredentials: [],
    keyCredentials: [],
    federatedIdentityCredentials: [],
    properties: withChanges(APPLICATION, newProperties(APPLICATION), rest),
  };
}

function update(call: Call, application: Application): void {
  const { "@odata.type": _, id, keyCredentials, ...body } = call.body;
  checkOwnership(call, application.owners);
  if (id !== undefined && id !== application.id) {
    throw call.refusal("graph.invalid-property", { property: "id" });
  }
  if ("displayName" in body && !body.displayName) {
    throw badValue(call, "displayName");
  }
  check(call, body, application);
  if (keyCredentials !== undefined) {
    const keys = readCertificates(call, keyCredentials, application.keyCredentials);
    const added = keys.filter((key) => !application.keyCredentials.includes(key));
    for (const { startDateTime, endDateTime } of added) {
      const life = { start: new Date(startDateTime), end: new Date(endDateTime) };
      demandAllowed(call, application, "keyCredentials", life);
    }
    application.keyCredentials = keys;
  }
  application.properties = withChanges(APPLICATION, application.properties, body);
}

/**
 * Deletes an app registration, and its service principal with it ("Restore a soft deleted enterprise application", Learn).
 * Both are kept among the deleted items.
 */
function remove(call: Call, application: Application): void {
  checkOwnership(call, application.owners);
  const { world, clock } = call.context;
  const { directory, deletedItems } = world;
  const principal = directory.servicePrincipals.find(({ appId }) => appId === application.appId);
  if (principal !== undefined) deleteServicePrincipal(principal, call.context);
  directory.applications = directory.applications.filter((one) => one !== application);
  deletedItems.applications.push(deleted(application, clock.now()));
}

function check(call: Call, body: Entity, own?: Application): void {
  checkBody(call, body, APPLICATION.writable, APPLICATION.name);
  const { signInAudience, identifierUris } = body;
  if (signInAudience !== undefined && !SIGN_IN_AUDIENCES.includes(String(signInAudience))) {
    throw badValue(call, "signInAudience");
  }
  const taken = call.context.world.directory.applications
    .filter((application) => application !== own)
    .flatMap(({ properties }) => properties.identifierUris as string[]);
  if (Array.isArray(identifierUris) && identifierUris.some((uri) => taken.includes(uri))) {
    throw call.refusal("graph.object-conflict", { property: "identifierUris" });
  }
}

const badValue = ({ refusal }: Call, property: string) =>
  refusal("graph.bad-value", { property, resource: APPLICATION.name });
