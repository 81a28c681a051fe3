import type { ServicePrincipal as GraphServicePrincipal } from "@microsoft/microsoft-graph-types";
import type { Hono } from "hono";
import { type Context, newGuid } from "../context.ts";
import { deleted } from "../world/deletedItems.ts";
import type { Application, AppRole, ServicePrincipal } from "../world/directory.ts";
import type { World } from "../world/world.ts";
import type { Entity } from "./answers.ts";
import { addAppRoleAssignmentRoutes } from "./appRoleAssignment.ts";
import { addEntitySet, type EntitySet } from "./entitySet.ts";
import type { Call, Guard } from "./guard.ts";
import { TRACE_APP_ID } from "./messageTrace.ts";
import {
  APP_READERS,
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
import { graphTime, knownFrom } from "./time.ts";

/** Microsoft's own apps of which a tenant has to make the service principal itself, by client id. */
const MICROSOFTS: Readonly<Record<string, string>> = { [TRACE_APP_ID]: "Transport Data Platform" };

/** The Graph v1.0 resource type `servicePrincipal`. */
const SERVICE_PRINCIPAL: ResourceType<GraphServicePrincipal> = {
  name: "ServicePrincipal",
  writable: {
    alternativeNames: ["string"],
    appRoleAssignmentRequired: "boolean",
    description: "string",
    loginUrl: "string",
    notes: "string",
    notificationEmailAddresses: ["string"],
    preferredSingleSignOnMode: "string",
    samlSingleSignOnSettings: { relayState: "string" },
    tags: ["string"],
  },
  defaults: { appRoleAssignmentRequired: false, samlSingleSignOnSettings: null },
  constants: {
    addIns: [],
    applicationTemplateId: null,
    deletedDateTime: null,
    disabledByMicrosoftStatus: null,
    homepage: null,
    keyCredentials: [],
    logoutUrl: null,
    oauth2PermissionScopes: [],
    passwordCredentials: [],
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: [],
    resourceSpecificApplicationPermissions: [],
    servicePrincipalType: "Application",
    tokenEncryptionKeyId: null,
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
  },
};

/** The world keeps the switch apart from the other properties, as sign-ins ask for it. */
const WRITABLE = { ...SERVICE_PRINCIPAL.writable, accountEnabled: "boolean" } as const;

export const SERVICE_PRINCIPALS: EntitySet<ServicePrincipal> = {
  segment: "servicePrincipals",
  type: "servicePrincipal",
  readers: APP_READERS,
  writers: PRINCIPAL_WRITERS,
  filters: ["appId", "displayName"],
  beta: { samlMetadataUrl: null },
  items: ({ directory }) => directory.servicePrincipals,
  keysOf: ({ id }) => [id],
  entityOf: (principal, { context }) => servicePrincipalEntity(principal, context.world),
  create,
  update,
  remove(call, principal) {
    checkWritable(call, principal);
    deleteServicePrincipal(principal, call.context);
  },
};

/** Adds the service principals: themselves, their owners, and the app roles that are granted. */
export function addServicePrincipalRoutes(app: Hono, guard: Guard): void {
  const member = addEntitySet(app, guard, SERVICE_PRINCIPALS);
  addOwnerRoutes(app, "servicePrincipals", member);
  addAppRoleAssignmentRoutes(app, member);
}

/**
 * Puts a service principal among the deleted items. The app roles that it holds and those that are held on it go for good
 * (assumed: nothing of the lab restores it).
 */
export function deleteServicePrincipal(
  principal: ServicePrincipal,
  { world, clock }: Context,
): void {
  const { directory, deletedItems } = world;
  const { displayName } = servicePrincipalEntity(principal, world);
  const properties = { ...principal.properties, displayName };
  deletedItems.servicePrincipals.push(deleted({ ...principal, properties }, clock.now()));
  directory.servicePrincipals = directory.servicePrincipals.filter((one) => one !== principal);
  directory.appRoleAssignments = directory.appRoleAssignments.filter(
    ({ principalId, resourceId }) => ![principalId, resourceId].includes(principal.id),
  );
  directory.roleAssignments = directory.roleAssignments.filter(
    ({ principalId }) => principalId !== principal.id,
  );
}

/** Its name and some more follow from its app registration, where the tenant has that. */
function servicePrincipalEntity(principal: ServicePrincipal, { directory, tenant }: World): Entity {
  const { id, appId, accountEnabled, appRoles, properties } = principal;
  const application = directory.applications.find((one) => one.appId === appId);
  const { description, displayName, info, signInAudience } = (application?.properties ??
    {}) as GraphServicePrincipal;
  const name = displayName ?? (properties.displayName as string);
  const entity = entityOf(SERVICE_PRINCIPAL, properties, {
    id,
    accountEnabled,
    appDescription: description ?? null,
    appDisplayName: name,
    appId,
    appOwnerOrganizationId: tenant.id,
    appRoles: appRoles.map((role) => ({
      allowedMemberTypes: ["Application"],
      description: role.displayName,
      isEnabled: true,
      origin: "Application",
      ...role,
    })),
    displayName: name,
    info: info ?? null,
    servicePrincipalNames: [appId],
    signInAudience: signInAudience ?? "AzureADMultipleOrgs",
  });
  // Graph answers it, though Microsoft's types lack it.
  return { createdDateTime: null, ...entity };
}

function create(call: Call): ServicePrincipal {
  const { context } = call;
  const { "@odata.type": _, appId, ...body } = call.body;
  const { owners, rest } = readOwners(call, body, SERVICE_PRINCIPAL.name);
  checkBody(call, rest, WRITABLE, SERVICE_PRINCIPAL.name);
  const application = findApplication(call, appId);
  checkOwnership(call, application.owners);
  const { accountEnabled = true } = rest;
  const displayName = MICROSOFTS[application.appId];
  return {
    id: newGuid(context.world),
    appId: application.appId,
    accountEnabled: accountEnabled === true,
    effectiveAt: knownFrom(context),
    owners,
    appRoles: appRolesOf(application),
    properties: {
      ...withChanges(SERVICE_PRINCIPAL, newProperties(SERVICE_PRINCIPAL), rest),
      createdDateTime: graphTime(context.clock.now()),
      ...(displayName !== undefined && { displayName }),
    },
  };
}

function update(call: Call, principal: ServicePrincipal): void {
  const { "@odata.type": _, ...body } = call.body;
  checkWritable(call, principal);
  checkBody(call, body, WRITABLE, SERVICE_PRINCIPAL.name);
  const { accountEnabled = principal.accountEnabled } = body;
  principal.accountEnabled = accountEnabled === true;
  principal.properties = withChanges(SERVICE_PRINCIPAL, principal.properties, body);
}

function checkWritable(call: Call, { appId, owners }: ServicePrincipal): void {
  checkOwnership(call, owners);
  const { applications } = call.context.world.directory;
  if (!applications.some((one) => one.appId === appId)) throw call.refusal("graph.microsofts-own");
}

/** The app registration that a new service principal stands for; one of Microsoft's is in no tenant of the lab. */
function findApplication(
  { context, refusal }: Call,
  appId: unknown,
): Pick<Application, "appId" | "owners" | "properties"> {
  if (typeof appId !== "string") {
    const missing = { property: "appId", resource: SERVICE_PRINCIPAL.name };
    throw refusal("graph.missing-value", missing);
  }
  const { deployer, directory } = context.world;
  const clientId = appId.toLowerCase();
  const taken = [deployer.clientId, ...directory.servicePrincipals.map((one) => one.appId)];
  if (taken.includes(clientId)) {
    throw refusal("graph.service-principal-taken", { appId: clientId });
  }
  if (MICROSOFTS[clientId] !== undefined) {
    return { appId: clientId, owners: [], properties: { appRoles: [] } };
  }
  const application = directory.applications.find((one) => one.appId === clientId);
  if (application === undefined) {
    throw refusal("graph.no-backing-application", { property: "appId", appId });
  }
  return application;
}

/** The roles that an app registration offers to other apps. */
function appRolesOf({ properties }: Pick<Application, "properties">): AppRole[] {
  return (properties.appRoles as Entity[]).map((role) => ({
    id: String(role.id),
    value: String(role.value),
    displayName: String(role.displayName),
  }));
}
