import { nameSender, nameStack } from "../commands.ts";
import { fencedBy } from "../exchange/fence.ts";
import type { Expected, Judgement } from "../message/reading.ts";
import { entryOf } from "../message/resources.ts";
import { explain } from "../replies/explain.ts";
import type { Row } from "../replies/row.ts";
import { senderExplanations } from "../replies/senders.ts";
import { chooseMailbox } from "../senders/choose.ts";
import type { Sender } from "../senders/sender.ts";
import type { StopInWords } from "../stop/problems.ts";
import { tokenRefusal } from "./tokenRefusal.ts";
import { declaredWay } from "./verification.ts";

export type Failure = Extract<Judgement, { readonly outcome: "fail" }>;

/**
 * What a refusal says of a sender whose message was sent as the stack's outputs have it: causes that lie in how a client is
 * set up are not among them.
 *
 * @param text a reply, or Entra's words
 */
export function refusalJudgement(
  text: string,
  { sender, stack }: Pick<Expected, "sender" | "stack">,
): Failure {
  const { fix, ...rest } = judgementOf(text, sender, stack);
  return { ...rest, fix: nameSender(nameStack(fix, stack), sender.name) };
}

function judgementOf(text: string, sender: Sender, stack: string): Failure {
  const ofToken = tokenRefusal(text, sender, stack);
  if (ofToken !== undefined) return { outcome: "fail", read: text, ...ofToken };
  const fenced = fencedBy(text);
  if (fenced !== undefined && fenced !== sender.name) return behindFence(text, fenced);
  const explanation = explain(text);
  const { row } = explanation;
  if (row === undefined) {
    return {
      ...{ outcome: "fail", read: text, resource: undefined },
      reason: "this reply is not among the known ones",
      fix: "ask the administrator of the server that sent it, and quote the whole reply",
    };
  }
  const resource = resourceOf(row, sender);
  const own = { ...row, causes: row.causes.filter(({ ofClient }) => !ofClient) };
  const [about] = senderExplanations({ ...explanation, row: own }, [sender]);
  const causes = about?.causes ?? own.causes.map((cause) => ({ ...cause, declared: "" }));
  if (causes.length === 0) {
    return { outcome: "fail", read: text, resource, reason: row.meaning, fix: `see ${row.source}` };
  }
  const reasons = causes.map(({ what, declared }) =>
    declared === "" ? what : `${what} (${declared})`,
  );
  return {
    ...{ outcome: "fail", read: text, resource },
    reason: `${row.meaning}. ${reasons.join(". Or: ")}`,
    fix: [...new Set(causes.map(({ fix }) => fix))].join("; or "),
  };
}

/** A sender that connects from an address of another one, whose fence does not know it. */
const behindFence = (text: string, fenced: string): Failure => ({
  ...{ outcome: "fail", read: text, resource: fenceOf(fenced) },
  reason: `the message came from an address of sender "${fenced}", and its fence lets pass what is From its own addresses alone`,
  fix: `send from an address of the sender's own; or add the address to its egress too, so that the fence lets pass what either sends, and run up`,
});

const fenceOf = (sender: string): string => `relay-${sender}-fence`;

/** What a stopped sender is refused with: by its connector, by its mailbox, or by Entra. */
const OF_STOP = /\b5\.7\.64\b|^535 |^AADSTS(?:7000112|50057)\b/;

/**
 * What it means that a sender was stopped by hand; undefined where the reply is one that a stop has nothing to do with.
 *
 * @param text a reply, or Entra's words; empty where there is none, as nothing was sent
 */
export function stopJudgement(
  text: string,
  sender: Sender,
  { fact, start }: StopInWords,
): Failure | undefined {
  if (text !== "" && !OF_STOP.test(text)) return undefined;
  return {
    ...{ outcome: "fail", read: text, resource: entryOf(sender) },
    reason: `the sender ${fact}`,
    fix: `run ${start} when the sender may send again`,
  };
}

/** Resources of a sender that a reply is about, by the row's name; of others it is what lets the sender's mail in. */
const RESOURCES: Readonly<Record<string, (sender: Sender) => string>> = {
  "not-as-this-mailbox": ({ name, ...sender }) =>
    declaredWay({ name, ...sender }) === "password"
      ? `relay-${name}-user`
      : `relay-${name}-exchange-principal`,
  "smtp-auth-off-for-mailbox": (sender) =>
    sender.adoptMailbox ? `relay-${chooseMailbox(sender).address}-smtp-auth` : entryOf(sender),
  "basic-authentication-disabled": ({ name }) => `relay-${name}-password-policy`,
  "criteria-not-met": ({ name }) => `relay-${name}-user`,
  "credentials-incorrect": ({ name }) => `relay-${name}-password`,
  "logon-failed": ({ name }) => `relay-${name}-full-access`,
  "refused-by-fence": ({ name }) => fenceOf(name),
};

/** What every sender can be told is nobody's of the stack: a receiver's word, or a limit. */
function resourceOf({ name, senders }: Row, sender: Sender): string | undefined {
  const special = RESOURCES[name];
  if (special !== undefined) return special(sender);
  return senders === "all" || senders === "none" ? undefined : entryOf(sender);
}
