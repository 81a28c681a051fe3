import { newGuid } from "../../context.ts";
import type { Application, AppRole, ServicePrincipal } from "../../world/directory.ts";
import type { Answer, Call } from "../call.ts";
import { one } from "../entities.ts";
import { readOwners } from "../owners.ts";
import { GraphRefusal } from "../refusal.ts";
import * as replies from "../replies.ts";
import { checkOwnership, needsOwnership } from "../roles.ts";
import { checkBody, merge } from "../shape.ts";
import { graphTime, knownFrom } from "../time.ts";
import { newProperties, SERVICE_PRINCIPAL_FIELDS } from "./fields.ts";
import { forgetPrincipal } from "./forget.ts";
import { presentServicePrincipal } from "./present.ts";
import { microsoftsOwn, nameInUse, noApplication } from "./replies.ts";

const RESOURCE = "ServicePrincipal";
const WRITABLE = { ...SERVICE_PRINCIPAL_FIELDS, accountEnabled: "boolean" } as const;

export function createServicePrincipal(call: Call): Answer {
  const { context, claims } = call;
  const { world } = context;
  const { "@odata.type": _, appId, ...body } = call.body;
  const { owners, rest } = readOwners(call, body, RESOURCE);
  const { accountEnabled = true, ...written } = rest;
  checkBody(call, rest, WRITABLE, RESOURCE);
  const application = findApplication(call, appId);
  checkOwnership(call, application.owners);
  const principal: ServicePrincipal = {
    id: newGuid(world),
    appId: application.appId,
    accountEnabled: accountEnabled === true,
    effectiveAt: knownFrom(context),
    owners: needsOwnership(call) ? [...new Set([...owners, claims.oid])] : owners,
    appRoles: appRolesOf(application),
    properties: {
      ...merge(newProperties(), written, SERVICE_PRINCIPAL_FIELDS),
      createdDateTime: graphTime(context.clock.now()),
    },
  };
  world.directory.servicePrincipals.push(principal);
  context.changed();
  const entity = presentServicePrincipal(principal, world);
  const kind = { segment: "servicePrincipals", type: "servicePrincipal" };
  return one(call, kind, entity, { status: 201 });
}

export function updateServicePrincipal(call: Call, principal: ServicePrincipal): Answer {
  const { "@odata.type": _, ...body } = call.body;
  checkWritable(call, principal);
  checkBody(call, body, WRITABLE, RESOURCE);
  const { accountEnabled = principal.accountEnabled, ...written } = body;
  principal.accountEnabled = accountEnabled === true;
  principal.properties = merge(principal.properties, written, SERVICE_PRINCIPAL_FIELDS);
  call.context.changed();
  return replies.done();
}

export function deleteServicePrincipal(call: Call, principal: ServicePrincipal): Answer {
  checkWritable(call, principal);
  forgetPrincipal(principal, call.context.world.directory);
  call.context.changed();
  return replies.done();
}

function checkWritable(call: Call, { appId, owners }: ServicePrincipal): void {
  checkOwnership(call, owners);
  const { applications } = call.context.world.directory;
  if (!applications.some((held) => held.appId === appId)) {
    throw new GraphRefusal(microsoftsOwn(call.trace()));
  }
}

/** The app registration that a new service principal is to stand for. */
function findApplication({ context, trace }: Call, appId: unknown): Application {
  if (typeof appId !== "string") {
    throw new GraphRefusal(replies.missingValue(trace(), "appId", RESOURCE));
  }
  const { deployer, directory } = context.world;
  const wanted = appId.toLowerCase();
  const taken = [deployer.clientId, ...directory.servicePrincipals.map((held) => held.appId)];
  if (taken.includes(wanted)) throw new GraphRefusal(nameInUse(trace(), wanted));
  const application = directory.applications.find((held) => held.appId === wanted);
  if (application === undefined) throw new GraphRefusal(noApplication(trace(), appId));
  return application;
}

/** The roles that an app registration offers to other apps. */
function appRolesOf({ properties }: Application): AppRole[] {
  return (properties.appRoles as Record<string, unknown>[]).map((role) => ({
    id: String(role.id),
    value: String(role.value),
    displayName: String(role.displayName),
  }));
}
