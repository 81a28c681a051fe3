import { setTimeout as sleep } from "node:timers/promises";
import type { HandoverResult, Lab } from "../../../lab/lab.ts";
import { fieldOf, fieldsOf } from "../../../mail/headers/fields.ts";
import type { Scene } from "../scene.ts";

/** Who hands messages to the relay in the story. */
export type Who = "erp" | "billing" | "stranger";

/** How long a relayed message may take to the outside mailbox, in milliseconds. */
const ARRIVES_WITHIN = 10_000;

/** Hands a message to the relay as one of the customer's servers, or as somebody from elsewhere. */
export function handIn(scene: Scene, who: Who): Promise<HandoverResult> {
  const { lab, senders, certificate } = scene;
  const { addresses, outside, tenant } = lab.world;
  const sender = senders.find(({ name }) => name === who);
  const from = sender?.from ?? `postmaster@${tenant.domain}`;
  const to = outside.mailboxes[0] ?? "";
  const message = [
    `Message-ID: ${idOf(who, lab)}`,
    `Date: ${lab.clock.now().toUTCString().replace("GMT", "+0000")}`,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: A message from ${who}`,
    "",
    "Sent through the relay.",
    "",
  ].join("\r\n");
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

/** The message of a sender as it lies in the outside mailbox; waits for it a little. */
export async function delivered(lab: Lab, who: Who): Promise<string> {
  for (const until = Date.now() + ARRIVES_WITHIN; Date.now() < until; await sleep(20)) {
    const message = arrived(lab, who);
    if (message !== undefined) return message;
  }
  throw new Error(`accepted, but not in the outside mailbox after ${ARRIVES_WITHIN / 1000} s`);
}

/** The message of a sender, if it lies in the outside mailbox by now. */
export function arrived(lab: Lab, who: Who): string | undefined {
  const messages = lab.mailbox().map(({ raw }) => raw);
  return messages.find((raw) => fieldOf(fieldsOf(raw), "Message-ID") === idOf(who, lab));
}

const idOf = (who: Who, { world }: Lab): string => `<${who}@${world.tenant.domain}>`;
