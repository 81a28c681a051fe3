import type { FederatedIdentity, Sender } from "./sender.ts";

/** What an app proves to Entra with that it is itself. */
export type AppCredential =
  | ({ readonly by: "federatedIdentity" } & FederatedIdentity)
  | { readonly by: "certificate"; readonly certificate: string }
  /** The generations of secrets that work at the same time, the newest first. */
  | { readonly by: "secret"; readonly generations: readonly number[] };

/** An app registration that a sender signs in with. */
export interface AppChoice {
  readonly sender: string;
  readonly credential: AppCredential;
  /** Why this and not another, in half a sentence. */
  readonly because: string;
}

/**
 * The app of a sender that signs in. An identity that it has elsewhere leaves nothing to be stolen, a certificate's key
 * never leaves the sender, and a secret is what anybody can use who reads it.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration
 */
export function chooseApp(sender: Sender): AppChoice {
  const { name, federatedIdentity, signInCertificate, credentialGeneration } = sender;
  if (federatedIdentity !== undefined) {
    return {
      sender: name,
      credential: { by: "federatedIdentity", ...federatedIdentity },
      because: "it signs in with OAuth, by an identity that it has already",
    };
  }
  if (signInCertificate !== undefined) {
    return {
      sender: name,
      credential: { by: "certificate", certificate: signInCertificate },
      because: "it signs in with OAuth, by a certificate whose key it keeps",
    };
  }
  const generations = [credentialGeneration, credentialGeneration - 1];
  return {
    sender: name,
    credential: { by: "secret", generations: generations.filter((number) => number > 0) },
    because: "it signs in with OAuth, and has neither an identity elsewhere nor a certificate",
  };
}
