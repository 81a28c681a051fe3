import type { CredentialGeneration } from "./generation.ts";

/**
 * Ways a sender can authenticate: with OAuth tokens, with a TLS client certificate, by its fixed addresses, or with a
 * password.
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
  /** Whether its mailbox exists already, so that the stack adopts it and creates none. */
  readonly adoptMailbox: boolean;
  /** Client id of the app that sends from that mailbox already, so that the stack creates none. */
  readonly adoptApplication?: string;
  /** Whether its connector refuses mail that comes without TLS. */
  readonly requireTls: boolean;
  /** Whether its connector is limited to the domains of `from`, by AssociatedAcceptedDomains. */
  readonly restrictToDomains: boolean;
  /** Whether a mail flow rule refuses what comes from its `egress` and is not From its `from`. */
  readonly fence: boolean;
  /** Its identity at another provider, whose tokens Entra accepts instead of a secret. */
  readonly federatedIdentity?: FederatedIdentity;
  /** The certificate that it signs in to Entra with, PEM, without its private key. */
  readonly signInCertificate?: string;
  /** Of its secret or password. */
  readonly credentialGeneration: CredentialGeneration;
  /** Recipients a day that it sends to at the most. */
  readonly recipientsPerDay?: number;
  /** Whether it is about to be removed, and so no longer protected. */
  readonly retire: boolean;
  /** What its mailbox is licensed with: a SKU's part number, e.g. `EXCHANGESTANDARD`. */
  readonly license?: string;
}

/** Which tokens of an outside provider an app may sign in with. */
export interface FederatedIdentity {
  /** URL of the identity provider, the `iss` of its tokens. */
  readonly issuer: string;
  /** The `sub` of its tokens. */
  readonly subject: string;
  /** The `aud` of its tokens. */
  readonly audience: string;
}
