import { type ServedPlugin, servePlugin } from "../server.ts";
import { application } from "./application.ts";
import { applicationCertificate } from "./applicationCertificate.ts";
import { applicationPassword } from "./applicationPassword.ts";
import { appRoleAssignment } from "./appRoleAssignment.ts";
import { type Environment, readSettings } from "./config.ts";
import { federatedIdentityCredential } from "./federatedIdentityCredential.ts";
import { getClientConfig, getServicePrincipal } from "./functions.ts";
import { type Graph, openGraph } from "./graph.ts";
import { servicePrincipal } from "./servicePrincipal.ts";
import { user } from "./user.ts";

/**
 * Serves the stand-in for the `azuread` plugin: the resource types and the functions that the relay's stack uses, by
 * the requests that the plugin itself makes.
 *
 * @param version the plugin's version it stands in for
 * @param env where Entra, a sign-in and a CA file are found when the engine's configuration does not say
 */
export function serveAzureAd(version: string, env: Environment): Promise<ServedPlugin> {
  return servePlugin<Graph>({
    name: "azuread",
    version,
    configure: async (config, signal) => openGraph(readSettings(config, env), env, signal),
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
    functions: {
      "azuread:index/getClientConfig:getClientConfig": getClientConfig,
      "azuread:index/getServicePrincipal:getServicePrincipal": getServicePrincipal,
    },
  });
}
