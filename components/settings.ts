import type * as pulumi from "@pulumi/pulumi";
import type { DmarcStage } from "../mail/dns/dmarc/strength.ts";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import { canonicalTerm } from "../mail/dns/spf/canonical.ts";
import type { ConnectorChoice, DirectSendChoice, ElsewhereChoice } from "../mail/senders/choose.ts";
import type { FederatedIdentity, Sender } from "../mail/senders/sender.ts";
import type { MailDns, PublishedRecord } from "./mailDns.ts";

/** What a sender's administrator sets up on the server, application or device, and what the stack file says of it. */
export type SenderSettings = MethodSettings & {
  readonly from: readonly string[];
  /** The sender that it sends through, whose settings these are. */
  readonly via?: string;
  readonly recipientsPerDay?: number;
  /** Whether it is an Exchange server that others send through. */
  readonly exchangeServer?: boolean;
};

/** What follows from the way that a sender submits its mail. */
export type MethodSettings =
  | ConnectorSettings
  | SubmissionSettings
  | DirectSendSettings
  | HighVolumeSettings
  | ElsewhereSettings;

/** A sender that hands its mail to the host that receives the tenant's mail, for recipients inside alone. */
export interface DirectSendSettings {
  readonly method: "directSend";
  readonly host: pulumi.Output<string>;
  readonly port: 25;
  readonly tls: "optional";
  /** The addresses to connect from. */
  readonly egress: readonly string[];
  readonly because: string;
}

/** A sender with an account of High Volume Email, for recipients inside alone. */
export interface HighVolumeSettings {
  readonly method: "highVolumeEmail";
  readonly host: string;
  readonly port: 587;
  readonly tls: "STARTTLS";
  readonly mechanism: "LOGIN";
  /** The account that signs in, and what From and MAIL FROM have to be. */
  readonly mailbox: string;
  readonly credential: { readonly by: "password"; readonly output: string };
  readonly because: string;
}

/** A sender that is set up elsewhere: the stack makes nothing for it. */
export interface ElsewhereSettings {
  readonly method: ElsewhereChoice["method"];
  readonly because: string;
}

/** A sender that relays through a connector. */
export interface ConnectorSettings {
  readonly method: "connector";
  /** Host to connect to, over IPv4 only: connectors do not match IPv6. */
  readonly host: pulumi.Output<string>;
  readonly port: 25;
  /** `optional` where the connector takes mail without TLS too. */
  readonly tls: "STARTTLS" | "optional";
  /** The certificate to present, by name; or the addresses to connect from. */
  readonly certificateName?: string;
  readonly egress?: readonly string[];
  /** The addresses that it may send as; Exchange holds no connector to `from`. */
  readonly maySendAs: string;
  /** What From may be in mail from its addresses, where it has a fence; `*@domain` for all of a domain. */
  readonly fence?: readonly string[];
  /** The connector's name in Exchange. */
  readonly connector: string;
  /** Why this method and not another. */
  readonly because: string;
}

/** A sender that signs in and submits mail as a mailbox. */
export type SubmissionSettings = OAuthSettings | PasswordSettings;

interface SmtpAuthSettings {
  readonly method: "smtpAuth";
  readonly host: pulumi.Output<string>;
  readonly port: 587;
  readonly tls: "STARTTLS";
  /** The user that signs in, and what From and MAIL FROM have to be. */
  readonly mailbox: string;
  /** Further addresses that it may send as. */
  readonly sendAs: readonly string[];
  readonly because: string;
}

/** A sender that gets tokens. */
export interface OAuthSettings extends SmtpAuthSettings {
  readonly mechanism: "XOAUTH2";
  /** Where it gets its tokens, and what it asks for there (client credentials). */
  readonly tokenEndpoint: pulumi.Output<string>;
  readonly scope: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;
  readonly credential: CredentialSettings;
}

/** A sender that signs in with a password, as it supports nothing better. */
export interface PasswordSettings extends SmtpAuthSettings {
  readonly mechanism: "LOGIN";
  readonly credential: { readonly by: "password"; readonly output: string };
}

/** What it authenticates to Entra with. */
export type CredentialSettings =
  /** The identity listed first, and those after it. */
  | ({
      readonly by: "federatedIdentity";
      readonly others?: readonly FederatedIdentity[];
    } & FederatedIdentity)
  | { readonly by: "certificate" }
  /** A credential of an app that exists, whose owner has it. */
  | { readonly by: "adoptedApp" }
  /** The stack output that holds the secret, and when it ends (ISO 8601). */
  | {
      readonly by: "secret";
      readonly output: string;
      readonly endDate?: pulumi.Output<string>;
    };

/** What the administrator of a domain's DNS needs. */
export interface DomainSettings {
  /** Host that Exchange receives the domain's mail on. */
  readonly mxHost: pulumi.Output<string>;
  /** The CNAME records that DKIM needs. */
  readonly dkim: readonly PublishedRecord[];
  /** How strict DMARC is, and when the next step may come. */
  readonly dmarc?: pulumi.Output<DmarcStage>;
  /** Services that send as the domain without Exchange, by name: their SPF terms and DKIM selectors. */
  readonly otherServices?: Readonly<
    Record<string, { readonly spf: readonly string[]; readonly dkim: readonly string[] }>
  >;
  /** Records that belong into zones of other owners, who have to publish them. */
  readonly elsewhere: readonly PublishedRecord[];
}

/** A sender's settings with what the stack file says of it. */
export const describeSender = (
  { from, recipientsPerDay, exchangeServer }: Sender,
  settings: MethodSettings,
): SenderSettings => ({
  from,
  ...(recipientsPerDay === undefined ? {} : { recipientsPerDay }),
  ...(exchangeServer && { exchangeServer }),
  ...settings,
});

/** What the administrator of a sender that relays sets up. */
export function describeConnector(
  { match, requireTls, because, fence }: ConnectorChoice,
  connector: string,
  host: pulumi.Output<string>,
  maySendAs: string,
): ConnectorSettings {
  return {
    method: "connector",
    host,
    port: 25,
    tls: requireTls || match.by === "certificate" ? "STARTTLS" : "optional",
    ...(match.by === "certificate"
      ? { certificateName: match.certificateName }
      : { egress: match.addresses }),
    maySendAs,
    ...(fence && { fence: fence.from }),
    connector,
    because,
  };
}

/** What the administrator of a sender that uses direct send sets up. */
export const describeDirectSend = (
  { egress, because }: DirectSendChoice,
  host: pulumi.Output<string>,
): DirectSendSettings => ({
  ...{ method: "directSend", host, port: 25, tls: "optional", egress, because },
});

/** What the administrator of a domain's DNS needs. */
export function describeDomain(
  mxHost: pulumi.Output<string>,
  { dkim, dmarc, elsewhere }: MailDns,
  { otherServices = [] }: Pick<SendingDomain, "otherServices">,
): DomainSettings {
  const services = otherServices.map(({ name, spf, dkim: all }) => [
    name,
    { spf: spf.map(canonicalTerm), dkim: all.map(({ selector }) => selector.toLowerCase()) },
  ]);
  return {
    ...{ mxHost, dkim, elsewhere },
    ...(dmarc === undefined ? {} : { dmarc }),
    ...(services.length === 0 ? {} : { otherServices: Object.fromEntries(services) }),
  };
}
