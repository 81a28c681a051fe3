import type { AppRoleAssignment as GraphAppRoleAssignment } from "@microsoft/microsoft-graph-types";
import type { Hono } from "hono";
import { newGuid } from "../context.ts";
import type { AppRoleAssignment, ServicePrincipal } from "../world/directory.ts";
import type { World } from "../world/world.ts";
import { type AnswerKind, answerDone, answerList, answerOne, type Entity } from "./answers.ts";
import type { MemberRoute } from "./entitySet.ts";
import type { Answer } from "./errors.ts";
import type { Call } from "./guard.ts";
import { APP_READERS } from "./owners.ts";
import { checkBody } from "./properties.ts";
import { graphTime } from "./time.ts";

const WRITABLE = { appRoleId: "string", principalId: "string", resourceId: "string" } as const;

const WRITERS = ["AppRoleAssignment.ReadWrite.All"];
const READERS = [...APP_READERS, ...WRITERS];

/** Adds the app roles that apps hold on a service principal, and those that it holds on others. */
export function addAppRoleAssignmentRoutes(app: Hono, member: MemberRoute<ServicePrincipal>): void {
  const path = "/v1.0/servicePrincipals/:id";
  app.get(`${path}/appRoleAssignedTo`, member(READERS, list("appRoleAssignedTo", "resourceId")));
  app.get(`${path}/appRoleAssignments`, member(READERS, list("appRoleAssignments", "principalId")));
  app.post(`${path}/appRoleAssignedTo`, member(WRITERS, create));
  app.get(`${path}/appRoleAssignedTo/:assignment`, member(READERS, get));
  app.delete(`${path}/appRoleAssignedTo/:assignment`, member(WRITERS, remove));
}

type Relation = "appRoleAssignedTo" | "appRoleAssignments";

const kindOf = ({ id }: ServicePrincipal, relation: Relation): AnswerKind => ({
  segment: `servicePrincipals('${id}')/${relation}`,
  type: "appRoleAssignment",
});

const list =
  (relation: Relation, side: "principalId" | "resourceId") =>
  (call: Call, principal: ServicePrincipal): Answer => {
    const { world } = call.context;
    const assignments = world.directory.appRoleAssignments
      .filter((assignment) => assignment[side] === principal.id)
      .map((assignment) => assignmentEntity(assignment, world));
    return answerList(call, kindOf(principal, relation), assignments);
  };

function get(call: Call, resource: ServicePrincipal): Answer {
  const entity = assignmentEntity(find(call, resource), call.context.world);
  return answerOne(call, kindOf(resource, "appRoleAssignedTo"), entity);
}

/** Grants an app role of `resource` to the service principal of an app. */
function create(call: Call, resource: ServicePrincipal): Answer {
  const { context, refusal } = call;
  const { directory } = context.world;
  const { "@odata.type": _, ...body } = call.body;
  checkBody(call, body, WRITABLE, "AppRoleAssignment");
  const principal = directory.servicePrincipals.find(({ id }) => id === body.principalId);
  if (body.resourceId !== resource.id || principal === undefined) {
    throw refusal("graph.bad-reference");
  }
  const role = resource.appRoles.find(({ id }) => id === body.appRoleId);
  if (role === undefined) throw refusal("graph.unknown-app-role");
  const granted = { appRoleId: role.id, principalId: principal.id, resourceId: resource.id };
  if (directory.appRoleAssignments.some((other) => isSame(other, granted))) {
    throw refusal("graph.already-assigned");
  }
  const assignment: AppRoleAssignment = {
    id: newAssignmentId(context.world),
    ...granted,
    createdDateTime: graphTime(context.clock.now()),
  };
  directory.appRoleAssignments.push(assignment);
  context.changed();
  const entity = assignmentEntity(assignment, context.world);
  return answerOne(call, kindOf(resource, "appRoleAssignedTo"), entity, 201);
}

function remove(call: Call, resource: ServicePrincipal): Answer {
  const { directory } = call.context.world;
  const assignment = find(call, resource);
  directory.appRoleAssignments = directory.appRoleAssignments.filter((one) => one !== assignment);
  return answerDone(call);
}

function find({ c, context, refusal }: Call, resource: ServicePrincipal): AppRoleAssignment {
  const id = c.req.param("assignment") ?? "";
  const assignment = context.world.directory.appRoleAssignments.find(
    (one) => one.id === id && one.resourceId === resource.id,
  );
  if (assignment === undefined) throw refusal("graph.not-found", { id });
  return assignment;
}

type Granted = Pick<AppRoleAssignment, "appRoleId" | "principalId" | "resourceId">;

const isSame = (one: Granted, other: Granted): boolean =>
  one.appRoleId === other.appRoleId &&
  one.principalId === other.principalId &&
  one.resourceId === other.resourceId;

/** 32 bytes, base64url: Graph's ids of assignments are no GUIDs. */
function newAssignmentId(world: World): string {
  const hex = `${newGuid(world)}${newGuid(world)}`.replaceAll("-", "");
  return Buffer.from(hex, "hex").toString("base64url");
}

function assignmentEntity(assignment: AppRoleAssignment, { directory }: World): Entity {
  const nameOf = (id: string): string | null => {
    const principal = directory.servicePrincipals.find((one) => one.id === id);
    const application = directory.applications.find(({ appId }) => appId === principal?.appId);
    const { displayName } = application?.properties ?? principal?.properties ?? {};
    return typeof displayName === "string" ? displayName : null;
  };
  const entity: GraphAppRoleAssignment = {
    ...assignment,
    deletedDateTime: null,
    principalDisplayName: nameOf(assignment.principalId),
    principalType: "ServicePrincipal",
    resourceDisplayName: nameOf(assignment.resourceId),
  };
  return { ...entity };
}
