import { graphResource } from "./resource.ts";

/**
 * `azuread.AppRoleAssignment`.
 *
 * @see terraform-provider-azuread 3.9, app_role_assignment_resource.go
 */
export const appRoleAssignment = graphResource({
  properties: {
    appRoleId: { type: "string", forceNew: true },
    principalObjectId: { type: "string", forceNew: true, from: "principalId" },
    resourceObjectId: { type: "string", forceNew: true, from: "resourceId" },
    principalDisplayName: { type: "string", output: true },
    principalType: { type: "string", output: true },
    resourceDisplayName: { type: "string", output: true },
  },

  async create({ appRoleId, principalObjectId, resourceObjectId }, graph) {
    const resource = `/servicePrincipals/${resourceObjectId}`;
    await graph.call("GET", `/v1.0${resource}`);
    const entity = await graph.call("POST", `/v1.0${resource}/appRoleAssignedTo`, {
      "@odata.type": "#microsoft.graph.appRoleAssignment",
      appRoleId,
      principalId: principalObjectId,
      resourceId: resourceObjectId,
    });
    return { id: `${resource}/appRoleAssignedTo/${entity.id}`, entity };
  },

  read: (id, graph) => graph.find(`/v1.0${id}`),

  async delete(id, graph) {
    await graph.call("DELETE", `/v1.0${id}`);
  },
});
