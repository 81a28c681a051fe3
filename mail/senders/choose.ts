import type { FenceChoice } from "../exchange/fence.ts";
import { type CredentialChoice, chooseCredential, type PasswordCredential } from "./credential.ts";
import { chooseFences } from "./fence.ts";
import { validGenerations } from "./generation.ts";
import { LIMITS } from "./limits.ts";
import { domainOf } from "./mailbox.ts";
import { chooseMethod, doesNotFit, type RefusedWay } from "./method.ts";
import { isMade, isRelayed, type MadeMethod, type Method, type Way } from "./methods.ts";
import type { Sender } from "./sender.ts";

/** What the senders of a relay need in the tenant. */
export interface Submission {
  readonly submitting: readonly SubmitterChoice[];
  readonly relaying: readonly ConnectorChoice[];
  readonly directSending: readonly DirectSendChoice[];
  readonly highVolume: readonly HighVolumeChoice[];
  /** Those that the stack makes nothing for. */
  readonly elsewhere: readonly ElsewhereChoice[];
}

/** A sender whose mail for recipients inside goes to the host that receives the tenant's mail. */
export interface DirectSendChoice {
  readonly sender: string;
  readonly domains: readonly string[];
  readonly egress: readonly string[];
  readonly because: string;
}

/** A sender with an account of High Volume Email, for recipients inside. */
export interface HighVolumeChoice {
  readonly sender: string;
  /** Address of the account, lower case; it sends as no other. */
  readonly address: string;
  readonly credential: PasswordCredential;
  /** Left out for the tenant's only billing policy. */
  readonly billingPolicyId?: string;
  readonly because: string;
}

/** A sender that is set up elsewhere. */
export interface ElsewhereChoice {
  readonly sender: string;
  readonly method: Exclude<Method, MadeMethod>;
  readonly because: string;
}

/** A sender that signs in: the mailbox that it submits mail as, and what it proves itself with. */
export interface SubmitterChoice extends CredentialChoice {
  readonly sender: string;
  readonly mailbox: MailboxChoice;
}

/**
 * What the senders need in the tenant, by the submission method of each. With client submission: a mailbox of its own, which
 * identifies the sender and can be revoked for it alone. With a connector: that.
 *
 * @param senders as config has checked them: each has the settings for its ways to authenticate
 */
export function chooseSubmission(senders: readonly Sender[]): Submission {
  const chosen = senders.map((sender) => ({ sender, ...chooseMethod(sender) }));
  const fences = chooseFences(senders);
  return {
    submitting: chosen
      .filter(({ method }) => method === "smtpAuth")
      .map(({ sender, by, passedOver }) => {
        const { credential, because } = chooseCredential(sender);
        const isChosen = by === "password" && sender.authentication.length > 1;
        return {
          sender: sender.name,
          mailbox: chooseMailbox(sender),
          credential,
          because: isChosen
            ? explained(sender, "it signs in with a password", passedOver)
            : because,
        };
      }),
    relaying: chosen
      .filter(({ method }) => method === "connector")
      .map(({ sender, by, passedOver }) => {
        const choice = chooseConnector(sender, by === "certificate", fences.get(sender));
        return { ...choice, because: explained(sender, choice.because, passedOver) };
      }),
    directSending: chosen
      .filter(({ method }) => method === "directSend")
      .map(({ sender: { name, from, egress } }) => ({
        sender: name,
        domains: domainsOf(from),
        egress,
        because: "all its recipients are inside, and it can't authenticate",
      })),
    highVolume: chosen
      .filter(({ method }) => method === "highVolumeEmail")
      .map(({ sender, alsoFits }) => ({
        sender: sender.name,
        address: sender.from[0] ?? "",
        ...(sender.billingPolicyId !== undefined && { billingPolicyId: sender.billingPolicyId }),
        credential: {
          by: "password",
          generation: validGenerations(sender.credentialGeneration)[0],
        },
        because: whyHighVolume(sender, alsoFits),
      })),
    elsewhere: chosen.flatMap(({ sender, method }) =>
      isMade(method)
        ? []
        : [{ sender: sender.name, method, because: askedFor(sender) ?? UNFIT_FOR_EXCHANGE }],
    ),
  };
}

/** Why a sender that asks for nothing gets a method that the stack makes nothing for. */
const UNFIT_FOR_EXCHANGE = "Exchange Online is not meant for what it sends";

const askedFor = ({ method }: Sender): string | undefined =>
  method && "its stack file asks for this method";

/** What decided: the method that is asked for, or what a sender has, and why a better method does not fit. */
function explained(sender: Sender, because: string, passedOver: RefusedWay | undefined): string {
  if (passedOver === undefined) return askedFor(sender) ?? because;
  return `${because}; ${doesNotFit(passedOver)}`;
}

function whyHighVolume(sender: Sender, alsoFits: readonly Way[]): string {
  const asked = askedFor(sender);
  if (asked !== undefined) return asked;
  if (alsoFits.some(({ method }) => method === "smtpAuth")) {
    return "all its recipients are inside, and client submission takes passwords for a shorter time";
  }
  return sender.purpose === "marketing"
    ? "all its recipients are inside, and a mailbox is not meant for marketing mail"
    : "all its recipients are inside, and it sends more than a mailbox may";
}

/** Domains of addresses, each once. */
const domainsOf = (from: readonly string[]): string[] => [...new Set(from.map(domainOf))].sort();

/** Whether a sender signs in on port 587: to a mailbox, or to an account of High Volume Email. */
export const signsIn = (sender: Sender): boolean =>
  submitsAsMailbox(sender) || usesHighVolume(sender);

/** Whether a sender submits mail as a mailbox. */
export const submitsAsMailbox = (sender: Sender): boolean =>
  chooseMethod(sender).method === "smtpAuth";

/** Whether a sender has an account of High Volume Email, which sends to recipients inside alone. */
export const usesHighVolume = (sender: Sender): boolean =>
  chooseMethod(sender).method === "highVolumeEmail";

/** Whether a sender hands its mail to the host that receives the tenant's, for mailboxes inside. */
export const usesDirectSend = (sender: Sender): boolean =>
  chooseMethod(sender).method === "directSend";

/** Whether a sender connects to Exchange from its own addresses, so that receivers judge its mail by these. */
export const sendsFromEgress = (sender: Sender): boolean => isRelayed(chooseMethod(sender).method);

/** How Exchange recognises a sender's connections: by certificate, or by source address. */
export type ConnectorMatch =
  | { readonly by: "certificate"; readonly certificateName: string }
  | { readonly by: "sourceIp"; readonly addresses: readonly string[] };

/** An inbound connector that a sender needs. */
export interface ConnectorChoice {
  readonly sender: string;
  readonly match: ConnectorMatch;
  /** Domains of the addresses that it sends from, each once. */
  readonly domains: readonly string[];
  /** Whether the connector is limited to these domains. */
  readonly restrictToDomains: boolean;
  /** Whether it refuses mail that comes without TLS. */
  readonly requireTls: boolean;
  readonly adopt?: string;
  /** What its fence lets pass; left out where it has none. */
  readonly fence?: FenceChoice;
  /** Why this and not another, in half a sentence. */
  readonly because: string;
}

/**
 * The connector of a sender. A certificate wins over an address, as an address vouches for every host behind it and a
 * certificate for the one that holds the key.
 */
function chooseConnector(
  sender: Sender,
  byCertificate: boolean,
  fence: FenceChoice | undefined,
): ConnectorChoice {
  const domains = domainsOf(sender.from);
  const common = {
    sender: sender.name,
    domains,
    restrictToDomains: sender.restrictToDomains,
    requireTls: sender.requireTls,
    ...(sender.adoptConnector === undefined ? {} : { adopt: sender.adoptConnector }),
    ...(fence && { fence }),
  };
  if (byCertificate && sender.certificateName !== undefined) {
    return {
      ...common,
      match: { by: "certificate", certificateName: sender.certificateName },
      because: "it presents a certificate, which vouches for this server alone",
    };
  }
  return {
    ...common,
    match: { by: "sourceIp", addresses: sender.egress },
    because: "it has fixed public addresses and no certificate",
  };
}

/** The mailbox that a sender submits mail as. */
export interface MailboxChoice {
  /** Its primary address, lower case. */
  readonly address: string;
  /** Whether it exists already and is adopted; left out when the stack creates it. */
  readonly adopt?: true;
  /** Further addresses that it sends as, each once. */
  readonly sendAs: readonly string[];
  /** Recipients a day after which Exchange stops it; undefined for the service's own limit. */
  readonly recipientsPerDay?: number;
  /** What it is licensed with; undefined for no licence. */
  readonly license?: string;
  /** Whether its sender is about to be removed; left out when not. */
  readonly retire?: true;
}

/** Factor between what a sender needs and its limit: a busy day passes, and a stolen credential is soon stopped. */
const HEADROOM = 2;

/** Recipients a day after which Exchange stops a sender that needs so many. */
export const recipientLimit = (need: number): number =>
  Math.min(HEADROOM * need, LIMITS.recipientsPerDay.value);

/** The mailbox of a sender that signs in. */
export function chooseMailbox(sender: Sender): MailboxChoice {
  const { from, adoptMailbox, recipientsPerDay: need, license, retire } = sender;
  const [address = "", ...others] = from;
  return {
    address,
    ...(adoptMailbox && { adopt: true }),
    sendAs: [...new Set(others)].filter((other) => other !== address),
    ...(need === undefined ? {} : { recipientsPerDay: recipientLimit(need) }),
    ...(license === undefined ? {} : { license }),
    ...(retire && { retire: true }),
  };
}
