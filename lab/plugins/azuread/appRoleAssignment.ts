import type { ResourceKind } from "../definition.ts";
import type { Values } from "../values.ts";
import { uuid } from "./formats.ts";
import type { Graph } from "./graph.ts";
import { badResourceId } from "./replies.ts";
import { bySchema, knownOf, type Schema } from "./schema.ts";
import { find, finish, step } from "./steps.ts";

const SCHEMA: Schema = {
  appRoleId: { type: "string", required: true, forceNew: true, format: uuid },
  principalObjectId: { type: "string", required: true, forceNew: true, format: uuid },
  resourceObjectId: { type: "string", required: true, forceNew: true, format: uuid },
};

/**
 * `azuread.AppRoleAssignment`.
 *
 * @see terraform-provider-azuread 3.9, app_role_assignment_resource.go
 */
export const appRoleAssignment: ResourceKind<Graph> = {
  ...bySchema(SCHEMA, ["principalDisplayName", "principalType", "resourceDisplayName"]),

  async create(plan, graph) {
    const { appRoleId, principalObjectId: principalId, resourceObjectId: resourceId } = plan;
    const resource = `/v1.0/servicePrincipals/${resourceId}`;
    await step(
      `Could not retrieve service principal for resource (Object ID: "${resourceId}")`,
      () => graph.call("GET", resource),
    );
    const type = "#microsoft.graph.appRoleAssignment";
    const made = await step("Could not create app role assignment", () =>
      graph.call("POST", `${resource}/appRoleAssignedTo`, {
        body: { "@odata.type": type, appRoleId, principalId, resourceId },
        retry: isNotThereYet,
      }),
    );
    const path = `/servicePrincipals/${made.resourceId}/appRoleAssignedTo/${made.id}`;
    return finish({ id: path, outputs: knownOf(plan) }, async () => {
      return (await readAssignment(path, graph)) ?? {};
    });
  },

  async read(id, _, graph) {
    const outputs = await readAssignment(checked(id), graph);
    return outputs && { id, outputs };
  },

  update: async (_, plan) => plan,

  async delete(id, _, graph) {
    await step(`Deleting ${named(id)}`, () => graph.call("DELETE", `/v1.0${checked(id)}`));
  },
};

/** The principal may not be known everywhere yet. */
const isNotThereYet = (status: number, error: string): boolean =>
  status === 404 || (status === 400 && error.includes("Not a valid reference update"));

function checked(id: string): string {
  if (/^\/servicePrincipals\/[^/]+\/appRoleAssignedTo\/[^/]+$/.test(id)) return id;
  throw new Error(badResourceId("servicePrincipals/<object id>/appRoleAssignedTo", id).reason);
}

function named(id: string): string {
  const [, , resource, , assignment] = id.split("/");
  return (
    `Service Principal Id App Role Assigned To (Service Principal: "${resource}"\n` +
    `App Role Assignment: "${assignment}")`
  );
}

async function readAssignment(path: string, graph: Graph): Promise<Values | undefined> {
  const found = await step(`retrieving ${named(path)}`, () => find(graph, `/v1.0${path}`));
  return (
    found && {
      appRoleId: found.appRoleId ?? "",
      principalDisplayName: found.principalDisplayName ?? "",
      principalObjectId: found.principalId ?? "",
      principalType: found.principalType ?? "",
      resourceDisplayName: found.resourceDisplayName ?? "",
      resourceObjectId: found.resourceId ?? "",
    }
  );
}
