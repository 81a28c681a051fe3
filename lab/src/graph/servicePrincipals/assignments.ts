import { newGuid } from "../../context.ts";
import type { AppRoleAssignment, ServicePrincipal } from "../../world/directory.ts";
import type { World } from "../../world/world.ts";
import type { Answer, Call } from "../call.ts";
import { type Entity, many, one } from "../entities.ts";
import { GraphRefusal } from "../refusal.ts";
import * as replies from "../replies.ts";
import { checkBody } from "../shape.ts";
import { graphTime } from "../time.ts";
import { presentServicePrincipal } from "./present.ts";
import { alreadyAssigned, badReference, unknownAppRole } from "./replies.ts";

const FIELDS = { appRoleId: "string", principalId: "string", resourceId: "string" } as const;

const kindOf = ({ id }: ServicePrincipal, relation: string) => ({
  segment: `servicePrincipals('${id}')/${relation}`,
  type: "appRoleAssignment",
});

/** What apps hold on this service principal. */
export function listAssignedTo(call: Call, resource: ServicePrincipal): Answer {
  const { world } = call.context;
  const held = world.directory.appRoleAssignments.filter(
    ({ resourceId }) => resourceId === resource.id,
  );
  const entities = held.map((assignment) => present(assignment, world));
  return many(call, kindOf(resource, "appRoleAssignedTo"), entities);
}

/** What this service principal holds on others. */
export function listAssignments(call: Call, principal: ServicePrincipal): Answer {
  const { world } = call.context;
  const held = world.directory.appRoleAssignments.filter(
    ({ principalId }) => principalId === principal.id,
  );
  const entities = held.map((assignment) => present(assignment, world));
  return many(call, kindOf(principal, "appRoleAssignments"), entities);
}

export function getAssignedTo(call: Call, resource: ServicePrincipal): Answer {
  const assignment = find(call, resource);
  return one(call, kindOf(resource, "appRoleAssignedTo"), present(assignment, call.context.world));
}

/** Grants an app role of `resource` to the service principal of an app. */
export function assign(call: Call, resource: ServicePrincipal): Answer {
  const { context, trace } = call;
  const { directory } = context.world;
  const { "@odata.type": _, ...body } = call.body;
  checkBody(call, body, FIELDS, "AppRoleAssignment");
  const { appRoleId, principalId, resourceId } = body;
  const principal = directory.servicePrincipals.find(({ id }) => id === principalId);
  if (resourceId !== resource.id || principal === undefined) {
    throw new GraphRefusal(badReference(trace()));
  }
  const role = resource.appRoles.find(({ id }) => id === appRoleId);
  if (role === undefined) throw new GraphRefusal(unknownAppRole(trace()));
  const order = { appRoleId: role.id, principalId: principal.id, resourceId: resource.id };
  if (directory.appRoleAssignments.some((held) => isSame(held, order))) {
    throw new GraphRefusal(alreadyAssigned(trace()));
  }
  const assignment: AppRoleAssignment = {
    id: newAssignmentId(context.world),
    ...order,
    createdDateTime: graphTime(context.clock.now()),
  };
  directory.appRoleAssignments.push(assignment);
  context.changed();
  const entity = present(assignment, context.world);
  return one(call, kindOf(resource, "appRoleAssignedTo"), entity, { status: 201 });
}

export function unassign(call: Call, resource: ServicePrincipal): Answer {
  const { directory } = call.context.world;
  const assignment = find(call, resource);
  directory.appRoleAssignments = directory.appRoleAssignments.filter((held) => held !== assignment);
  call.context.changed();
  return replies.done();
}

function find({ c, context, trace }: Call, resource: ServicePrincipal): AppRoleAssignment {
  const wanted = c.req.param("assignment") ?? "";
  const found = context.world.directory.appRoleAssignments.find(
    ({ id, resourceId }) => id === wanted && resourceId === resource.id,
  );
  if (found === undefined) throw new GraphRefusal(replies.notFound(trace(), wanted));
  return found;
}

function isSame(
  held: AppRoleAssignment,
  order: Pick<AppRoleAssignment, keyof typeof FIELDS>,
): boolean {
  return (
    held.appRoleId === order.appRoleId &&
    held.principalId === order.principalId &&
    held.resourceId === order.resourceId
  );
}

/** 32 bytes, base64url: Graph's ids of assignments are no GUIDs. */
function newAssignmentId(world: World): string {
  const hex = `${newGuid(world)}${newGuid(world)}`.replaceAll("-", "");
  return Buffer.from(hex, "hex").toString("base64url");
}

function present(assignment: AppRoleAssignment, world: World): Entity {
  const nameOf = (wanted: string): unknown => {
    const held = world.directory.servicePrincipals.find(({ id }) => id === wanted);
    return held && presentServicePrincipal(held, world).displayName;
  };
  return {
    ...assignment,
    deletedDateTime: null,
    principalDisplayName: nameOf(assignment.principalId) ?? null,
    principalType: "ServicePrincipal",
    resourceDisplayName: nameOf(assignment.resourceId) ?? null,
  };
}
