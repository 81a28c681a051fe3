import { type Sourced, withSource } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";

/** The Azure cloud's description that the azuread plugin reads first. `origin` is this server. */
export function cloudMetadata(origin: string): Sourced<HttpReply> {
  return withSource("entra.cloud-metadata", {
    status: 200,
    body: {
      name: "AzureCloud",
      portal: "https://portal.azure.com",
      authentication: {
        loginEndpoint: origin,
        audiences: ["https://management.core.windows.net/", "https://management.azure.com/"],
        tenant: "common",
        identityProvider: "AAD",
      },
      microsoftGraphResourceId: origin,
      resourceManager: origin,
      suffixes: { storage: "core.windows.net", keyVaultDns: "vault.azure.net" },
    },
  });
}

/** MSAL's instance discovery: this host is a login host and its own only alias. */
export function instanceDiscovery(origin: string, tenant: string): Sourced<HttpReply> {
  const { host } = new URL(origin);
  return withSource("entra.instance-discovery", {
    status: 200,
    body: {
      tenant_discovery_endpoint: `${origin}/${tenant}/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    },
  });
}

/** OpenID Connect discovery of one tenant, or of any. */
export function openIdConfiguration(origin: string, tenant: string): Sourced<HttpReply> {
  return withSource("entra.openid-configuration", {
    status: 200,
    body: {
      token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: [
        "client_secret_post",
        "private_key_jwt",
        "client_secret_basic",
      ],
      jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
      response_modes_supported: ["query", "fragment", "form_post"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
      scopes_supported: ["openid", "profile", "email", "offline_access"],
      issuer: `${origin}/${isAny(tenant) ? "{tenantid}" : tenant}/v2.0`,
      device_authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/devicecode`,
      authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${origin}/${tenant}/oauth2/v2.0/logout`,
      tenant_region_scope: "NA",
      cloud_instance_name: "microsoftonline.com",
    },
  });
}

const isAny = (tenant: string): boolean => /^(common|organizations)$/i.test(tenant);

/** The public keys that verify Entra's tokens. */
export function keySet(keys: object): Sourced<HttpReply> {
  return withSource("entra.keys", { status: 200, body: keys });
}
