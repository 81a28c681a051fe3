import { nameSender } from "../commands.ts";
import { fencedBy } from "../exchange/fence.ts";
import { covers } from "../senders/address.ts";
import {
  type ConnectorChoice,
  chooseSubmission,
  type DirectSendChoice,
  type HighVolumeChoice,
  type SubmitterChoice,
} from "../senders/choose.ts";
import type { Sender } from "../senders/sender.ts";
import type { Explanation } from "./explain.ts";
import type { Cause, Kind, Row, Shown } from "./row.ts";

/** What a reply means for one sender of the stack file. */
export interface SenderExplanation {
  readonly sender: string;
  /** How it sends, in a few words. */
  readonly method: string;
  /** The causes that this sender can have, with what of its declaration to look at. */
  readonly causes: readonly ConcreteCause[];
}

export interface ConcreteCause extends Pick<Cause, "what" | "fix"> {
  /** What the stack file has, such as `egress is 198.51.100.7`; empty where nothing of it matters. */
  readonly declared: string;
}

/** A sender as replies are about it. */
interface Addressee extends Pick<SenderExplanation, "sender" | "method"> {
  /** The rows whose causes it can have, but for those that say whose they are. */
  readonly family: Exclude<Row["senders"], "all" | "none">;
  readonly kinds: readonly Kind[];
  /** Whether a text names it. */
  isIn(text: string): boolean;
  /** What of its declaration to look at; nothing where that has nothing to do with it. */
  readonly declared: Partial<Readonly<Record<Shown, string>>>;
}

/**
 * The senders that a reply can be about, by their method, by the causes that they can have, and by an address in it.
 */
export function senderExplanations(
  { row, reply }: Explanation,
  senders: readonly Sender[],
): SenderExplanation[] {
  if (row === undefined || row.senders === "none") return [];
  const explained = addressees(senders)
    .map((addressee) => ({
      ...{ addressee, sender: addressee.sender, method: addressee.method },
      causes: causesFor(addressee, row),
    }))
    .filter(({ causes }) => causes.length > 0);
  const named = explained.filter(({ addressee }) => addressee.isIn(reply.text));
  return (named.length > 0 ? named : explained).map(({ addressee: _, ...rest }) => rest);
}

function addressees(senders: readonly Sender[]): Addressee[] {
  const { relaying, submitting, highVolume, directSending } = chooseSubmission(senders);
  return [
    ...relaying.map(relayed),
    ...submitting.map(submitted),
    ...highVolume.map(ofAccount),
    ...directSending.map(directlySent),
  ];
}

const causesFor = ({ sender, family, kinds, declared }: Addressee, row: Row): ConcreteCause[] =>
  row.causes
    .filter(({ only }) =>
      only === undefined ? row.senders === "all" || row.senders === family : kinds.includes(only),
    )
    .map(({ what, fix, shows }) => ({
      what,
      fix: nameSender(fix, sender),
      declared: (shows && declared[shows]) ?? "",
    }));

function relayed({ sender, match, domains, restrictToDomains, fence }: ConnectorChoice): Addressee {
  const from = `from has addresses of ${domains.join(", ")}`;
  const isCertificate = match.by === "certificate";
  const own = isCertificate
    ? `certificateName is ${match.certificateName}`
    : `egress is ${match.addresses.join(", ")}`;
  return {
    sender,
    method: isCertificate
      ? `is recognised by the certificate ${match.certificateName}`
      : `is recognised by ${match.addresses.join(", ")}`,
    family: "connector",
    kinds: [
      "connector",
      match.by,
      ...(restrictToDomains ? (["restricted"] as const) : []),
      ...(fence ? (["fenced"] as const) : []),
    ],
    isIn: (text) =>
      fencedBy(text) === sender || (!isCertificate && hasAddressOf(text, match.addresses)),
    declared: {
      ...{ domains: from, addresses: from, egress: own },
      ...(isCertificate && { certificateName: own }),
      ...(fence && { fence: `its fence lets pass From ${fence.from.join(", ")}` }),
    },
  };
}

/** Whether a text has an IPv4 address that one of these ranges covers. */
const hasAddressOf = (text: string, ranges: readonly string[]): boolean =>
  (text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? []).some((address) =>
    ranges.some((range) => covers(range, address)),
  );

function submitted({ sender, mailbox, credential }: SubmitterChoice): Addressee {
  const { address, sendAs, recipientsPerDay = "Exchange's own" } = mailbox;
  const from = `from has ${[address, ...sendAs].join(", ")}`;
  const isPassword = credential.by === "password";
  return {
    sender,
    method: `signs in with ${isPassword ? "a password" : "OAuth"} as ${address}`,
    family: "signIn",
    kinds: [isPassword ? "password" : "oauth"],
    isIn: (text) => names(text, address),
    declared: {
      ...{ domains: from, addresses: from, mailbox: `the mailbox is ${address}` },
      limit: `the limit is ${recipientsPerDay} recipients a day`,
    },
  };
}

function ofAccount({ sender, address }: HighVolumeChoice): Addressee {
  const own = `the account is ${address}`;
  return {
    sender,
    method: `signs in to High Volume Email as ${address}`,
    ...{ family: "highVolume", kinds: ["highVolume"] },
    isIn: (text) => names(text, address),
    declared: { mailbox: own, addresses: own },
  };
}

function directlySent({ sender, domains, egress }: DirectSendChoice): Addressee {
  const from = `from has addresses of ${domains.join(", ")}`;
  return {
    sender,
    method: `uses direct send from ${egress.join(", ")}`,
    ...{ family: "directSend", kinds: ["directSend"] },
    isIn: (text) => hasAddressOf(text, egress),
    declared: { domains: from, addresses: from, egress: `egress is ${egress.join(", ")}` },
  };
}

const names = (text: string, address: string): boolean =>
  text.toLowerCase().includes(address.toLowerCase());
