import type { Config } from "../../config/read.ts";
import { judgedOf } from "../../mail/verification/judge.ts";
import type { Arrival, Trace, Verification } from "../../mail/verification/verification.ts";
import { loadConfig, secretOutputsOf, senderNamed, senderOutputsOf } from "../stack/config.ts";
import { type HandedOver, handOver, type Known, knownSender } from "./handOver.ts";

/** What is asked for on the command line. */
export interface Asked {
  /** `prod`, or `organization/project/prod`. */
  readonly stack: string;
  readonly to: readonly string[];
  /** Names of senders; all where there is none. */
  readonly senders: readonly string[];
  /** Folder of the senders' files. */
  readonly files: string;
  readonly localAddress: string | undefined;
  readonly receiver: string | undefined;
}

/**
 * Sends a message as each sender, and follows it.
 *
 * @throws ConfigError; Error when the stack was not brought up, has no such sender, or its outputs can't be read
 */
export async function verifyBySending(
  asked: Asked,
): Promise<{ readonly stack: string; readonly verifications: readonly Verification[] }> {
  const { stack, to, localAddress } = asked;
  const { name, config } = await loadConfig(stack);
  const senders = await knownSenders(asked, config);
  const run = { stack: name, to, secrets: await secretOutputsOf(stack), localAddress };
  const handed: HandedOver[] = [];
  for (const sender of senders) handed.push(await handOver(sender, run));
  const arrival: Arrival = { outcome: "not looked for", why: "nobody said where to look" };
  const trace: Trace = { outcome: "not traced", why: "nobody asked for it" };
  return {
    stack: name,
    verifications: handed.map((one) => verificationOf(one, { arrival, trace }, asked, config)),
  };
}

/** Those that were named, or all of the stack, with what `up` has made for them. */
async function knownSenders({ stack, senders, files }: Asked, config: Config): Promise<Known[]> {
  const wanted =
    senders.length === 0
      ? config.senders
      : senders.map((sender) => senderNamed(sender, config, stack));
  const outputs = await senderOutputsOf(stack);
  return wanted.map((sender) => {
    const output = outputs.get(sender.name);
    if (output !== undefined) return knownSender(sender, output, { stack, files });
    throw new Error(
      `stack "${stack}" has no output of sender "${sender.name}" yet; run npm run pulumi -- up --stack ${stack} first`,
    );
  });
}

function verificationOf(
  { sender, settings, message, handover, elsewhere }: HandedOver,
  { arrival, trace }: { readonly arrival: Arrival; readonly trace: Trace },
  { stack, to, receiver }: Asked,
  { tenantId, domains }: Config,
): Verification {
  const { way, host, port } = settings;
  const expected = { stack, tenantId, domains, sender, receiver };
  const probe = `npm run --silent verify -- --stack ${stack} --probe ${sender.name} ${to.map((one) => `--to ${one}`).join(" ")}`;
  const judged = judgedOf({ handover, elsewhere, arrival, trace }, expected, { probe });
  return { sender: sender.name, way, host, port, message, handover, arrival, trace, judged };
}
