import { readFile } from "node:fs/promises";
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  type TokenCredential,
} from "@azure/identity";
import type { Cloud } from "./clouds.ts";
import { pemOf } from "./pkcs12.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Told when the environment holds no usable identity: which variable, what for, how to set it. */
export class CredentialError extends Error {
  override readonly name = "CredentialError";
}

/**
 * The identity that deploys, by the azuread provider's own variables: `ARM_CLIENT_ID` with OIDC, a certificate
 * or a secret, looked for in that order. Nothing of it is kept.
 *
 * @param tenantId the tenant that the stack file names; `ARM_TENANT_ID` may repeat it but not differ
 * @param env the process's environment
 * @throws CredentialError that names the missing or contradicting variable
 * @see https://registry.terraform.io/providers/hashicorp/azuread/latest/docs (Authenticating to Entra ID)
 */
export async function credentialFor(
  tenantId: string,
  cloud: Cloud,
  env: Env,
): Promise<TokenCredential> {
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
  const options = { authorityHost: cloud.login, disableInstanceDiscovery: cloud.ownAuthority };
  if (env.ARM_USE_OIDC === "true" || env.ARM_USE_OIDC === "1") {
    return new ClientAssertionCredential(tenantId, clientId, () => oidcToken(env), options);
  }
  const certificate = await clientCertificate(env);
  if (certificate !== undefined) {
    return new ClientCertificateCredential(tenantId, clientId, { certificate }, options);
  }
  const secret = env.ARM_CLIENT_SECRET;
  if (secret) return new ClientSecretCredential(tenantId, clientId, secret, options);
  throw new CredentialError(
    `nothing to sign in with: app ${clientId} (ARM_CLIENT_ID) needs one of ARM_USE_OIDC=true (workload identity), ` +
      "ARM_CLIENT_CERTIFICATE_PATH (a certificate with its key) or ARM_CLIENT_SECRET (a client secret); export one",
  );
}

/** The workflow's own token, from the variables that the azuread provider and GitHub's runners set. */
async function oidcToken(env: Env): Promise<string> {
  if (env.ARM_OIDC_TOKEN) return env.ARM_OIDC_TOKEN;
  if (env.ARM_OIDC_TOKEN_FILE_PATH) {
    return (await readFile(env.ARM_OIDC_TOKEN_FILE_PATH, "utf8")).trim();
  }
  const url = env.ARM_OIDC_REQUEST_URL || env.ACTIONS_ID_TOKEN_REQUEST_URL;
  const bearer = env.ARM_OIDC_REQUEST_TOKEN || env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  if (!url || !bearer) {
    throw new CredentialError(
      "ARM_USE_OIDC is true, but there is no token: set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH, " +
        "or in GitHub Actions give the job the permission `id-token: write`",
    );
  }
  const request = new URL(url);
  request.searchParams.set("audience", "api://AzureADTokenExchange");
  const response = await fetch(request, { headers: { Authorization: `Bearer ${bearer}` } });
  if (!response.ok) {
    throw new CredentialError(`the OIDC token request was answered ${response.status}`);
  }
  return ((await response.json()) as { value: string }).value;
}

/** The certificate and key as PEM, from a file (PEM or PKCS#12) or from base64 of PKCS#12. */
async function clientCertificate(env: Env): Promise<string | undefined> {
  const path = env.ARM_CLIENT_CERTIFICATE_PATH;
  const password = env.ARM_CLIENT_CERTIFICATE_PASSWORD ?? "";
  if (path) {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new CredentialError(
        `ARM_CLIENT_CERTIFICATE_PATH: "${path}" can't be read; name a file with the certificate and its key`,
        { cause },
      );
    });
    const text = bytes.toString("latin1");
    return text.includes("-----BEGIN") ? text : pemOf(bytes, password);
  }
  const base64 = env.ARM_CLIENT_CERTIFICATE;
  return base64 ? pemOf(Buffer.from(base64, "base64"), password) : undefined;
}
