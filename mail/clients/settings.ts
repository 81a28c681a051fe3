// What a client has to be configured with for one sender: its stack output, and where its secrets lie.

import { visible } from "../message/visible.ts";
import { domainOf, isWildcard } from "../senders/mailbox.ts";
import { type Method, nameOfWay } from "../senders/methods.ts";
import { shellWord } from "./quote.ts";

/** How Exchange knows a sender, in words for people. */
export const WAYS = {
  address: "by its address",
  certificate: "by its certificate",
  password: "with a password",
  secret: "by OAuth with a secret",
  federatedIdentity: "by OAuth with a federated identity",
  signInCertificate: "by OAuth with a certificate",
} as const;
export type Way = keyof typeof WAYS;

/** The stack output `senders.<name>`, as docs/reference/contract.md has it. */
export interface SenderOutput {
  readonly method: Method;
  readonly because?: string;
  readonly from: readonly string[];
  /** The sender that it sends through, whose settings these are. */
  readonly via?: string;
  /** Left out where the stack makes nothing for the sender. */
  readonly host?: string;
  readonly port?: number;
  readonly certificateName?: string;
  readonly egress?: readonly string[];
  /** Whether it is an Exchange server that others send through. */
  readonly exchangeServer?: boolean;
  /** What From may be, where it has a fence. */
  readonly fence?: readonly string[];
  readonly mailbox?: string;
  readonly tokenEndpoint?: string;
  readonly scope?: string;
  readonly clientId?: string;
  readonly credential?: Credential;
}

interface Credential {
  readonly by: "federatedIdentity" | "certificate" | "secret" | "adoptedApp" | "password";
  readonly output?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  /** Further identities, after the first. */
  readonly others?: readonly Pick<Credential, "issuer" | "subject" | "audience">[];
}

/** Files on the sender's machine. No secret is part of a configuration's text. */
export interface Places {
  /** The client secret or the password, without a line break. */
  readonly secret: string;
  /** A token of the sender's own identity provider. */
  readonly assertion: string;
  /** A private key, and its certificate with the whole chain; PEM. */
  readonly key: string;
  readonly chain: string;
  /** The program that prints an access token, for clients that request none. */
  readonly token: string;
  /** Postfix's table with the password. */
  readonly passwordTable: string;
  /** Where other systems sign in to Postfix: its private key, its certificate with the chain; their passwords. */
  readonly serverKey: string;
  readonly serverChain: string;
  readonly accounts: string;
  /** Postfix's table of who may send as what. */
  readonly senderLogins: string;
}

export interface ClientSettings {
  readonly sender: string;
  readonly way: Way;
  readonly host: string;
  readonly port: number;
  /** Of one that is known by its certificate: the name of that. */
  readonly certificateName?: string;
  /** Whether it is an Exchange server that others send through. */
  readonly isExchangeServer: boolean;
  /** For MAIL FROM and From. */
  readonly from: string;
  /** The user that signs in; of a sender that doesn't, the same as `from`. */
  readonly user: string;
  /** All that the sender sends from; `*@domain` for all of a domain's addresses. */
  readonly addresses: readonly string[];
  readonly oauth: {
    readonly tokenEndpoint: string;
    readonly scope: string;
    readonly clientId: string;
  };
  readonly places: Places;
  /** What has to be at those places, and how it gets there: lines for people. */
  readonly needs: readonly string[];
}

/** Where the files of a sender lie by default; one that sends through another one has that one's. */
export function placesIn(folder: string, sender: string): Places {
  const at = (name: string) => `${folder}/${sender}${name}`;
  return {
    secret: at(".secret"),
    assertion: at(".assertion"),
    key: at(".key"),
    chain: at(".chain.pem"),
    token: at("-token"),
    passwordTable: at(".sasl_passwd"),
    serverKey: at(".server.key"),
    serverChain: at(".server.chain.pem"),
    accounts: at(".sasldb2"),
    senderLogins: at(".sender_logins"),
  };
}

const LONGEST_LINE = 2_000;

/**
 * What to configure a client with.
 *
 * @throws Error where the stack makes nothing for the sender
 */
export function clientSettings(
  sender: string,
  output: SenderOutput,
  stack: string,
  places = placesIn("/etc/m365-relay", output.via ?? sender),
): ClientSettings {
  const { host, port, via, mailbox, tokenEndpoint = "", scope = "", clientId = "" } = output;
  if (host === undefined || port === undefined) throw new Error(elsewhere(sender, output));
  const way = wayOf(output);
  const oauth = { tokenEndpoint, scope, clientId };
  const own = addressFor(sender, output.from);
  const user = mailbox ?? own;
  const from = via === undefined ? user : own;
  // They stand in comments, which a line break would end.
  const needs = needsOf(way, output, stack, places).map((line) => visible(line, LONGEST_LINE));
  const { certificateName, exchangeServer: isExchangeServer = false } = output;
  const kind = { isExchangeServer, ...(certificateName === undefined ? {} : { certificateName }) };
  const who = { sender, from, user, addresses: output.from };
  return { ...who, ...kind, way, host, port, oauth, places, needs };
}

/** Says that a sender is to be set up elsewhere. */
export const elsewhere = (
  sender: string,
  { method, because = "" }: Pick<SenderOutput, "method" | "because">,
): string =>
  `sender "${sender}" is to send with ${nameOfWay({ method })}, which this stack does not set up${because === "" ? "" : ` (${because})`}; set it up there, or give it another method`;

function wayOf({ credential, certificateName }: SenderOutput): Way {
  if (credential === undefined) return certificateName === undefined ? "address" : "certificate";
  if (credential.by === "certificate") return "signInCertificate";
  return credential.by === "adoptedApp" ? "secret" : credential.by;
}

/** An address that the sender may use: the first that is no wildcard, else one of the first domain. */
const addressFor = (sender: string, from: readonly string[]): string =>
  from.find((one) => !isWildcard(one)) ?? `${sender}@${domainOf(from[0] ?? "")}`;

function needsOf(way: Way, output: SenderOutput, stack: string, places: Places): string[] {
  const { via, method } = output;
  return [
    ...(via === undefined
      ? []
      : [
          `it sends through "${via}": where that is a mail server, configure that server (npm run senders -- --stack ${shellWord(stack)} --configure ${via}), and have this one hand its mail to it`,
        ]),
    ...(method === "directSend"
      ? ["direct send: it reaches mailboxes of this tenant alone, and signs in nowhere"]
      : []),
    ...needsOfWay(way, output, stack, places),
  ];
}

function needsOfWay(way: Way, output: SenderOutput, stack: string, places: Places): string[] {
  const { credential, clientId, certificateName, egress = [] } = output;
  switch (way) {
    case "address":
      return [`connect from ${egress.join(", ")}, over IPv4 only`];
    case "certificate":
      return [
        `${places.chain}: the certificate for ${certificateName}, issued by a public CA, with its whole chain`,
        `${places.key}: its private key`,
        "connect over IPv4 only",
      ];
    case "federatedIdentity":
      return [
        `${places.assertion}: ${tokensOf(credential).join("; or ")}, written anew before it expires`,
      ];
    case "signInCertificate":
      return [
        `${places.chain}: its certificate, which the stack file has in signInCertificate`,
        `${places.key}: its private key`,
      ];
    default:
      if (credential?.output === undefined) {
        return [
          `${places.secret}: a secret of app ${clientId}, which its owner has; without a line break`,
        ];
      }
      return [
        `${places.secret}: (umask 077; npm run --silent pulumi -- stack output ${credential.output} --show-secrets --stack ${shellWord(stack)} | tr -d '\\n' > ${shellWord(places.secret)})`,
      ];
  }
}

/** The tokens that a sender can sign in with, each in words. */
const tokensOf = (credential: Credential | undefined): string[] =>
  [credential, ...(credential?.others ?? [])].map(
    (one) => `a token of ${one?.issuer} for ${one?.subject}, audience ${one?.audience}`,
  );
