import { randomUUID } from "node:crypto";
import { buildReply } from "../../src/reply.ts";
import type { PluginFunction } from "../definition.ts";
import { isObject, type Value, type Values } from "../values.ts";
import type { Graph } from "./graph.ts";
import {
  deleteAndWait,
  firstOwner,
  type GraphProperties,
  giveUpOwnership,
  graphResource,
  outputsOf,
  readOwners,
} from "./resource.ts";

const PROPERTIES: GraphProperties = {
  accountEnabled: { type: "boolean", default: true },
  appRoleAssignmentRequired: { type: "boolean" },
  clientId: { type: "string", forceNew: true, from: "appId" },
  description: { type: "string" },
  notes: { type: "string" },
  tags: { type: "set", computed: true },
  appRoleIds: {
    type: "map",
    output: true,
    from: ({ appRoles }) =>
      Object.fromEntries(
        objectsIn(appRoles)
          .filter(({ value }) => value)
          .map(({ id, value }) => [String(value), id ?? ""]),
      ),
  },
  applicationTenantId: { type: "string", output: true, from: "appOwnerOrganizationId" },
  displayName: { type: "string", output: true },
  objectId: { type: "string", output: true, from: "id" },
  owners: { type: "set", output: true },
  samlMetadataUrl: { type: "string", output: true },
  signInAudience: { type: "string", output: true },
  type: { type: "string", output: true, from: "servicePrincipalType" },
};

/**
 * `azuread.ServicePrincipal`.
 *
 * @see terraform-provider-azuread 3.9, internal/services/serviceprincipals/service_principal_resource.go
 */
export const servicePrincipal = graphResource({
  properties: PROPERTIES,

  async create(plan, graph) {
    const [existing] = await listByClientId(plan.clientId, graph);
    if (existing !== undefined) {
      const values = { id: String(existing.id), resource: "azuread_service_principal" };
      throw new Error(buildReply("azuread-plugin.already-exists", values).text);
    }
    const entity = await graph.call("POST", "/v1.0/servicePrincipals", {
      ...bodyOf(plan),
      appId: plan.clientId,
      description: `TERRAFORM_UPDATE_${randomUUID()}`,
      ...firstOwner(graph),
    });
    return { id: `/servicePrincipals/${entity.id}`, entity };
  },

  async settle(id, plan, graph) {
    const { "@odata.type": type, description } = bodyOf(plan);
    await graph.call("PATCH", `/v1.0${id}`, { "@odata.type": type, description });
    await giveUpOwnership(`/v1.0${id}`, graph);
  },

  async read(id, graph) {
    const entity = await graph.find(`/v1.0${id}`);
    if (entity === undefined) return undefined;
    const samlMetadataUrl = await readSamlMetadataUrl(id, graph);
    return { ...entity, samlMetadataUrl, owners: await readOwners(`/v1.0${id}`, graph) };
  },

  async update(id, plan, _, graph) {
    await graph.call("PATCH", `/v1.0${id}`, bodyOf(plan));
  },

  delete: (id, graph) => deleteAndWait(`/v1.0${id}`, graph),
});

/**
 * `azuread.getServicePrincipal`, by client id.
 *
 * @see terraform-provider-azuread 3.9, service_principal_data_source.go
 */
export const getServicePrincipal: PluginFunction<Graph> = async ({ clientId }, graph) => {
  const [entity] = await listByClientId(clientId, graph);
  if (entity === undefined) throw new Error(`no service principal found for client id ${clientId}`);
  const id = `/servicePrincipals/${entity.id}`;
  const samlMetadataUrl = await readSamlMetadataUrl(id, graph);
  return { id, ...outputsOf(PROPERTIES, { ...entity, samlMetadataUrl }) };
};

const listByClientId = (clientId: Value | undefined, graph: Graph): Promise<Values[]> =>
  graph.list(
    `/v1.0/servicePrincipals?${new URLSearchParams({ $filter: `appId eq '${clientId}'` })}`,
  );

/** Only Graph's beta version has it. */
async function readSamlMetadataUrl(id: string, graph: Graph): Promise<Value> {
  const { samlMetadataUrl } = await graph.call("GET", `/beta${id}?%24select=samlMetadataUrl`);
  return samlMetadataUrl ?? "";
}

const bodyOf = (plan: Values) => ({
  "@odata.type": "#microsoft.graph.servicePrincipal",
  accountEnabled: plan.accountEnabled,
  alternativeNames: [],
  appRoleAssignmentRequired: plan.appRoleAssignmentRequired === true,
  description: plan.description || null,
  loginUrl: null,
  notes: plan.notes || null,
  notificationEmailAddresses: [],
  preferredSingleSignOnMode: null,
  samlSingleSignOnSettings: {},
  tags: Array.isArray(plan.tags) ? plan.tags : [],
});

const objectsIn = (value: Value | undefined): Values[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
