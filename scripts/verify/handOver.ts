// One message per sender, one sender after another.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SenderOutput } from "../../mail/clients/settings.ts";
import { type ClientSettings, clientSettings, placesIn } from "../../mail/clients/settings.ts";
import { signsIn, usesDirectSend } from "../../mail/senders/choose.ts";
import type { Sender } from "../../mail/senders/sender.ts";
import { pauseBeforeAgain } from "../../mail/verification/again.ts";
import { letterLines, messageIdFor, untriedOf } from "../../mail/verification/testMessage.ts";
import type { Handover, TestMessage } from "../../mail/verification/verification.ts";
import { Elsewhere, meansOf } from "./means.ts";
import { say } from "./say.ts";
import { type Sent, send } from "./send.ts";

/** A sender of a stack that was brought up. */
export interface Known {
  /** Its name. */
  readonly name: string;
  /** What Exchange takes it for: itself, or the sender that it sends through. */
  readonly sender: Sender;
  readonly settings: ClientSettings;
  readonly output: SenderOutput;
}

/** What became of a sender's message on this machine. */
export interface HandedOver extends Known {
  readonly message: TestMessage | undefined;
  readonly handover: Handover | undefined;
  readonly elsewhere: string | undefined;
  readonly instead?: string | undefined;
}

/** How the messages of a run are sent. */
export interface Run {
  readonly stack: string;
  readonly to: readonly string[];
  /** Whether an address is in a domain of the stack. */
  isInside(address: string): boolean;
  readonly secrets: ReadonlyMap<string, string>;
  readonly localAddress: string | undefined;
}

/**
 * What a sender is set up with; its files lie in a folder by the names that `npm run senders` prints.
 *
 * @param sender itself, or the one that it sends through
 * @throws Error where the stack makes nothing for it
 */
export function knownSender(
  name: string,
  sender: Sender,
  output: SenderOutput,
  { stack, files }: { readonly stack: string; readonly files: string },
): Known {
  const settings = clientSettings(name, output, stack, placesIn(files, sender.name));
  return { name, sender, settings, output };
}

/** A message that a sender sends. */
export const messageOf = (
  { name, sender, output, settings: { from } }: Known,
  id: string,
  to: readonly string[],
): TestMessage => ({
  ...{ id, from, to: to.join(", ") },
  untried: untriedOf(name === sender.name ? sender : { ...sender, from: output.from }, from),
});

/** Sends one message as a sender, if this machine has what that takes. */
export async function handOver(known: Known, run: Run): Promise<HandedOver> {
  const { name, sender, settings, output } = known;
  const { from, host, port } = settings;
  const outside = usesDirectSend(sender) ? run.to.filter((one) => !run.isInside(one)) : [];
  if (outside.length > 0) {
    const elsewhere = `direct send reaches mailboxes inside alone, and ${outside.join(", ")} is in no domain of the stack`;
    const instead = `send to a mailbox inside: npm run verify -- --stack ${run.stack} --sender ${name} --to ADDRESS`;
    say(`${name}: not sent: ${elsewhere}`);
    return { ...known, message: undefined, handover: undefined, elsewhere, instead };
  }
  try {
    const means = await meansOf(settings, run.secrets.get(sender.name));
    const { stack, to, localAddress } = run;
    const letter = { stack, sender: name, from, to, at: new Date() };
    const wanted = messageIdFor(from, randomUUID());
    const message = `${letterLines({ ...letter, id: wanted }).join("\r\n")}\r\n`;
    say(`${name}: sending ${wanted} to ${host}:${port}`);
    const { handover, id = wanted } = await sendPatiently(name, () =>
      send({
        ...{ settings, means, to, message, localAddress },
        egress: output.egress ?? [],
        requireTls: signsIn(sender) || sender.requireTls,
      }),
    );
    say(`${name}: ${handover.outcome}: ${handover.reply}`);
    return { ...known, message: messageOf(known, id, to), handover, elsewhere: undefined };
  } catch (error) {
    if (!(error instanceof Elsewhere)) throw error;
    say(`${name}: not sent: ${error.message}`);
    return { ...known, message: undefined, handover: undefined, elsewhere: error.message };
  }
}

/** Sends, and after a refusal that is for now alone a second time. The dialogue is that of both. */
export async function sendPatiently(
  name: string,
  attempt: () => Promise<Sent>,
  wait: (ms: number) => Promise<unknown> = sleep,
): Promise<Sent> {
  const first = await attempt();
  const { outcome, reply, at, dialogue } = first.handover;
  const pause = outcome === "refused" ? pauseBeforeAgain(reply) : undefined;
  if (pause === undefined) return first;
  say(`${name}: refused temporarily (${reply}); trying once more in ${pause} s`);
  await wait(pause * 1000);
  const second = await attempt();
  const later = Date.parse(second.handover.at) - Date.parse(at);
  const lines = second.handover.dialogue.map((line) => ({ ...line, ms: line.ms + later }));
  return { ...second, handover: { ...second.handover, at, dialogue: [...dialogue, ...lines] } };
}
