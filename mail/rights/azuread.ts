import { GRAPH_PERMISSIONS } from "./graph.ts";
import type { KindNeeds } from "./needs.ts";

const { apps, readApps, appRoles, users, readUsers, passwords, sessions } = GRAPH_PERMISSIONS;

/** `Application.ReadWrite.OwnedBy` is not enough: the plugin removes its own ownership after it has created an app. */
const APP: KindNeeds = { permissions: { read: [readApps], write: [apps] } };

/**
 * What resources of the azuread plugin need, by type.
 *
 * @see https://registry.terraform.io/providers/hashicorp/azuread/latest/docs (API Permissions, of each resource)
 */
export const AZUREAD_NEEDS: Readonly<Record<string, KindNeeds>> = {
  "azuread:index/application:Application": APP,
  "azuread:index/servicePrincipal:ServicePrincipal": APP,
  "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential":
    APP,
  "azuread:index/applicationCertificate:ApplicationCertificate": { ...APP, extras: ["policies"] },
  "azuread:index/applicationPassword:ApplicationPassword": {
    ...APP,
    extras: ["sign-in-log", "policies"],
  },
  "azuread:index/appRoleAssignment:AppRoleAssignment": {
    permissions: { read: [readApps], write: [appRoles] },
  },
  "azuread:index/user:User": {
    permissions: { read: [readUsers], write: [users, passwords, sessions] },
    extras: ["purge", "policies"],
  },
};
