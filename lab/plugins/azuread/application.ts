import { randomUUID } from "node:crypto";
import type { ResourceKind } from "../definition.ts";
import type { Values } from "../values.ts";
import { createBody, told, updateBody } from "./applicationBody.ts";
import { atMost, each, notEmpty, oneOf, requiredResourceAccesses, uuid } from "./formats.ts";
import type { Graph } from "./graph.ts";
import { objectIdOf } from "./ids.ts";
import { changeOwners, ownershipOf, readOwners } from "./owners.ts";
import { duplicateName, failed } from "./replies.ts";
import { bySchema, isSame, keptOf, knownOf, type Schema } from "./schema.ts";
import { find, finish, lasting, step } from "./steps.ts";

const SCHEMA: Schema = {
  description: { type: "string" },
  displayName: { type: "string", required: true, format: notEmpty },
  notes: { type: "string", format: notEmpty },
  owners: {
    type: "set",
    format: (name, value) => [...atMost(100)(name, value), ...each(uuid)(name, value)],
  },
  preventDuplicateNames: { type: "boolean", default: false, kept: true },
  requiredResourceAccesses: { type: "set", format: requiredResourceAccesses },
  signInAudience: {
    type: "string",
    default: "AzureADMyOrg",
    format: oneOf(
      "AzureADMyOrg",
      "AzureADMultipleOrgs",
      "AzureADandPersonalMicrosoftAccount",
      "PersonalMicrosoftAccount",
    ),
  },
  tags: { type: "set", computed: true },
};

const TOLD = ["clientId", "disabledByMicrosoft", "logoUrl", "objectId", "publisherDomain"];

/**
 * `azuread.Application`, with the properties that the relay's stack sets; the others are as the plugin sends them
 * when a program is silent.
 *
 * @see terraform-provider-azuread 3.9, internal/services/applications/application_resource.go
 */
export const application: ResourceKind<Graph> = {
  ...bySchema(SCHEMA, TOLD),

  foresee: (plan, graph) => refuseDuplicate(plan, undefined, graph),

  async create(plan, graph) {
    await refuseDuplicate(plan, undefined, graph);
    const owners = ownershipOf(plan.owners, graph);
    const made = await step("Could not create application", () =>
      graph.call("POST", "/v1.0/applications", { body: createBody(plan, owners.bound) }),
    );
    const id = String(made.id);
    const path = `/v1.0/applications/${id}`;
    const outputs = { ...knownOf(plan), ...told(made) };
    return finish({ id: `/applications/${id}`, outputs }, async () => {
      // A change that is taken shows that the directory knows the application everywhere.
      for (const displayName of [`TERRAFORM_UPDATE_${randomUUID()}`, plan.displayName ?? ""]) {
        const body = { "@odata.type": "#microsoft.graph.application", displayName };
        await step(`Failed to patch application with object ID "${id}" after creating`, () =>
          graph.call("PATCH", path, { body, retry: isNotThereYet }),
        );
      }
      await owners.settle(path, `application with object ID: "${id}"`);
      return { ...keptOf(SCHEMA, plan), ...(await readApplication(id, graph)) };
    });
  },

  async read(resourceId, old, graph) {
    const outputs = await readApplication(objectIdOf("applications", resourceId), graph);
    return outputs && { id: resourceId, outputs: { ...keptOf(SCHEMA, old), ...outputs } };
  },

  async update(resourceId, plan, old, graph) {
    const id = objectIdOf("applications", resourceId);
    const path = `/v1.0/applications/${id}`;
    return graph.lock(id, async () => {
      await refuseDuplicate(plan, id, graph);
      await step(`Could not update application with object ID: "${id}"`, () =>
        graph.call("PATCH", path, { body: updateBody(plan, old) }),
      );
      if (!isSame("set", plan.owners, old.owners)) {
        await changeOwners(path, `application with object ID: "${id}"`, plan.owners, graph);
      }
      return { ...keptOf(SCHEMA, plan), ...(await readApplication(id, graph)) };
    });
  },

  async delete(resourceId, _, graph) {
    const id = objectIdOf("applications", resourceId);
    const path = `/v1.0/applications/${id}`;
    await step(`deleting ${named(id)}`, () => graph.call("DELETE", path));
    await step(`Waiting for deletion of application with object ID "${id}"`, () =>
      lasting("Deleted", async () => (await find(graph, path)) === undefined),
    );
  },
};

/** How the plugin names an application in what it says. */
export const named = (id: string): string => `Application (Application: "${id}")`;

async function readApplication(id: string, graph: Graph): Promise<Values | undefined> {
  const path = `/v1.0/applications/${id}`;
  const app = await step(`Retrieving ${named(id)}`, () => find(graph, path));
  if (app === undefined) return undefined;
  // Only the beta version has this property; the stand-in does not show it.
  const query = { $select: "oauth2RequirePostResponse" };
  await step(`Retrieving additional properties for ${named(id)}`, () =>
    graph.call("GET", `/beta/applications/${id}`, { query }),
  );
  const owners = await step(`Could not retrieve owners for ${named(id)}`, () =>
    readOwners(path, graph),
  );
  return { ...told(app), owners };
}

/** With `preventDuplicateNames`, another application of the same name stands in the way. */
async function refuseDuplicate(
  { displayName, preventDuplicateNames }: Values,
  own: string | undefined,
  graph: Graph,
): Promise<void> {
  if (preventDuplicateNames !== true) return;
  const name = String(displayName);
  const found = await step("Could not check for existing application(s)", () =>
    graph.list("/v1.0/applications", `displayName eq '${name}'`),
  );
  const other = found.find((app) => app.displayName === displayName && app.id !== own);
  if (other === undefined) return;
  const { message } = duplicateName("azuread_application", String(other.id), name);
  throw new Error(failed(message).message);
}

const isNotThereYet = (status: number): boolean => status === 404 || status === 409;
