import type { FederatedIdentity, Sender } from "./sender.ts";

/** What an app proves to Entra with that it is itself. */
export type AppCredential =
  | ({ readonly by: "federatedIdentity" } & FederatedIdentity)
  | { readonly by: "certificate"; readonly certificate: string }
  /** The generations of secrets that work at the same time, the newest first. */
  | { readonly by: "secret"; readonly generations: readonly number[] };

/** What a user proves to Exchange with: one password at a time. */
export interface PasswordCredential {
  readonly by: "password";
  readonly generation: number;
}

/** What a sender signs in with. */
export type Credential = AppCredential | PasswordCredential;

export interface CredentialChoice {
  readonly credential: Credential;
  /** Why this and not another, in half a sentence. */
  readonly because: string;
}

/**
 * The credential of a sender that signs in. An identity that it has elsewhere leaves nothing to be stolen, a
 * certificate's key never leaves the sender, a secret is what anybody can use who reads it, and a password crosses the
 * wire each time.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration
 */
export function chooseCredential(sender: Sender): CredentialChoice {
  const { authentication, federatedIdentity, signInCertificate, credentialGeneration } = sender;
  if (!authentication.includes("oauth")) {
    return {
      credential: { by: "password", generation: credentialGeneration },
      because: "it can do nothing but sign in with a password",
    };
  }
  if (federatedIdentity !== undefined) {
    return {
      credential: { by: "federatedIdentity", ...federatedIdentity },
      because: "it signs in with OAuth, by an identity that it has already",
    };
  }
  if (signInCertificate !== undefined) {
    return {
      credential: { by: "certificate", certificate: signInCertificate },
      because: "it signs in with OAuth, by a certificate whose key it keeps",
    };
  }
  const generations = [credentialGeneration, credentialGeneration - 1];
  return {
    credential: { by: "secret", generations: generations.filter((number) => number > 0) },
    because: "it signs in with OAuth, and has neither an identity elsewhere nor a certificate",
  };
}
