import { newGuid } from "../../context.ts";
import type { Application } from "../../world/directory.ts";
import type { Answer, Call } from "../call.ts";
import { one } from "../entities.ts";
import { readOwners } from "../owners.ts";
import { GraphRefusal } from "../refusal.ts";
import * as replies from "../replies.ts";
import { checkOwnership, needsOwnership } from "../roles.ts";
import { forgetPrincipal } from "../servicePrincipals/forget.ts";
import { checkBody, merge } from "../shape.ts";
import { graphTime, knownFrom } from "../time.ts";
import { APPLICATION_FIELDS, newProperties, SIGN_IN_AUDIENCES } from "./fields.ts";
import { readKeys } from "./keys.ts";
import { presentApplication } from "./present.ts";

const RESOURCE = "Application";

export function createApplication(call: Call): Answer {
  const { context, claims } = call;
  const { "@odata.type": _, ...body } = call.body;
  const { owners, rest } = readOwners(call, body, RESOURCE);
  if (!rest.displayName) {
    throw new GraphRefusal(replies.missingValue(call.trace(), "displayName", RESOURCE));
  }
  check(call, rest);
  const now = context.clock.now();
  const application: Application = {
    id: newGuid(context.world),
    appId: newGuid(context.world),
    createdDateTime: graphTime(now),
    effectiveAt: knownFrom(context),
    owners: needsOwnership(call) ? [...new Set([...owners, claims.oid])] : owners,
    passwordCredentials: [],
    keyCredentials: [],
    federatedIdentityCredentials: [],
    properties: merge(newProperties(), rest, APPLICATION_FIELDS),
  };
  context.world.directory.applications.push(application);
  context.changed();
  const entity = presentApplication(application, context.world.tenant, false);
  return one(call, { segment: "applications", type: "application" }, entity, { status: 201 });
}

export function updateApplication(call: Call, application: Application): Answer {
  const { "@odata.type": _, id, keyCredentials, ...body } = call.body;
  checkOwnership(call, application.owners);
  if (id !== undefined && id !== application.id) {
    throw new GraphRefusal(replies.invalidProperty(call.trace(), "id"));
  }
  if ("displayName" in body && !body.displayName) {
    throw new GraphRefusal(replies.badValue(call.trace(), "displayName", RESOURCE));
  }
  check(call, body, application);
  const keys =
    keyCredentials === undefined
      ? application.keyCredentials
      : readKeys(call, keyCredentials, application.keyCredentials);
  application.keyCredentials = keys;
  application.properties = merge(application.properties, body, APPLICATION_FIELDS);
  call.context.changed();
  return replies.done();
}

/** An app registration takes its service principal along. */
export function deleteApplication(call: Call, application: Application): Answer {
  checkOwnership(call, application.owners);
  const { directory } = call.context.world;
  directory.applications = directory.applications.filter((held) => held !== application);
  const principal = directory.servicePrincipals.find(({ appId }) => appId === application.appId);
  if (principal !== undefined) forgetPrincipal(principal, directory);
  call.context.changed();
  return replies.done();
}

function check(call: Call, body: Record<string, unknown>, own?: Application): void {
  checkBody(call, body, APPLICATION_FIELDS, RESOURCE);
  const { signInAudience, identifierUris } = body;
  if (signInAudience !== undefined && !SIGN_IN_AUDIENCES.includes(String(signInAudience))) {
    throw new GraphRefusal(replies.badValue(call.trace(), "signInAudience", RESOURCE));
  }
  const taken = call.context.world.directory.applications
    .filter((application) => application !== own)
    .flatMap(({ properties }) => properties.identifierUris as string[]);
  if (Array.isArray(identifierUris) && identifierUris.some((uri) => taken.includes(uri))) {
    throw new GraphRefusal(replies.objectConflict(call.trace(), "identifierUris"));
  }
}
