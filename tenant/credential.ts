import { readFile } from "node:fs/promises";
import type { TokenCredential } from "@azure/identity";
import type { Cloud } from "./clouds.ts";
import { keyAndCertificate, pemOf } from "./pkcs12.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The environment holds no usable identity. The message names the variable, its purpose and how to set it. */
export class CredentialError extends Error {
  override readonly name = "CredentialError";
}

/** An app that can sign in, and what it does so with. */
export type AppIdentity = { readonly clientId: string } & (
  | { readonly by: "federated token"; token(): Promise<string> }
  /** PEM, the certificate and its key. */
  | { readonly by: "certificate"; readonly certificate: string }
  | { readonly by: "secret"; readonly secret: string }
);

/**
 * The identity that deploys or reads, by the azuread provider's own variables: `ARM_CLIENT_ID` with OIDC, a certificate
 * or a secret, looked for in that order. Nothing of it is kept.
 *
 * @param tenantId the tenant that the stack file names; `ARM_TENANT_ID` may repeat it but not differ
 * @param env the process's environment
 * @throws CredentialError that names the missing or contradicting variable
 * @see https://registry.terraform.io/providers/hashicorp/azuread/latest/docs (Authenticating to Entra ID)
 */
export async function identityIn(env: Env, tenantId: string, cloud: Cloud): Promise<AppIdentity> {
  const other = env.ARM_TENANT_ID;
  if (other !== undefined && other !== "" && other.toLowerCase() !== tenantId.toLowerCase()) {
    throw new CredentialError(
      `ARM_TENANT_ID: "${other}" is not the tenant of this stack ("${tenantId}" by azuread:tenantId); ` +
        "sign in to the stack's tenant, or select the other stack",
    );
  }
  const clientId = env.ARM_CLIENT_ID;
  if (!clientId) {
    throw new CredentialError(
      "ARM_CLIENT_ID is missing: it names the app that signs in to Microsoft Entra to manage Exchange; " +
        "export the app's client id (a GUID), and with it ARM_USE_OIDC, ARM_CLIENT_CERTIFICATE_PATH or ARM_CLIENT_SECRET",
    );
  }
  if (/^(true|1)$/i.test(env.ARM_USE_OIDC ?? "")) {
    return { clientId, by: "federated token", token: () => oidcToken(env, cloud) };
  }
  const certificate = await clientCertificate(env);
  if (certificate !== undefined) return { clientId, by: "certificate", certificate };
  const secret = env.ARM_CLIENT_SECRET;
  if (secret) return { clientId, by: "secret", secret };
  throw new CredentialError(
    `nothing to sign in with: app ${clientId} (ARM_CLIENT_ID) needs one of ARM_USE_OIDC=true (workload identity), ` +
      "ARM_CLIENT_CERTIFICATE_PATH (a certificate with its key) or ARM_CLIENT_SECRET (a client secret); export one",
  );
}

/**
 * The same identity as Microsoft's library takes it.
 *
 * @throws CredentialError that names the missing or contradicting variable
 */
export async function credentialFor(
  tenantId: string,
  cloud: Cloud,
  env: Env,
): Promise<TokenCredential> {
  const identity = await identityIn(env, tenantId, cloud);
  const { clientId } = identity;
  const options = { authorityHost: cloud.login, disableInstanceDiscovery: cloud.ownAuthority };
  // Loaded where somebody signs in: it takes as long as what a script does before.
  const { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } =
    await import("@azure/identity");
  switch (identity.by) {
    case "federated token":
      return new ClientAssertionCredential(tenantId, clientId, () => identity.token(), options);
    case "certificate": {
      const { certificate } = identity;
      return new ClientCertificateCredential(tenantId, clientId, { certificate }, options);
    }
    case "secret":
      return new ClientSecretCredential(tenantId, clientId, identity.secret, options);
  }
}

/** The workflow's own token, from the variables that the azuread provider and GitHub's runners set. */
async function oidcToken(env: Env, { federationAudience }: Cloud): Promise<string> {
  if (env.ARM_OIDC_TOKEN) return env.ARM_OIDC_TOKEN;
  const path = env.ARM_OIDC_TOKEN_FILE_PATH;
  if (path) {
    const token = (await readVariable("ARM_OIDC_TOKEN_FILE_PATH", path)).toString("utf8").trim();
    if (token !== "") return token;
    throw new CredentialError(
      `ARM_OIDC_TOKEN_FILE_PATH: "${path}" is empty; name a file with the token`,
    );
  }
  const url = env.ARM_OIDC_REQUEST_URL || env.ACTIONS_ID_TOKEN_REQUEST_URL;
  const bearer = env.ARM_OIDC_REQUEST_TOKEN || env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  if (!url || !bearer) {
    throw new CredentialError(
      "ARM_USE_OIDC is true, but there is no token: set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH, " +
        "or in GitHub Actions give the job the permission `id-token: write`",
    );
  }
  return requestToken(url, bearer.trim(), {
    audience: env.ARM_OIDC_AUDIENCE?.trim(),
    otherwise: federationAudience,
  });
}

/**
 * Asks the runner for a token. Nothing that a library says of the request is passed on: it may quote the bearer.
 *
 * @param audience the `aud` of the token; without one, that of the URL is kept, as the azuread provider does
 * @param otherwise the audience where neither says one
 * @see https://github.com/hashicorp/go-azure-sdk (sdk/auth/github_oidc_authorizer.go)
 */
async function requestToken(
  url: string,
  bearer: string,
  { audience, otherwise }: { audience: string | undefined; otherwise: string },
): Promise<string> {
  const failed = (why: string) =>
    new CredentialError(
      `the OIDC token request failed: ${why}; check ARM_OIDC_REQUEST_URL and ARM_OIDC_REQUEST_TOKEN`,
    );
  if (!URL.canParse(url)) throw failed("the URL is not valid");
  const request = new URL(url);
  const chosen = audience || request.searchParams.get("audience") || otherwise;
  request.searchParams.set("audience", chosen);
  const headers = { Authorization: `Bearer ${bearer}` };
  const signal = AbortSignal.timeout(30_000);
  const response = await fetch(request, { headers, signal }).catch(() => undefined);
  if (response === undefined) throw failed("no answer");
  if (!response.ok) throw failed(`HTTP ${response.status}`);
  const answer = (await response.json().catch(() => undefined)) as { value?: unknown } | null;
  const value = answer?.value;
  if (typeof value !== "string" || value.trim() === "") throw failed("the answer holds no token");
  return value;
}

/** Key and certificate as PEM, from a file (PEM or PKCS#12) or from base64 of PKCS#12. */
async function clientCertificate(env: Env): Promise<string | undefined> {
  const path = env.ARM_CLIENT_CERTIFICATE_PATH;
  const base64 = env.ARM_CLIENT_CERTIFICATE;
  if (!path && !base64) return undefined;
  const bytes = path
    ? await readVariable("ARM_CLIENT_CERTIFICATE_PATH", path)
    : Buffer.from(base64 ?? "", "base64");
  try {
    const text = bytes.toString("latin1");
    if (text.includes("-----BEGIN")) return keyAndCertificate(text);
    return pemOf(bytes, env.ARM_CLIENT_CERTIFICATE_PASSWORD ?? "");
  } catch (cause) {
    const where = path ? `ARM_CLIENT_CERTIFICATE_PATH: "${path}"` : "ARM_CLIENT_CERTIFICATE";
    const why = (cause as Error).message;
    throw new CredentialError(
      `${where} ${why}; give a certificate with its RSA key, as PEM or PKCS#12`,
    );
  }
}

async function readVariable(variable: string, path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new CredentialError(`${variable}: "${path}" can't be read; name an existing file`, {
      cause,
    });
  });
}
