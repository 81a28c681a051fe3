import { type Properties, text, textsIn } from "../properties.ts";
import { recipientLimit } from "../senders/choose.ts";
import { domainOf } from "../senders/mailbox.ts";
import { isMade, METHODS, type Method } from "../senders/methods.ts";

/** What a sender can be known by, from what is passed for most easily to what is hardest. */
const RECOGNITIONS = [
  "address",
  "password",
  "secret",
  "certificateName",
  "adoptedApp",
  "certificate",
  "federatedIdentity",
  "nothing",
] as const;
export type Recognition = (typeof RECOGNITIONS)[number];

/** What a sender may do, and how it is known: a row of the table "who may send as what". */
export interface SenderRights {
  /** The stack file's `from`. */
  readonly from: readonly string[];
  /** The addresses that Exchange lets it send as, each or in words. */
  readonly maySendAs: readonly string[];
  /** What From may be in mail from its addresses, where it has a fence; empty where it has none. */
  readonly fence: readonly string[];
  /** The submission method, as the stack's outputs have it. */
  readonly method: Method;
  /** The sender that it sends through, whose rights these are. */
  readonly via: string | undefined;
  /** What Exchange or Entra knows it by. */
  readonly by: Recognition;
  /** The same in words, without the addresses, which stand in `egress`. */
  readonly knownBy: string;
  /** The tokens of its federated identities, each in words; empty where it has none. */
  readonly tokens: readonly string[];
  /** Name of the certificate that it presents to Exchange; empty where it presents none. */
  readonly certificateName: string;
  /** Source addresses that it is held to; empty for a sender that may connect from anywhere. */
  readonly egress: readonly string[];
  /** Recipients a day after which Exchange stops it; undefined where it is held to no limit of its own. */
  readonly recipientsPerDay: number | undefined;
}

/** Whether Exchange takes two senders for the same: by certificate, addresses or mailbox. */
export function isSameIdentity(one: SenderRights, other: SenderRights): boolean {
  if (one.method !== other.method || one.via !== other.via) return false;
  if (one.via !== undefined || !isMade(one.method)) return `${one.from}` === `${other.from}`;
  if (signsIn(one)) return one.maySendAs[0] === other.maySendAs[0];
  return (
    one.knownBy === other.knownBy && `${one.egress.toSorted()}` === `${other.egress.toSorted()}`
  );
}

/** A sender's settings, as the stack's outputs have them. */
export function rightsOf(settings: Properties): SenderRights {
  const from = textsIn(settings.from);
  const credential = (settings.credential ?? {}) as Properties;
  const { recipientsPerDay } = settings;
  const common = {
    ...{ from, via: settings.via === undefined ? undefined : text(settings.via) },
    ...{ certificateName: "", fence: [], egress: [], tokens: [] },
    recipientsPerDay:
      typeof recipientsPerDay === "number" ? recipientLimit(recipientsPerDay) : undefined,
  };
  if (settings.method === "connector") {
    const certificate = text(settings.certificateName);
    const fence = textsIn(settings.fence);
    return {
      ...common,
      method: "connector",
      by: certificate === "" ? "address" : "certificateName",
      certificateName: certificate,
      fence,
      // A certificate is as good at other addresses, which its fence does not know.
      maySendAs: fence.length > 0 && certificate === "" ? fence : [text(settings.maySendAs)],
      knownBy: certificate === "" ? "its address" : `certificate for ${certificate}`,
      egress: certificate === "" ? textsIn(settings.egress) : [],
    };
  }
  if (settings.method === "directSend") {
    const domains = [...new Set(from.map(domainOf))].join(", ");
    return {
      ...common,
      method: "directSend",
      by: "address",
      maySendAs: [`any address of ${domains}, to recipients inside alone`],
      knownBy: "its address, which passes SPF",
      egress: textsIn(settings.egress),
    };
  }
  const method = METHODS.find((one) => one === settings.method) ?? "smtpAuth";
  if (!isMade(method)) {
    return { ...common, method, by: "nothing", maySendAs: [], knownBy: "" };
  }
  const tokens = tokensOf(credential);
  return {
    ...common,
    method,
    tokens,
    by: RECOGNITIONS.find((one) => one === credential.by) ?? "password",
    maySendAs: [text(settings.mailbox), ...textsIn(settings.sendAs)],
    knownBy:
      tokens.length > 0 ? tokens.join(" or ") : credentialOf(credential, text(settings.clientId)),
  };
}

/** The audience of tokens for Entra, in every cloud; of other ones a reader has to be told. */
const MICROSOFTS_AUDIENCE = /^(api:\/\/AzureADTokenExchange\w*)?$/;

function tokensOf(credential: Properties): string[] {
  if (credential.by !== "federatedIdentity") return [];
  const others = Array.isArray(credential.others) ? (credential.others as Properties[]) : [];
  return [credential, ...others].map(({ issuer, subject, audience }) => {
    const to = MICROSOFTS_AUDIENCE.test(text(audience)) ? "" : `, meant for ${text(audience)}`;
    return `a token of ${text(issuer)} for ${text(subject)}${to}`;
  });
}

function credentialOf(credential: Properties, clientId: string): string {
  switch (credential.by) {
    case "certificate":
      return "the key of its certificate";
    case "secret":
      return "a client secret";
    case "adoptedApp":
      return `a credential of its existing app ${clientId}`;
    default:
      return "a password";
  }
}

/** Whether a sender is known by something that it was known by before, whatever else it is known by. */
export const isStillKnown = (before: SenderRights, after: SenderRights): boolean =>
  before.knownBy === after.knownBy || after.tokens.some((one) => before.tokens.includes(one));

/** Whether a sender relays through a connector. */
export const isConnector = ({ method }: Pick<SenderRights, "method">): boolean =>
  method === "connector";

/** Whether a sender signs in, as a mailbox or with an account of High Volume Email. */
export const signsIn = ({ method }: Pick<SenderRights, "method">): boolean =>
  method === "smtpAuth" || method === "highVolumeEmail";

/** Whether a sender has an account of High Volume Email. */
export const usesAccount = ({ method }: Pick<SenderRights, "method">): boolean =>
  method === "highVolumeEmail";

/** Whether it is easier to pass for a sender than before. What holds a key of its own is as good as any other. */
export const isEasier = (before: SenderRights, after: SenderRights): boolean =>
  isMade(before.method) && easeOf(after) < easeOf(before);

const easeOf = ({ by }: SenderRights): number =>
  Math.min(RECOGNITIONS.indexOf(by), RECOGNITIONS.indexOf("certificateName"));

/** Whom Exchange takes for a sender. */
export function whoPassesFor(rights: SenderRights): string {
  const { knownBy, egress } = rights;
  if (egress.length > 0) return `anybody at ${egress.join(", ")}`;
  return isConnector(rights) ? `whoever presents a ${knownBy}` : `whoever signs in with ${knownBy}`;
}
