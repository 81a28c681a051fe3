import { type Context, newGuid } from "../context.ts";
import { loopbackOf } from "../world/nat.ts";
import type { Receiver } from "../world/outside.ts";
import { originOf } from "../world/pools.ts";
import { receiverOf } from "../world/receivers.ts";
import { findMailbox } from "../world/recipients.ts";
import type { Pool, QueueEntry } from "../world/world.ts";
import { handOver } from "./client.ts";
import { domainOf, hasBareLineFeed, parseMessage } from "./message.ts";
import { addressOfHost, connectorFor } from "./outboundRoute.ts";
import { choosePool, reportSpam } from "./pool.ts";
import { reasoned, sent, traceEvent } from "./recordTrace.ts";
import { type SmtpReply, smtpReply } from "./reply.ts";
import { signMessage } from "./sign.ts";
import { bounce } from "./submission/bounce.ts";

/** Exchange's outbound queue: one entry a recipient, kept in the world. */
export interface Queue {
  /** Takes a message and tries to deliver it at once. */
  add(
    message: Pick<
      QueueEntry,
      "connector" | "envelope" | "networkMessageId" | "outboundConnector" | "pool" | "raw"
    >,
  ): void;
  /** Takes up the entries that were still queued when the world was saved. */
  resume(): void;
  /** Settles when no attempt is running. */
  idle(): Promise<void>;
}

/** What becomes of a message that Exchange itself gives up. */
function failed({ code, text }: SmtpReply) {
  return { accepted: false, permanent: true, reply: `${code} ${text}`, pool: undefined };
}

/** What Exchange tries again. */
function unreachable({ code, text }: SmtpReply) {
  return { accepted: false, permanent: false, reply: `${code} ${text}`, pool: undefined };
}

/** A message with a text at its end. */
const withFooter = (raw: string, footer: string): string =>
  footer === "" ? raw : `${raw}${raw.endsWith("\r\n") ? "" : "\r\n"}${footer}\r\n`;

/** Where the queue delivers: the MX of an organisation as it stands on this machine. */
export interface Route {
  mxPort: number;
  trustedRoot: string;
}

/** Waits after a temporary refusal, milliseconds of virtual time; after the last one it fails. */
const RETRIES_MS = [60_000, 300_000, 900_000, 3_600_000];

/** Makes the queue over the entries kept in the world. */
export function makeQueue(context: Context, routeTo: (receiver: Receiver) => Route): Queue {
  const { world, clock, log } = context;
  const running = new Set<Promise<void>>();

  function start(entry: QueueEntry): Promise<void> {
    const attempt = deliver(entry).finally(() => running.delete(attempt));
    running.add(attempt);
    return attempt;
  }

  async function deliver(entry: QueueEntry): Promise<void> {
    entry.attempts += 1;
    entry.nextAttemptAt = null;
    const result = await attemptDelivery(entry);
    entry.lastReply = result.reply;
    const wait = RETRIES_MS[entry.attempts - 1];
    if (result.accepted) entry.state = "delivered";
    else if (result.permanent || wait === undefined) entry.state = "failed";
    else schedule(entry, wait);
    trace(entry, result.pool);
    if (entry.state === "failed") giveBack(entry, result.pool !== undefined);
    log.add({
      service: "queue",
      what: entry.state,
      result: entry.lastReply,
      detail: { id: entry.id, attempt: entry.attempts, to: entry.envelope.to.join(",") },
    });
    context.changed();
  }

  function trace(
    { networkMessageId: id, envelope, state, lastReply }: QueueEntry,
    pool: Pool | undefined,
  ) {
    const [recipient] = envelope.to;
    if (id === undefined || recipient === undefined) return;
    const receiver = receiverOf(world, domainOf(recipient));
    const server = receiver && { name: receiver.mxHost, address: receiver.address };
    const asked = pool && server && { server, pool };
    const event =
      state === "delivered" && asked
        ? sent(clock.now(), asked, lastReply)
        : reasoned(state === "failed" ? "Fail" : "Defer", clock.now(), lastReply, asked);
    traceEvent(world, { id, recipient }, event);
  }

  /** Puts a non-delivery report into the sender's mailbox; nobody gets one for a sender that has none (assumed). */
  function giveBack(entry: QueueEntry, wasAsked: boolean): void {
    const { networkMessageId = entry.id, envelope, lastReply } = entry;
    const mailbox = findMailbox(world, envelope.from);
    if (!mailbox) return;
    const receiver = receiverOf(world, domainOf(envelope.to[0] ?? ""));
    const [, code = "550", text = lastReply] = /^(\d{3})[ -](.*)$/s.exec(lastReply) ?? [];
    const at = clock.now();
    const { raw } = bounce(
      {
        ...{ message: parseMessage(entry.raw), mailbox: mailbox.address, recipients: envelope.to },
        reason: { code: Number(code), text },
        ...(wasAsked && receiver && { remote: receiver.mxHost }),
      },
      { at, networkMessageId },
      world,
    );
    mailbox.messages.push({
      ...{
        at: at.toISOString(),
        clientAddress: world.addresses.exchangeOutbound,
        helo: "",
        tls: null,
      },
      ...{ envelope: { from: "", to: [mailbox.address] }, folder: "inbox", raw },
    });
  }

  function schedule(entry: QueueEntry, wait: number): void {
    entry.nextAttemptAt = new Date(clock.now().getTime() + wait).toISOString();
    clock.after(wait, () => start(entry));
  }

  async function attemptDelivery(entry: QueueEntry) {
    const domain = domainOf(entry.envelope.to[0] ?? "");
    const receiver = receiverOf(world, domain);
    if (!receiver) return failed(smtpReply("queue.unknown-domain", { domain }));
    if (hasBareLineFeed(entry.raw)) return failed(smtpReply("queue.bare-line-feeds"));
    const { mxPort, trustedRoot } = routeTo(receiver);
    const connector = connectorFor(domain, entry.outboundConnector, world);
    const [smartHost] = connector?.useMXRecord === false ? connector.smartHosts : [];
    const gateway =
      smartHost === undefined ? undefined : addressOfHost(smartHost, world, clock.now());
    if (smartHost !== undefined && gateway === undefined) {
      return unreachable(smtpReply("queue.no-smart-host"));
    }
    const signed = await signMessage(entry.raw, context);
    const asked = { from: entry.envelope.from, usual: entry.pool ?? "normal", at: clock.now() };
    const pool = await choosePool(signed, asked, world);
    const { address, host } = originOf(pool, world);
    const reported = pool === "highRisk" ? reportSpam(signed) : signed;
    // The organisation's own gateway hands the message on from its own address, and may have changed it.
    const leaving =
      gateway === undefined ? reported : withFooter(reported, world.mailFlow.gatewayFooter);
    const { accepted, replies, refusal } = await handOver({
      server: { port: mxPort, name: receiver.mxHost },
      localAddress: loopbackOf(gateway ?? address),
      helo: smartHost ?? host,
      tls: "opportunistic",
      trustedRoot,
      envelope: entry.envelope,
      message: Buffer.from(leaving, "latin1"),
    });
    const reply = accepted ? (replies.findLast((line) => line.startsWith("250")) ?? "") : refusal;
    return { accepted, permanent: reply.startsWith("5"), reply, pool };
  }

  return {
    add(message) {
      const entry: QueueEntry = {
        id: newGuid(world),
        state: "queued",
        ...message,
        attempts: 0,
        lastReply: "",
        nextAttemptAt: null,
      };
      world.queue.push(entry);
      void start(entry);
    },
    resume() {
      for (const entry of world.queue.filter(({ state }) => state === "queued")) {
        const due = entry.nextAttemptAt ? Date.parse(entry.nextAttemptAt) : 0;
        schedule(entry, Math.max(0, due - clock.now().getTime()));
      }
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
