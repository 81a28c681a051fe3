import { randomUUID } from "node:crypto";
import { isSame } from "../properties.ts";
import { isObject, type Value, type Values } from "../values.ts";
import {
  deleteAndWait,
  firstOwner,
  type GraphProperties,
  giveUpOwnership,
  graphResource,
  readOwners,
} from "./resource.ts";

const PROPERTIES: GraphProperties = {
  description: { type: "string" },
  displayName: { type: "string" },
  notes: { type: "string" },
  requiredResourceAccesses: {
    type: "set",
    from: ({ requiredResourceAccess }) =>
      objectsIn(requiredResourceAccess).map(({ resourceAppId, resourceAccess }) => ({
        resourceAppId: resourceAppId ?? "",
        resourceAccesses: objectsIn(resourceAccess),
      })),
  },
  signInAudience: { type: "string", default: "AzureADMyOrg" },
  tags: { type: "set", computed: true },
  clientId: { type: "string", output: true, from: "appId" },
  objectId: { type: "string", output: true, from: "id" },
  owners: { type: "set", output: true },
  publisherDomain: { type: "string", output: true },
};

/**
 * `azuread.Application`. Of its many properties, those that the relay's stack does not set are sent as the plugin
 * sends them when a program sets none.
 *
 * @see terraform-provider-azuread 3.9, internal/services/applications/application_resource.go
 */
export const application = graphResource({
  properties: PROPERTIES,

  async create(plan, graph) {
    const { api, ...rest } = bodyOf(plan);
    const entity = await graph.call("POST", "/v1.0/applications", {
      ...rest,
      api: { ...api, oauth2PermissionScopes: [] },
      appRoles: [],
      identifierUris: [],
      optionalClaims: {},
      ...firstOwner(graph),
      requiredResourceAccess: accessesFor(plan.requiredResourceAccesses),
    });
    return { id: `/applications/${entity.id}`, entity };
  },

  async settle(id, { displayName = "" }, graph) {
    // A change that is accepted proves that the directory knows the application everywhere.
    for (const name of [`TERRAFORM_UPDATE_${randomUUID()}`, displayName]) {
      const body = { "@odata.type": "#microsoft.graph.application", displayName: name };
      await graph.call("PATCH", `/v1.0${id}`, body);
    }
    await giveUpOwnership(`/v1.0${id}`, graph);
  },

  async read(id, graph) {
    const entity = await graph.find(`/v1.0${id}`);
    if (entity === undefined) return undefined;
    await graph.call("GET", `/beta${id}?%24select=oauth2RequirePostResponse`);
    return { ...entity, owners: await readOwners(`/v1.0${id}`, graph) };
  },

  async update(id, plan, old, graph) {
    const { requiredResourceAccesses: accesses } = plan;
    const isUnchanged = isSame("set", accesses, old.requiredResourceAccesses);
    await graph.call("PATCH", `/v1.0${id}`, {
      ...bodyOf(plan),
      ...(isUnchanged ? {} : { requiredResourceAccess: accessesFor(accesses) }),
    });
  },

  delete: (id, graph) => deleteAndWait(`/v1.0${id}`, graph),
});

const bodyOf = ({ description, displayName, notes, signInAudience, tags }: Values) => ({
  "@odata.type": "#microsoft.graph.application",
  api: { acceptMappedClaims: false, knownClientApplications: [], requestedAccessTokenVersion: 1 },
  description: description || null,
  displayName,
  groupMembershipClaims: null,
  info: {
    marketingUrl: null,
    privacyStatementUrl: null,
    supportUrl: null,
    termsOfServiceUrl: null,
  },
  isDeviceOnlyAuthSupported: false,
  isFallbackPublicClient: false,
  notes: notes || null,
  publicClient: { redirectUris: [] },
  serviceManagementReference: null,
  signInAudience,
  spa: { redirectUris: [] },
  tags: Array.isArray(tags) ? tags : [],
  web: {
    homePageUrl: null,
    implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    logoutUrl: null,
    redirectUris: [],
  },
});

const accessesFor = (accesses: Value | undefined): object[] =>
  objectsIn(accesses).map(({ resourceAppId, resourceAccesses }) => ({
    resourceAccess: resourceAccesses,
    resourceAppId,
  }));

const objectsIn = (value: Value | undefined): Values[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
