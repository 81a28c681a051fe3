import type { ServicePrincipal } from "../../world/directory.ts";
import type { World } from "../../world/world.ts";
import type { Entity } from "../entities.ts";
import { newProperties } from "./fields.ts";

/** A service principal (Graph v1.0 resource type of that name); what its app registration says goes along. */
export function presentServicePrincipal(
  principal: ServicePrincipal,
  { directory, tenant }: World,
): Entity {
  const { id, appId, accountEnabled, appRoles, effectiveAt: _, owners: __ } = principal;
  const application = directory.applications.find((held) => held.appId === appId)?.properties;
  const displayName = application?.displayName ?? principal.properties.displayName;
  return {
    ...newProperties(),
    addIns: [],
    appDescription: application?.description ?? null,
    applicationTemplateId: null,
    appOwnerOrganizationId: tenant.id,
    createdDateTime: null,
    disabledByMicrosoftStatus: null,
    homepage: null,
    info: application?.info ?? null,
    logoutUrl: null,
    oauth2PermissionScopes: [],
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: [],
    resourceSpecificApplicationPermissions: [],
    servicePrincipalType: "Application",
    signInAudience: application?.signInAudience ?? "AzureADMultipleOrgs",
    tokenEncryptionKeyId: null,
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
    ...principal.properties,
    id,
    deletedDateTime: null,
    accountEnabled,
    appDisplayName: displayName,
    appId,
    appRoles: appRoles.map((role) => ({
      allowedMemberTypes: ["Application"],
      description: role.displayName,
      isEnabled: true,
      origin: "Application",
      ...role,
    })),
    displayName,
    keyCredentials: [],
    passwordCredentials: [],
    servicePrincipalNames: [appId],
  };
}
