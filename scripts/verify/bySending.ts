import type { Config } from "../../config/read.ts";
import { shellWord } from "../../mail/clients/quote.ts";
import { elsewhere } from "../../mail/clients/settings.ts";
import { domainOf } from "../../mail/senders/mailbox.ts";
import { judgedOf, type Outcome } from "../../mail/verification/judge.ts";
import { isSettled } from "../../mail/verification/outcome.ts";
import type { Arrival, Verification } from "../../mail/verification/verification.ts";
import { connect, type Tenant } from "../../tenant/connection.ts";
import { connectGiven } from "../../tenant/person.ts";
import { frontOf, loadConfig, outputsOf, type StackOutputs } from "../stack/config.ts";
import { type Followed, follow, UNTRACED } from "./follow.ts";
import { openGraphMailbox } from "./graphMailbox.ts";
import { type HandedOver, handOver, type Known, knownSender, messageOf } from "./handOver.ts";
import { type ImapAccess, openImap } from "./imap.ts";
import type { Mailbox } from "./mailbox.ts";
import { say } from "./say.ts";
import { findStop } from "./stopped.ts";
import { openExchange, openTracer } from "./trace.ts";

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
  /** Message-ID of a message that the one sender's probe has sent: nothing is sent then. */
  readonly id: string | undefined;
  readonly imap: ImapAccess | undefined;
  /** User principal name of the recipient's mailbox in Microsoft 365, to be read with Graph. */
  readonly graphMailbox: string | undefined;
  /** Whether Exchange's message trace is asked. */
  readonly traced: boolean;
  /** How long messages are looked for. */
  readonly minutes: number;
}

/**
 * Sends a message as each sender, or takes up one that was sent elsewhere, and follows it.
 *
 * @throws ConfigError; Error when the stack was not brought up, has no such sender, its outputs can't be read, or the mailbox
 *   can't be opened: nothing was sent then
 */
export async function verifyBySending(
  asked: Asked,
): Promise<{ readonly stack: string; readonly verifications: readonly Verification[] }> {
  const { stack, to, localAddress, minutes } = asked;
  const { name, config } = await loadConfig(stack);
  const { senders, secrets } = await knownSenders(asked, config);
  const isInside = (address: string) =>
    config.domains.some((one) => one.name === domainOf(address));
  const run = { stack: name, to, isInside, secrets, localAddress };
  const mailbox = await mailboxOf(asked, config);
  try {
    const handed: HandedOver[] = [];
    for (const sender of senders) {
      handed.push(
        asked.id === undefined ? await handOver(sender, run) : sentElsewhere(sender, asked.id, to),
      );
    }
    const taken = handed.flatMap(({ message, handover }) =>
      message === undefined || (handover && handover.outcome !== "accepted") ? [] : [message.id],
    );
    const exchange = asked.traced ? openExchange(config) : undefined;
    const tracer = exchange && openTracer(exchange);
    const verify = (one: HandedOver & Pick<Outcome, "stop">, followed: Followed) =>
      verificationOf(one, followed, { ...asked, stack: name }, config);
    const isProved = (id: string, arrival: Arrival) =>
      handed
        .filter(({ message }) => message?.id === id)
        .every((one) => hasPassed(verify(one, { arrival, trace: UNTRACED })));
    const found = await follow(taken, { mailbox, tracer, minutes }, isProved);
    const verifications: Verification[] = [];
    for (const one of handed) {
      const followed = found(one.message?.id ?? "");
      const isTaken =
        one.handover?.outcome === "accepted" || followed.arrival.outcome === "arrived";
      const stop = isTaken ? undefined : await findStop(one.sender, name, exchange);
      verifications.push(verify({ ...one, stop }, followed));
    }
    return { stack: name, verifications };
  } finally {
    await mailbox?.close();
  }
}

/** The recipient's mailbox, opened; undefined where none is named. */
async function mailboxOf(
  { imap, graphMailbox }: Pick<Asked, "imap" | "graphMailbox">,
  { tenantId, environment }: Tenant,
): Promise<Mailbox | undefined> {
  if (imap !== undefined) return openImap(imap);
  if (graphMailbox === undefined) return undefined;
  const given = await connectGiven(environment);
  return openGraphMailbox(graphMailbox, given ?? (await connect({ tenantId, environment })));
}

const hasPassed = ({ judged }: Verification): boolean => judged.every(isSettled);

/** A message that a probe has sent. */
const sentElsewhere = (known: Known, id: string, to: readonly string[]): HandedOver => ({
  ...known,
  message: messageOf(known, id, to),
  handover: undefined,
  elsewhere: undefined,
});

/** Those that were named, or all of the stack that it makes something for, with what `up` has made for them, and all secrets that it has. */
export async function knownSenders(
  { stack, senders: named, files }: Pick<Asked, "stack" | "senders" | "files">,
  config: Config,
): Promise<{ readonly senders: readonly Known[]; readonly secrets: StackOutputs["secrets"] }> {
  const isAll = named.length === 0;
  const wanted = isAll ? config.senders.map((sender) => sender.name) : named;
  const outputs = await outputsOf(stack);
  const senders = wanted.flatMap((sender) => {
    const front = frontOf(sender, config, stack);
    const output = outputs.senders.get(sender);
    if (output === undefined) {
      throw new Error(
        `stack "${stack}" has no output of sender "${sender}" yet; run npm run pulumi -- up --stack ${stack} first`,
      );
    }
    if (isAll && output.host === undefined) {
      say(`${sender}: not tried: ${elsewhere(sender, output)}`);
      return [];
    }
    return knownSender(sender, front, output, { stack, files });
  });
  return { senders, secrets: outputs.secrets };
}

function verificationOf(
  {
    name,
    sender,
    settings,
    message,
    handover,
    stop,
    ...untaken
  }: HandedOver & Pick<Outcome, "stop">,
  { arrival: found, trace }: Followed,
  { stack, to, receiver }: Asked,
  { tenantId, domains }: Config,
): Verification {
  const { way, host, port } = settings;
  const arrival = found.outcome === "arrived" ? { ...found, receiver } : found;
  const expected = { stack, tenantId, domains, sender, receiver };
  const probe = `npm run --silent verify -- --stack ${stack} --probe ${name} ${to.map((one) => `--to ${shellWord(one)}`).join(" ")}`;
  const judged = judgedOf({ handover, stop, arrival, trace, ...untaken }, expected, { probe });
  return { sender: name, way, host, port, message, handover, arrival, trace, judged };
}
