import type {
  UnifiedRoleAssignment,
  UnifiedRoleDefinition,
} from "@microsoft/microsoft-graph-types";
import type { Hono } from "hono";
import type { DirectoryRoleAssignment } from "../world/directory.ts";
import { DIRECTORY_ROLES } from "../world/directoryRoles.ts";
import { answerDone, answerList, answerOne, type Entity, readFilter } from "./answers.ts";
import { newAssignmentId } from "./appRoleAssignment.ts";
import type { Answer } from "./errors.ts";
import type { Call, Guard, Rule } from "./guard.ts";
import { checkBody } from "./properties.ts";
import { shownFrom } from "./time.ts";

const WRITE = "RoleManagement.ReadWrite.Directory";
const READING: Rule = {
  roles: [
    ...["RoleManagement.Read.Directory", WRITE],
    ...["Directory.Read.All", "Directory.ReadWrite.All"],
  ],
  options: ["$filter", "$select"],
};
const WRITING: Rule = { roles: [WRITE], people: ["Privileged Role Administrator"] };

const DEFINITIONS = {
  segment: "roleManagement/directory/roleDefinitions",
  type: "unifiedRoleDefinition",
};
const ASSIGNMENTS = {
  segment: "roleManagement/directory/roleAssignments",
  type: "unifiedRoleAssignment",
};

/** The Graph v1.0 resource type `unifiedRoleAssignment`; the lab has assignments for the whole tenant alone. */
const WRITABLE = {
  directoryScopeId: "string",
  principalId: "string",
  roleDefinitionId: "string",
} as const;

/** Adds Entra's directory roles: their definitions, and who holds them. */
export function addRoleManagementRoutes(app: Hono, guard: Guard): void {
  const [definitions, assignments] = [DEFINITIONS, ASSIGNMENTS].map(
    ({ segment }) => `/v1.0/${segment}`,
  );
  app.get(`${definitions}`, (c) =>
    guard(c, READING, (call) => {
      const passes = readFilter(call, ["displayName", "isBuiltIn", "templateId"]);
      return answerList(call, DEFINITIONS, DEFINITION_ENTITIES.filter(passes));
    }),
  );
  app.get(`${definitions}/:id`, (c) =>
    guard(c, READING, (call) => {
      const id = c.req.param("id");
      const definition = DEFINITION_ENTITIES.find((one) => one.id === id.toLowerCase());
      if (definition === undefined) throw call.refusal("graph.not-found", { id });
      return answerOne(call, DEFINITIONS, definition);
    }),
  );
  app.get(`${assignments}`, (c) =>
    guard(c, READING, (call) => {
      const passes = readFilter(call, ["principalId", "roleDefinitionId"]);
      const all = call.context.world.directory.roleAssignments.map(assignmentEntity);
      return answerList(call, ASSIGNMENTS, all.filter(passes));
    }),
  );
  app.get(`${assignments}/:id`, (c) =>
    guard(c, READING, (call) => answerOne(call, ASSIGNMENTS, assignmentEntity(find(call)))),
  );
  app.post(`${assignments}`, (c) => guard(c, WRITING, create));
  app.delete(`${assignments}/:id`, (c) => guard(c, WRITING, remove));
}

const DEFINITION_ENTITIES: Entity[] = Object.entries(DIRECTORY_ROLES).map(([displayName, id]) => {
  const definition: UnifiedRoleDefinition = {
    id,
    description: displayName,
    displayName,
    isBuiltIn: true,
    isEnabled: true,
    resourceScopes: ["/"],
    templateId: id,
    version: "1",
  };
  return { ...definition };
});

function assignmentEntity({ effectiveAt: _, ...assignment }: DirectoryRoleAssignment): Entity {
  const entity: UnifiedRoleAssignment = { ...assignment, directoryScopeId: "/" };
  return { ...entity };
}

/** A user or a service principal gets a role. */
function create(call: Call): Answer {
  const { context, refusal } = call;
  const { directory, deployer, readers } = context.world;
  const { "@odata.type": _, ...body } = call.body;
  checkBody(call, body, WRITABLE, "RoleAssignment");
  for (const property of Object.keys(WRITABLE)) {
    if ((body[property] ?? "") === "") {
      throw refusal("graph.missing-value", { property, resource: "RoleAssignment" });
    }
  }
  const { directoryScopeId, principalId, roleDefinitionId } = body as Record<string, string>;
  if (directoryScopeId !== "/") {
    throw refusal("graph.not-done", { what: "roles for a part of the tenant" });
  }
  const isKnown = [
    ...[...directory.users, ...directory.servicePrincipals].map(({ id }) => id),
    ...[deployer, ...readers].map(({ servicePrincipalId }) => servicePrincipalId),
  ].includes(String(principalId));
  if (!isKnown) throw refusal("graph.unknown-principal", { id: String(principalId) });
  if (!Object.values<string | undefined>(DIRECTORY_ROLES).includes(roleDefinitionId)) {
    throw refusal("graph.unknown-role-definition");
  }
  const isHeld = directory.roleAssignments.some(
    (one) => one.principalId === principalId && one.roleDefinitionId === roleDefinitionId,
  );
  if (isHeld) throw refusal("graph.role-already-assigned");
  const assignment: DirectoryRoleAssignment = {
    id: `${newAssignmentId(context.world)}-1`,
    roleDefinitionId: String(roleDefinitionId),
    principalId: String(principalId),
    effectiveAt: shownFrom(context),
  };
  directory.roleAssignments.push(assignment);
  context.changed();
  return answerOne(call, ASSIGNMENTS, assignmentEntity(assignment), 201);
}

function remove(call: Call): Answer {
  const { directory } = call.context.world;
  const assignment = find(call);
  directory.roleAssignments = directory.roleAssignments.filter((one) => one !== assignment);
  return answerDone(call);
}

function find({ c, context, refusal }: Call): DirectoryRoleAssignment {
  const id = c.req.param("id") ?? "";
  const found = context.world.directory.roleAssignments.find((one) => one.id === id);
  if (found === undefined) throw refusal("graph.not-found", { id });
  return found;
}
