/**
 * What a sender is able to do when it connects: get tokens for OAuth, present a certificate, come from fixed
 * addresses, or sign in with a password.
 */
export const AUTHENTICATIONS = ["oauth", "certificate", "staticIp", "password"] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** An application, device or server that sends mail. */
export interface Sender {
  /** Short name, unique in the stack. */
  readonly name: string;
  /** Addresses it sends from; `*@domain` for all of a domain. Of one that signs in the first is its mailbox. */
  readonly from: readonly string[];
  readonly authentication: readonly Authentication[];
  /** Subject or alternative name of the certificate that it presents. */
  readonly certificateName?: string;
  /** Public IPv4 addresses or ranges that its mail leaves from. */
  readonly egress: readonly string[];
  /** Name of an inbound connector to take over. */
  readonly adoptConnector?: string;
  /** An identity that it has elsewhere, whose tokens Entra takes in the place of a secret. */
  readonly federatedIdentity?: FederatedIdentity;
  /** The certificate that it signs in to Entra with, PEM, without its private key. */
  readonly signInCertificate?: string;
  /** Grows by one to give it a new secret, beside which the one before goes on to work, or a new password. */
  readonly credentialGeneration: number;
  /** Recipients a day that it sends to at the most. */
  readonly recipientsPerDay?: number;
  /** What its mailbox is licensed with: a SKU's part number, e.g. `EXCHANGESTANDARD`. */
  readonly license?: string;
}

/** Whose tokens an app takes for its own. */
export interface FederatedIdentity {
  /** URL of the identity provider, the `iss` of its tokens. */
  readonly issuer: string;
  /** The `sub` of its tokens. */
  readonly subject: string;
  /** The `aud` of its tokens. */
  readonly audience: string;
}
