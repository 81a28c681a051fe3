import { STATUS_CODES } from "node:http";
import { send } from "../http.ts";
import type { Settings } from "./config.ts";
import { failed, incompleteMetadata, noMetadata, signInFailed } from "./replies.ts";

/** A signed-in app. */
export interface SignedIn {
  /** Where Graph is: `https://graph.microsoft.com`. */
  readonly graph: string;
  readonly token: string;
  /** Object id of its service principal. */
  readonly objectId: string;
}

/**
 * Reads the cloud's metadata, then gets a token for Graph.
 *
 * @throws Error in the plugin's words
 * @see go-azure-sdk, environments.FromEndpoint and auth.clientCredentialsToken
 */
export async function signIn(
  { metadataHost, tenantId, clientId, credential }: Settings,
  { ca, signal }: { ca: Buffer | undefined; signal: AbortSignal },
): Promise<SignedIn> {
  const { login, graph } = await readMetadata(`https://${metadataHost}`, ca, signal);
  const proof =
    "secret" in credential
      ? { client_secret: credential.secret }
      : {
          client_assertion: credential.assertion,
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        };
  const form = new URLSearchParams({
    ...proof,
    client_id: clientId,
    grant_type: "client_credentials",
    scope: `${graph}/.default`,
  });
  form.sort();
  const { status, said } = await send({
    method: "POST",
    url: `${login}/${tenantId}/oauth2/v2.0/token`,
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: String(form),
    ca,
    signal,
  });
  if (status < 200 || status > 299) throw problem(signInFailed(status, said));
  const { access_token: token } = JSON.parse(said) as { access_token: string };
  return { graph, token, objectId: claimsOf(token).oid };
}

interface CloudMetadata {
  readonly name: string;
  readonly resourceManager: string;
  readonly microsoftGraphResourceId: string;
  readonly authentication: { readonly loginEndpoint: string };
}

/** What the plugin does not go without, in its order. */
const NEEDED = ["name", "resourceManager", "microsoftGraphResourceId"] as const;

async function readMetadata(
  endpoint: string,
  ca: Buffer | undefined,
  signal: AbortSignal,
): Promise<{ login: string; graph: string }> {
  const url = `${endpoint}/metadata/endpoints?api-version=2022-09-01`;
  const { status, said } = await send({ method: "GET", url, headers: {}, ca, signal });
  if (status !== 200) {
    const found = `${status} ${status} ${STATUS_CODES[status] ?? ""}`;
    const why = status === 0 ? said : `expected 200 OK but got ${found}`;
    throw problem(noMetadata(endpoint, `performing request: ${why}`));
  }
  const cloud = JSON.parse(said) as CloudMetadata;
  const lacking = NEEDED.find((name) => !cloud[name]);
  if (lacking !== undefined) throw problem(incompleteMetadata(lacking));
  return {
    login: cloud.authentication.loginEndpoint,
    graph: cloud.microsoftGraphResourceId.replace(/\/$/, ""),
  };
}

const problem = ({ message }: { message: string }): Error => new Error(failed(message).message);

/** A token's claims; the plugin reads them without a look at the signature. */
function claimsOf(token: string): { oid: string } {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
