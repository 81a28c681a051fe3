import { randomUUID } from "node:crypto";
import type { ResourceKind } from "../definition.ts";
import type { Values } from "../values.ts";
import { each, notEmpty, uuid } from "./formats.ts";
import type { Graph } from "./graph.ts";
import { objectIdOf } from "./ids.ts";
import { changeOwners, ownershipOf, readOwners } from "./owners.ts";
import { alreadyExists, failed } from "./replies.ts";
import { bySchema, isSame, keptOf, knownOf, type Schema } from "./schema.ts";
import { readBeta, TOLD, told } from "./servicePrincipalTold.ts";
import { find, finish, lasting, step } from "./steps.ts";

const SCHEMA: Schema = {
  accountEnabled: { type: "boolean", default: true },
  alternativeNames: { type: "set", format: each(notEmpty) },
  appRoleAssignmentRequired: { type: "boolean" },
  clientId: { type: "string", required: true, forceNew: true, format: uuid },
  description: { type: "string" },
  notes: { type: "string" },
  owners: { type: "set", format: each(uuid) },
  tags: { type: "set", computed: true },
  useExisting: { type: "boolean", kept: true },
};

/**
 * `azuread.ServicePrincipal`, with the properties that the relay's stack sets. With `useExisting` it takes over the
 * one that is there, and a deletion that Graph refuses is not told.
 *
 * @see terraform-provider-azuread 3.9, internal/services/serviceprincipals/service_principal_resource.go
 */
export const servicePrincipal: ResourceKind<Graph> = {
  ...bySchema(
    SCHEMA,
    TOLD.filter((name) => !(name in SCHEMA)),
  ),

  async create(plan, graph) {
    const [there] = await step("Could not list existing service principals", () =>
      graph.list("/v1.0/servicePrincipals", `appId eq '${plan.clientId}'`),
    );
    if (there !== undefined) return takeOver(String(there.id), plan, graph);
    const owners = ownershipOf(plan.owners, graph);
    const made = await step("Could not create service principal", () =>
      graph.call("POST", "/v1.0/servicePrincipals", {
        body: {
          ...bodyOf(plan),
          appId: plan.clientId,
          description: `TERRAFORM_UPDATE_${randomUUID()}`,
          "owners@odata.bind": owners.bound,
        },
        retry: isWithoutApplication,
      }),
    );
    const id = String(made.id);
    const path = `/v1.0/servicePrincipals/${id}`;
    const outputs = { ...knownOf(plan), objectId: id };
    return finish({ id: `/servicePrincipals/${id}`, outputs }, async () => {
      const { "@odata.type": type, description } = bodyOf(plan);
      await step("Failed to patch service principal after creating", () =>
        graph.call("PATCH", path, { body: { "@odata.type": type, description } }),
      );
      await owners.settle(path, named(id));
      return { ...keptOf(SCHEMA, plan), ...(await readServicePrincipal(id, graph)) };
    });
  },

  async read(resourceId, old, graph) {
    const outputs = await readServicePrincipal(objectIdOf("servicePrincipals", resourceId), graph);
    return outputs && { id: resourceId, outputs: { ...keptOf(SCHEMA, old), ...outputs } };
  },

  update: (resourceId, plan, old, graph) =>
    change(objectIdOf("servicePrincipals", resourceId), plan, old, graph),

  async delete(resourceId, { useExisting }, graph) {
    const id = objectIdOf("servicePrincipals", resourceId);
    const path = `/v1.0/servicePrincipals/${id}`;
    const deletion = step(`Deleting ${named(id)}`, () => graph.call("DELETE", path));
    if (useExisting === true) return void (await deletion.catch(() => {}));
    await deletion;
    await step(`Waiting for deletion of ${named(id)}`, () =>
      lasting("Deleted", async () => (await find(graph, path)) === undefined),
    );
  },
};

const named = (id: string): string => `Service Principal (Service Principal: "${id}")`;

/** The plugin waits for an application that the directory does not know everywhere yet. */
const isWithoutApplication = (status: number, error: string): boolean =>
  (status === 400 &&
    /The appId '.+' of the service principal does not reference a valid application object/.test(
      error,
    )) ||
  (status === 403 &&
    error.includes(
      "When using this permission, the backing application of the service principal being created must in the local tenant",
    ));

async function takeOver(id: string, plan: Values, graph: Graph) {
  if (plan.useExisting !== true) {
    const { summary, detail } = alreadyExists("azuread_service_principal", id);
    throw new Error(failed(summary, detail).message);
  }
  const outputs = { ...knownOf(plan), objectId: id };
  return finish({ id: `/servicePrincipals/${id}`, outputs }, () => change(id, plan, {}, graph));
}

async function change(id: string, plan: Values, old: Values, graph: Graph): Promise<Values> {
  const path = `/v1.0/servicePrincipals/${id}`;
  const isRead = old.objectId !== undefined;
  const body = {
    ...bodyOf(plan),
    // The plugin sends back what it read of it.
    ...(isRead && { samlSingleSignOnSettings: { relayState: "" } }),
  };
  await step(`Updating ${named(id)}`, () => graph.call("PATCH", path, { body }));
  if (!isSame("set", plan.owners, old.owners)) {
    await changeOwners(path, named(id), plan.owners, graph);
  }
  return { ...keptOf(SCHEMA, plan), ...(await readServicePrincipal(id, graph)) };
}

function bodyOf(plan: Values) {
  return {
    "@odata.type": "#microsoft.graph.servicePrincipal",
    accountEnabled: plan.accountEnabled,
    alternativeNames: plan.alternativeNames ?? [],
    appRoleAssignmentRequired: plan.appRoleAssignmentRequired === true,
    description: plan.description || null,
    loginUrl: null,
    notes: plan.notes || null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    samlSingleSignOnSettings: {},
    tags: Array.isArray(plan.tags) ? plan.tags : [],
  };
}

async function readServicePrincipal(id: string, graph: Graph): Promise<Values | undefined> {
  const path = `/v1.0/servicePrincipals/${id}`;
  const found = await step(`Retrieving ${named(id)}`, () => find(graph, path));
  if (found === undefined) return undefined;
  const samlMetadataUrl = await readBeta(id, graph);
  const owners = await step(`Could not retrieve owners for ${named(id)}`, () =>
    readOwners(path, graph),
  );
  return { ...told(found), samlMetadataUrl, owners };
}
