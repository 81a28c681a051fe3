import { authorityOf } from "../../mail/clients/nodemailer.ts";
import type { ClientSettings } from "../../mail/clients/settings.ts";
import { NO_TOKEN } from "../../mail/verification/verification.ts";
import { entraWordsOf } from "../../tenant/connection.ts";

/** What an app proves itself with; a certificate with its key, PEM. */
export type Proof =
  | { readonly by: "secret"; readonly secret: string }
  | { readonly by: "assertion"; readonly assertion: string }
  | { readonly by: "certificate"; readonly pem: string };

/**
 * An access token, requested as the sender requests its own: by the stack's outputs.
 *
 * @throws Error with Entra's words, which begin with AADSTS; with NO_TOKEN where it has said none
 */
export async function requestToken({ oauth }: ClientSettings, proof: Proof): Promise<string> {
  const { authority, tenant } = authorityOf(oauth.tokenEndpoint);
  const options = { authorityHost: authority, disableInstanceDiscovery: true };
  try {
    const credential = await credentialOf(tenant, oauth.clientId, proof, options);
    const { token } = await credential.getToken(oauth.scope);
    return token;
  } catch (cause) {
    const words = entraWordsOf(cause);
    throw new Error(words.startsWith("AADSTS") ? words : `${NO_TOKEN}${words}`, { cause });
  }
}

async function credentialOf(
  tenant: string,
  clientId: string,
  proof: Proof,
  options: { readonly authorityHost: string; readonly disableInstanceDiscovery: boolean },
) {
  const { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } =
    await import("@azure/identity");
  switch (proof.by) {
    case "secret":
      return new ClientSecretCredential(tenant, clientId, proof.secret, options);
    case "assertion":
      return new ClientAssertionCredential(tenant, clientId, async () => proof.assertion, options);
    case "certificate":
      return new ClientCertificateCredential(tenant, clientId, { certificate: proof.pem }, options);
  }
}
