import { buildReply } from "../../src/reply.ts";
import type { Environment, Send } from "../http.ts";
import type { Values } from "../values.ts";

/** A signed-in app. */
export interface SignedIn {
  /** Where Graph is: `https://graph.microsoft.com`. */
  readonly graphUrl: string;
  readonly token: string;
  /** Object id of its service principal. */
  readonly objectId: string;
}

/**
 * Signs in by a client secret. Settings are read from the engine's configuration, else from the environment.
 *
 * @throws Error for a missing setting, or with Entra's answer
 * @see go-azure-sdk, environments.FromEndpoint and auth.clientCredentialsToken
 */
export async function signIn(config: Values, env: Environment, send: Send): Promise<SignedIn> {
  const need = (setting: string, variable: string): string => {
    const value = config[setting] || env[variable];
    if (typeof value === "string" && value !== "") return value;
    throw new Error(
      `the lab's stand-in for the azuread plugin has no ${variable}: run it through the lab`,
    );
  };
  const metadataHost = need("metadataHost", "ARM_METADATA_HOSTNAME");
  const tenantId = need("tenantId", "ARM_TENANT_ID");
  const form = {
    client_id: need("clientId", "ARM_CLIENT_ID"),
    client_secret: need("clientSecret", "ARM_CLIENT_SECRET"),
    grant_type: "client_credentials",
  };
  const { loginUrl, graphUrl } = await readMetadata(metadataHost, send);
  const { status, text } = await send({
    method: "POST",
    url: `${loginUrl}/${tenantId}/oauth2/v2.0/token`,
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: String(new URLSearchParams({ ...form, scope: `${graphUrl}/.default` })),
  });
  if (status !== 200) {
    throw new Error(buildReply("azuread-plugin.sign-in-failed", { status, answer: text }).text);
  }
  const { access_token: token } = JSON.parse(text) as { access_token: string };
  return { graphUrl, token, objectId: claimsOf(token).oid };
}

/** The cloud that a host describes. */
async function readMetadata(
  host: string,
  send: Send,
): Promise<{ loginUrl: string; graphUrl: string }> {
  const url = `https://${host}/metadata/endpoints?api-version=2022-09-01`;
  const { status, text } = await send({ method: "GET", url, headers: {} });
  if (status !== 200) throw new Error(`no metadata of a cloud at ${url}: ${status} ${text}`);
  const cloud = JSON.parse(text) as {
    authentication: { loginEndpoint: string };
    microsoftGraphResourceId: string;
  };
  return {
    loginUrl: cloud.authentication.loginEndpoint,
    graphUrl: cloud.microsoftGraphResourceId.replace(/\/$/, ""),
  };
}

/** A token's claims, unverified: as in the plugin. */
const claimsOf = (token: string): { oid: string } =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
