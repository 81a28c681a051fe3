import type { Environment } from "../http.ts";
import { type ServedPlugin, servePlugin } from "../service.ts";
import { application } from "./application.ts";
import { appRoleAssignment } from "./appRoleAssignment.ts";
import {
  applicationCertificate,
  applicationPassword,
  federatedIdentityCredential,
} from "./credentials.ts";
import { type Graph, openGraph } from "./graph.ts";
import { getServicePrincipal, servicePrincipal } from "./servicePrincipal.ts";
import { user } from "./user.ts";

/**
 * Serves the stand-in for the `azuread` plugin: the resource types and the function that the relay's stack uses, by
 * the requests that the plugin itself makes.
 *
 * @param version the plugin's version it stands in for
 * @param env names Entra, a client secret and a CA file where the engine's configuration does not
 */
export function serveAzureAd(version: string, env: Environment): Promise<ServedPlugin> {
  return servePlugin<Graph>({
    name: "azuread",
    version,
    configure: (config, signal) => openGraph(config, env, signal),
    resources: {
      "azuread:index/application:Application": application,
      "azuread:index/applicationCertificate:ApplicationCertificate": applicationCertificate,
      "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential":
        federatedIdentityCredential,
      "azuread:index/applicationPassword:ApplicationPassword": applicationPassword,
      "azuread:index/appRoleAssignment:AppRoleAssignment": appRoleAssignment,
      "azuread:index/servicePrincipal:ServicePrincipal": servicePrincipal,
      "azuread:index/user:User": user,
    },
    functions: { "azuread:index/getServicePrincipal:getServicePrincipal": getServicePrincipal },
  });
}
