import type { Environment } from "../clouds.ts";
import type { NamedCredential } from "./credentialNames.ts";
import type { CredentialGeneration } from "./generation.ts";
import type { Method } from "./methods.ts";

/**
 * Ways a sender can authenticate: with OAuth tokens, with a TLS client certificate, by its fixed addresses, with a
 * password, or not at all.
 */
export const AUTHENTICATIONS = ["oauth", "certificate", "staticIp", "password", "none"] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** Where a sender runs; `saas` is a service that has other customers too. */
export const RUNS_ON = ["azure", "aws", "googleCloud", "onPremises", "device", "saas"] as const;

/** Whom a sender's mail inside the organisation is addressed to. */
export const INTERNAL_RECIPIENTS = ["mailboxes", "groups"] as const;

/** What mail is for: a message for one event, the same message to many, or advertising. */
export const PURPOSES = ["transactional", "bulk", "marketing"] as const;

/** Whether mail has to leave at once, or may wait. */
export const URGENCIES = ["immediate", "deferrable"] as const;

/** An application, device or server that sends mail. */
export interface Sender {
  /** Short name, unique in the stack. */
  readonly name: string;
  /** What it is, for people. */
  readonly description?: string;
  /** The sender of the stack that it sends through, and that Exchange takes it for. */
  readonly via?: string;
  /** Whether it is an Exchange server that others send through. */
  readonly exchangeServer?: boolean;
  /** Recipients a day of it and of those that send through it together, as far as they are known. */
  readonly recipientsPerDayOfAll?: number;
  /** Those that send through it and that its purpose comes from, where it has a lesser one itself. */
  readonly purposeOf?: readonly string[];
  /** Senders that send through it; its addresses and numbers are those of all. */
  readonly members?: readonly Member[];
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
  /** Its identities at other providers, whose tokens Entra accepts instead of a secret. */
  readonly federatedIdentity?: readonly FederatedIdentity[];
  /** The certificates that it signs in to Entra with. */
  readonly signInCertificate?: readonly SignInCertificate[];
  /** Of its secret or password. */
  readonly credentialGeneration: CredentialGeneration;
  /** The method that it is to use, whatever else fits. */
  readonly method?: Method;
  /** The cloud of its tenant; left out for the worldwide one. */
  readonly environment?: Exclude<Environment, "global">;
  readonly runsOn?: (typeof RUNS_ON)[number];
  /** Whether it can connect to port 25 on the internet. */
  readonly port25?: boolean;
  /** Whether it connects over IPv6 where it can. */
  readonly ipv6?: boolean;
  /** Messages on a busy day. */
  readonly messagesPerDay?: number;
  /** Messages in the busiest minute. */
  readonly peakPerMinute?: number;
  /** Most recipients of one message. @default 1 */
  readonly recipientsPerMessage?: number;
  /** Recipients a day that it sends to at the most. */
  readonly recipientsPerDay?: number;
  /** Size of its largest message in MB, with attachments as files. */
  readonly largestMessageMB?: number;
  /** Share of its recipients outside the organisation, 0 to 1. @default 1 */
  readonly external?: number;
  /** Whom its mail inside is addressed to. @default mailboxes */
  readonly internalRecipients?: (typeof INTERNAL_RECIPIENTS)[number];
  /** @default transactional */
  readonly purpose?: (typeof PURPOSES)[number];
  /** @default immediate */
  readonly urgency?: (typeof URGENCIES)[number];
  /** Whether it is about to be removed, and so no longer protected. */
  readonly retire: boolean;
  /** What its mailbox is licensed with: a SKU's part number, e.g. `EXCHANGESTANDARD`. */
  readonly license?: string;
  /** Id of the billing policy that pays for its account of High Volume Email. @default the tenant's only one */
  readonly billingPolicyId?: string;
}

/** A sender that sends through another one. */
export interface Member {
  readonly name: string;
  readonly from: readonly string[];
  readonly description?: string;
}

/** A certificate that an app may sign in with. */
export interface SignInCertificate extends NamedCredential {
  /** PEM, without its private key. */
  readonly certificate: string;
}

/** Which tokens of an outside provider an app may sign in with. */
export interface FederatedIdentity extends NamedCredential {
  /** URL of the identity provider, the `iss` of its tokens. */
  readonly issuer: string;
  /** The `sub` of its tokens. */
  readonly subject: string;
  /** The `aud` of its tokens. */
  readonly audience: string;
}
