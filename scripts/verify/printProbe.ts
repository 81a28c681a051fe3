import { randomUUID } from "node:crypto";
import { shellWord } from "../../mail/clients/quote.ts";
import type { ProbeClient } from "../../mail/verification/probe/probe.ts";
import { probeText } from "../../mail/verification/probe/probes.ts";
import { letterLines, messageIdFor } from "../../mail/verification/testMessage.ts";
import { loadConfig } from "../stack/config.ts";
import { type Asked, knownSenders } from "./bySending.ts";

/**
 * The text of a probe for one sender, which sends one message with an id of its own.
 *
 * @throws ConfigError; Error when the stack was not brought up, has no such sender, or the probe can't send for it
 */
export async function probeFor(
  asked: Pick<Asked, "stack" | "to" | "files"> & { readonly sender: string },
  client: ProbeClient,
): Promise<string> {
  const { stack, to, sender } = asked;
  const { name, config } = await loadConfig(stack);
  const { senders } = await knownSenders({ ...asked, senders: [sender] }, config);
  const [known] = senders;
  if (known === undefined) throw new Error(`stack "${name}" has no sender "${sender}"`);
  const { settings } = known;
  const id = messageIdFor(settings.from, randomUUID());
  const letter = { stack: name, sender, from: settings.from, to, id, at: new Date() };
  const words = [
    "--stack",
    stack,
    ...to.flatMap((one) => ["--to", one]),
    "--sender",
    sender,
    "--id",
    id,
  ];
  return probeText(client, {
    ...{ settings, to, id },
    undated: letterLines(letter).filter((line) => !line.startsWith("Date: ")),
    follow: `npm run verify -- ${words.map(shellWord).join(" ")}`,
  });
}
