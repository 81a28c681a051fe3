// What a sender signs in with.

import { validGenerations } from "./generation.ts";
import type { FederatedIdentity, Sender, SignInCertificate } from "./sender.ts";

/** One or more. */
export type Several<T> = readonly [T, ...T[]];

/** What an app of the stack authenticates to Entra with. */
export type OwnAppCredential =
  | { readonly by: "federatedIdentity"; readonly identities: Several<FederatedIdentity> }
  | { readonly by: "certificate"; readonly certificates: Several<SignInCertificate> }
  /** The generations of secrets that work at the same time, the newest first. */
  | { readonly by: "secret"; readonly generations: readonly number[] };

/** An app that exists, by its client id. Its owner has its credentials. */
export interface AdoptedApp {
  readonly by: "adoptedApp";
  readonly clientId: string;
}

export type AppCredential = OwnAppCredential | AdoptedApp;

/** What a user authenticates to Exchange with: one password at a time. */
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
 * The credential of a sender that signs in, the safest one first. A federated identity has no secret that could be
 * stolen; a certificate's key never leaves the sender; a secret works for anybody who reads it; a password is also sent
 * to the server each time.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration
 */
export function chooseCredential(sender: Sender): CredentialChoice {
  const { authentication, federatedIdentity = [], signInCertificate = [] } = sender;
  const [identity, ...identities] = federatedIdentity;
  const [certificate, ...certificates] = signInCertificate;
  const { adoptApplication: clientId } = sender;
  const generations = validGenerations(sender.credentialGeneration);
  if (!authentication.includes("oauth")) {
    return {
      credential: { by: "password", generation: generations[0] },
      because: "it can do nothing but sign in with a password",
    };
  }
  if (clientId !== undefined) {
    return {
      credential: { by: "adoptedApp", clientId },
      because: "it signs in with OAuth, by an app that it has already",
    };
  }
  if (identity !== undefined) {
    return {
      credential: { by: "federatedIdentity", identities: [identity, ...identities] },
      because: "it signs in with OAuth, by an identity that it has already",
    };
  }
  if (certificate !== undefined) {
    return {
      credential: { by: "certificate", certificates: [certificate, ...certificates] },
      because: "it signs in with OAuth, by a certificate whose key it keeps",
    };
  }
  return {
    credential: { by: "secret", generations },
    because:
      "it signs in with OAuth, with a client secret, as it has neither an identity elsewhere nor a certificate to sign in with",
  };
}
