import { setTimeout as sleep } from "node:timers/promises";
import { fieldOf, fieldsOf } from "../../mail/message/fields.ts";
import type { HandoverResult, Lab } from "../src/lab.ts";
import type { Scene } from "../stack/scene.ts";
import type { SignIn } from "../stack/signIn.ts";

/** Who hands messages to the relay in the story. */
export type Who = "erp" | "billing" | "stranger";
/** Who submits them with a token. */
export type Application = "shop" | "crm";

/** How long a relayed message may take to the outside mailbox, in milliseconds. */
const ARRIVES_WITHIN = 10_000;

/** What is special about a message of the story. */
export interface Letter {
  /** First part of its Message-ID. @default who sends it */
  readonly id?: string;
  /** Its recipient. @default the first mailbox outside */
  readonly to?: string;
  /** What is in From. @default the sender's address */
  readonly author?: string;
}

/** Hands a message to the relay as one of the customer's servers, or as somebody from elsewhere. */
export function handIn(scene: Scene, who: Who, letter: Letter = {}): Promise<HandoverResult> {
  const { lab, senders, certificate } = scene;
  const { addresses, outside, tenant } = lab.world;
  const { id = who, to = outside.mailboxes[0] ?? "", author } = letter;
  const sender = senders.find(({ name }) => name === who);
  const from = sender?.from ?? `postmaster@${tenant.domain}`;
  const message = messageOf(scene, { id, from: author ?? from, to });
  return lab.submit({
    from: {
      erp: addresses.customer[0],
      billing: addresses.customer[1],
      stranger: addresses.stranger,
    }[who],
    helo: sender?.host ?? "stranger.example",
    ...(sender?.by === "certificate" ? { tls: certificate } : {}),
    envelope: { from, to: [to] },
    message,
  });
}

/**
 * Submits a message as one of the customer's applications, with a token of its own.
 *
 * @param signIns what the stack's output `senders` says, by sender
 */
export async function submitAs(
  scene: Scene,
  who: Application,
  signIns: Readonly<Record<string, SignIn>>,
): Promise<HandoverResult> {
  const application = scene.applications.find(({ name }) => name === who);
  const signIn = signIns[who];
  if (application === undefined || signIn === undefined)
    throw new Error(`${who} is not in the outputs`);
  const to = scene.lab.world.outside.mailboxes[0] ?? "";
  return scene.lab.sendAs({
    user: signIn.mailbox,
    token: await scene.token(application, signIn),
    to: [to],
    message: messageOf(scene, { id: who, from: application.from, to }),
  });
}

function messageOf(
  { lab, author }: Scene,
  { id, from, to }: { id: string; from: string; to: string },
): string {
  return [
    `Message-ID: ${messageId(id, lab)}`,
    `Date: ${lab.clock.now().toUTCString().replace("GMT", "+0000")}`,
    `From: ${author ?? from}`,
    `To: ${to}`,
    `Subject: A message: ${id}`,
    "",
    "Sent through the relay.",
    "",
  ].join("\r\n");
}

/** A message as it lies in the outside mailbox; waits for it a little. */
export async function delivered(lab: Lab, id: string): Promise<string> {
  for (const until = Date.now() + ARRIVES_WITHIN; Date.now() < until; await sleep(20)) {
    const message = arrived(lab, id);
    if (message !== undefined) return message;
  }
  throw new Error(`accepted, but not in the outside mailbox after ${ARRIVES_WITHIN / 1000} s`);
}

/** A message, if it lies in the outside mailbox by now. */
export function arrived(lab: Lab, id: string): string | undefined {
  return withId(lab, id, lab.mailbox());
}

/** A message, if it lies in a mailbox of the organisation itself by now. */
export function arrivedInside(lab: Lab, id: string): string | undefined {
  return withId(
    lab,
    id,
    lab.world.mailboxes.flatMap(({ messages }) => messages),
  );
}

function withId(lab: Lab, id: string, messages: readonly { raw: string }[]): string | undefined {
  const wanted = messageId(id, lab);
  return messages
    .map(({ raw }) => raw)
    .find((raw) => fieldOf(fieldsOf(raw), "Message-ID") === wanted);
}

const messageId = (id: string, { world }: Lab): string => `<${id}@${world.tenant.domain}>`;
