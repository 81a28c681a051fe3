import { listed } from "../naming.ts";
import { number } from "../numberText.ts";
import type {
  ConnectorChoice,
  DirectSendChoice,
  ElsewhereChoice,
  HighVolumeChoice,
  SubmitterChoice,
} from "./choose.ts";
import type { Credential } from "./credential.ts";
import { licenseOf } from "./licenseNeeds.ts";
import { nameOfWay } from "./methods.ts";
import type { Sender } from "./sender.ts";

// One line for each sender: how Exchange recognises it, and as whom it may send. A preview shows those that change.

/** By the sender's name. */
export type Summaries = Readonly<Record<string, string>>;

/**
 * What a sender that relays may do.
 *
 * @param connector its name in Exchange
 * @param maySendAs see `relayScope`
 */
export function relaySummary(
  { match, restrictToDomains }: ConnectorChoice,
  connector: string,
  maySendAs: string,
): string {
  const how =
    match.by === "certificate"
      ? `with a certificate for ${match.certificateName}`
      : `from ${match.addresses.join(", ")}`;
  const limit = restrictToDomains
    ? "; if mail to other organisations is refused with 550 5.7.64, this tenant takes AssociatedAcceptedDomains for domains of recipients: remove restrictToDomains then"
    : "";
  return `relays ${how} (connector ${connector}); may send as ${maySendAs}${limit}`;
}

/** What a sender signs in with, as a noun. */
function credentialWords(credential: Credential): string {
  switch (credential.by) {
    case "federatedIdentity":
      return countOf(credential.identities, "federated identity", "federated identities");
    case "certificate":
      return countOf(credential.certificates, "certificate", "certificates");
    case "secret":
      return "a secret";
    case "password":
      return "a password";
    case "adoptedApp":
      return "a credential of its existing app";
  }
}

const countOf = ({ length }: readonly unknown[], one: string, many: string): string =>
  length === 1 ? `a ${one}` : `one of ${length} ${many}`;

/** What a sender that signs in may do. */
export function submissionSummary({ mailbox, credential }: SubmitterChoice): string {
  const { address, sendAs, adopt, recipientsPerDay } = mailbox;
  const others = sendAs.length === 0 ? "this address alone" : `this address and ${listed(sendAs)}`;
  const limit =
    recipientsPerDay === undefined
      ? ""
      : `, to ${number(recipientsPerDay)} recipients a day at the most`;
  return `signs in as ${address}${adopt ? ", a mailbox of others," : ""} with ${credentialWords(credential)}; may send as ${others}${limit}`;
}

/** What a sender that uses direct send may do. */
export const directSendSummary = ({ egress }: DirectSendChoice): string =>
  `sends from ${egress.join(", ")} straight to mailboxes inside, with nothing of its own in the tenant (direct send)`;

/** What a sender with an account of High Volume Email may do. */
export const highVolumeSummary = ({ address }: HighVolumeChoice): string =>
  `signs in as ${address}, an account of High Volume Email, with a password; may send as this address alone, to recipients inside`;

/** That a sender is set up elsewhere. */
export const elsewhereSummary = ({ method, because }: ElsewhereChoice): string =>
  `is to send with ${nameOfWay({ method })}, which this stack does not set up: ${because}`;

/** That a sender sends through another one. */
export const memberSummary = (via: string): string => `sends through "${via}"`;

/**
 * The lines of all senders, each with the licence that it needs, and of those that send through them.
 *
 * @param ofMethods what each sender may do by its method, with the sender's name
 */
export function summariesOf(
  senders: readonly Sender[],
  ofMethods: readonly (readonly [sender: string, summary: string])[],
): Summaries {
  const known = new Map(ofMethods);
  return Object.fromEntries(
    senders.flatMap((sender) => [
      [sender.name, `${known.get(sender.name)}; ${licenseOf(sender).clause}`],
      ...(sender.members ?? []).map(({ name }) => [name, memberSummary(sender.name)]),
    ]),
  );
}

/** Says which senders are new, changed or removed, of equal ones in one line; nothing about those that stay as they are. */
export function summaryNotices(before: Summaries, now: Summaries): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = names.filter((name) => before[name] !== now[name]);
  const alike = Map.groupBy(changed, (name) => JSON.stringify([before[name], now[name]]));
  return [...alike.values()].flatMap((all) => {
    const [first = ""] = all;
    const [was, is] = [before[first], now[first]];
    const who = all.length === 1 ? `sender "${first}"` : `${all.length} senders (${listed(all)})`;
    const [are, they] = all.length === 1 ? ["is", "it"] : ["are", "each"];
    if (was === undefined) return [`${who} ${are} new: ${they} ${is}`];
    if (is === undefined) return [`${who} ${are} removed: ${they} ${was}`];
    return [`${who}\n  before: ${was}\n  after:  ${is}`];
  });
}
