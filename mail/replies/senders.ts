import { nameSender } from "../commands.ts";
import { covers } from "../senders/address.ts";
import { type ConnectorChoice, chooseSubmission, type SubmitterChoice } from "../senders/choose.ts";
import type { Sender } from "../senders/sender.ts";
import type { Explanation } from "./explain.ts";
import type { Cause, Kind, Shown } from "./row.ts";

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

type Choice = { readonly connector: ConnectorChoice } | { readonly submitter: SubmitterChoice };

/**
 * The senders that a reply can be about, by their method, by the causes that they can have, and by an address in it.
 */
export function senderExplanations(
  { row, reply }: Explanation,
  senders: readonly Sender[],
): SenderExplanation[] {
  if (row === undefined || row.senders === "none") return [];
  const { submitting, relaying } = chooseSubmission(senders);
  const choices: Choice[] = [
    ...(row.senders === "signIn" ? [] : relaying.map((connector) => ({ connector }))),
    ...(row.senders === "connector" ? [] : submitting.map((submitter) => ({ submitter }))),
  ];
  const named = choices.filter((choice) => isNamed(choice, reply.text));
  return (named.length > 0 ? named : choices)
    .map((choice) => ({
      choice,
      sender: "connector" in choice ? choice.connector.sender : choice.submitter.sender,
    }))
    .map(({ choice, sender }) => ({
      sender,
      method: methodOf(choice),
      causes: row.causes
        .filter(({ only }) => only === undefined || kindsOf(choice).includes(only))
        .map(({ what, fix, shows }) => ({
          what,
          fix: nameSender(fix, sender),
          declared: shows ? declaredOf(choice, shows) : "",
        })),
    }))
    .filter(({ causes }) => causes.length > 0);
}

/** Whether a reply names a sender's mailbox or an address that it connects from. */
function isNamed(choice: Choice, text: string): boolean {
  if ("submitter" in choice) {
    return text.toLowerCase().includes(choice.submitter.mailbox.address.toLowerCase());
  }
  const { match, sender } = choice.connector;
  if (/fence of the sender (\S{1,40}):/.exec(text)?.[1] === sender) return true;
  if (match.by !== "sourceIp") return false;
  const addresses = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
  return match.addresses.some((range) => addresses.some((address) => covers(range, address)));
}

function kindsOf(choice: Choice): Kind[] {
  if ("submitter" in choice) {
    return [choice.submitter.credential.by === "password" ? "password" : "oauth"];
  }
  const { match, restrictToDomains, fence } = choice.connector;
  return [
    "connector",
    match.by,
    ...(restrictToDomains ? (["restricted"] as const) : []),
    ...(fence ? (["fenced"] as const) : []),
  ];
}

function methodOf(choice: Choice): string {
  if ("submitter" in choice) {
    const { mailbox, credential } = choice.submitter;
    const how = credential.by === "password" ? "a password" : "OAuth";
    return `signs in with ${how} as ${mailbox.address}`;
  }
  const { match } = choice.connector;
  return match.by === "certificate"
    ? `is recognised by the certificate ${match.certificateName}`
    : `is recognised by ${match.addresses.join(", ")}`;
}

function declaredOf(choice: Choice, shown: Shown): string {
  if ("submitter" in choice) {
    const { address, sendAs, recipientsPerDay } = choice.submitter.mailbox;
    const limit = recipientsPerDay ?? "Exchange's own";
    if (shown === "mailbox") return `the mailbox is ${address}`;
    if (shown === "limit") return `the limit is ${limit} recipients a day`;
    if (shown === "addresses") return `from has ${[address, ...sendAs].join(", ")}`;
    return shown === "domains" ? `from has ${[address, ...sendAs].join(", ")}` : "";
  }
  const { match, domains, fence } = choice.connector;
  if (shown === "fence") return fence ? `its fence lets pass From ${fence.from.join(", ")}` : "";
  if (shown === "domains" || shown === "addresses")
    return `from has addresses of ${domains.join(", ")}`;
  if (shown === "egress" && match.by === "sourceIp")
    return `egress is ${match.addresses.join(", ")}`;
  if (match.by === "certificate" && (shown === "egress" || shown === "certificateName")) {
    return `certificateName is ${match.certificateName}`;
  }
  return "";
}
