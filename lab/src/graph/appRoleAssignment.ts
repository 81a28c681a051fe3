import type { AppRoleAssignment as GraphAppRoleAssignment } from "@microsoft/microsoft-graph-types";
import type { Hono } from "hono";
import { newGuid } from "../context.ts";
import { isPerson } from "../entra/tokens.ts";
import type { AppRoleAssignment, ServicePrincipal } from "../world/directory.ts";
import { holdsDirectoryRole } from "../world/directoryRoles.ts";
import { GRAPH_APP_ID } from "../world/makeDirectory.ts";
import type { World } from "../world/world.ts";
import { type AnswerKind, answerDone, answerList, answerOne, type Entity } from "./answers.ts";
import type { MemberRoute } from "./entitySet.ts";
import type { Answer } from "./errors.ts";
import { type Call, holdsAny } from "./guard.ts";
import { APP_READERS } from "./owners.ts";
import { checkBody } from "./properties.ts";
import { graphTime, shownFrom } from "./time.ts";

const WRITABLE = { appRoleId: "string", principalId: "string", resourceId: "string" } as const;

const GRANT = "AppRoleAssignment.ReadWrite.All";
/** Who may grant an app role needs a permission to read besides; who takes one back does not. */
const REMOVERS = [GRANT, "Application.ReadWrite.All"];
/** Directory roles of people who may grant; the app roles of Graph itself are for the first one alone. */
const PEOPLE = [
  ...(["Privileged Role Administrator", "Application Administrator"] as const),
  "Cloud Application Administrator",
] as const;

/** Adds the app roles that apps hold on a service principal, and those that it holds on others. */
export function addAppRoleAssignmentRoutes(app: Hono, member: MemberRoute<ServicePrincipal>): void {
  const path = "/v1.0/servicePrincipals/:id";
  for (const [relation, side] of Object.entries(SIDES) as [Relation, Side][]) {
    app.get(`${path}/${relation}`, member(APP_READERS, list(relation, side)));
    app.post(
      `${path}/${relation}`,
      member({ roles: [GRANT], people: PEOPLE }, (call, own) => create(call, own, relation)),
    );
    app.get(
      `${path}/${relation}/:assignment`,
      member(APP_READERS, (call, own) => get(call, own, relation)),
    );
    app.delete(
      `${path}/${relation}/:assignment`,
      member({ roles: REMOVERS, people: PEOPLE }, (call, own) => remove(call, own, relation)),
    );
  }
}

/** Which side of an assignment the path names, by relation. */
const SIDES = { appRoleAssignedTo: "resourceId", appRoleAssignments: "principalId" } as const;
type Relation = keyof typeof SIDES;
type Side = (typeof SIDES)[Relation];

const kindOf = ({ id }: ServicePrincipal, relation: Relation): AnswerKind => ({
  segment: `servicePrincipals('${id}')/${relation}`,
  type: "appRoleAssignment",
});

const list =
  (relation: Relation, side: Side) =>
  (call: Call, principal: ServicePrincipal): Answer => {
    const { world } = call.context;
    const assignments = world.directory.appRoleAssignments
      .filter((assignment) => assignment[side] === principal.id)
      .map((assignment) => assignmentEntity(assignment, world));
    return answerList(call, kindOf(principal, relation), assignments);
  };

function get(call: Call, own: ServicePrincipal, relation: Relation): Answer {
  const entity = assignmentEntity(find(call, own, relation), call.context.world);
  return answerOne(call, kindOf(own, relation), entity);
}

/** Grants an app role of a resource to the service principal of an app; the path names one of the two. */
function create(call: Call, own: ServicePrincipal, relation: Relation): Answer {
  const { context, refusal } = call;
  if (!holdsAny(call, APP_READERS)) throw refusal("graph.forbidden");
  const { directory } = context.world;
  const { "@odata.type": _, ...body } = call.body;
  checkBody(call, body, WRITABLE, "AppRoleAssignment");
  const principal = directory.servicePrincipals.find(({ id }) => id === body.principalId);
  const resource = directory.servicePrincipals.find(({ id }) => id === body.resourceId);
  if (body[SIDES[relation]] !== own.id || principal === undefined || resource === undefined) {
    throw refusal("graph.bad-reference");
  }
  checkPerson(call, resource);
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
    effectiveAt: shownFrom(context),
  };
  directory.appRoleAssignments.push(assignment);
  context.changed();
  const entity = assignmentEntity(assignment, context.world);
  return answerOne(call, kindOf(own, relation), entity, 201);
}

function remove(call: Call, own: ServicePrincipal, relation: Relation): Answer {
  const { directory } = call.context.world;
  const assignment = find(call, own, relation);
  const resource = directory.servicePrincipals.find(({ id }) => id === assignment.resourceId);
  if (resource !== undefined) checkPerson(call, resource);
  directory.appRoleAssignments = directory.appRoleAssignments.filter((one) => one !== assignment);
  return answerDone(call);
}

/** @throws GraphRefusal for a person who may grant the app roles of other resources alone */
function checkPerson({ claims, refusal }: Call, { appId }: ServicePrincipal): void {
  const mayGrantGraph = holdsDirectoryRole(claims.wids, [PEOPLE[0]]);
  if (isPerson(claims) && appId === GRAPH_APP_ID && !mayGrantGraph) {
    throw refusal("graph.forbidden");
  }
}

function find(
  { c, context, refusal }: Call,
  own: ServicePrincipal,
  relation: Relation,
): AppRoleAssignment {
  const id = c.req.param("assignment") ?? "";
  const assignment = context.world.directory.appRoleAssignments.find(
    (one) => one.id === id && one[SIDES[relation]] === own.id,
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
export function newAssignmentId(world: World): string {
  const hex = `${newGuid(world)}${newGuid(world)}`.replaceAll("-", "");
  return Buffer.from(hex, "hex").toString("base64url");
}

function assignmentEntity(
  { effectiveAt: _, ...assignment }: AppRoleAssignment,
  { directory }: World,
): Entity {
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
