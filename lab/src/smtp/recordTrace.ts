// What Exchange writes into its message trace on the way of a message.

import { buildReply } from "../reply.ts";
import type { MessageTrace, TraceEvent } from "../world/messageTrace.ts";
import type { Pool, World } from "../world/world.ts";
import { fieldValue, type Message } from "./message.ts";
import type { SmtpReply } from "./reply.ts";
import type { Arrival } from "./trace.ts";

const DAY = 24 * 60 * 60_000;
/** "Search message data for the last 90 days" (Get-MessageTraceV2). */
export const KEPT_MS = 90 * DAY;
/** The lab's own bound, as its world is saved whole. */
const MOST_KEPT = 2000;

/** The pools of addresses that mail leaves by. Microsoft's page on them has the relay pool's name; the others are assumed. */
const POOL_NAMES: Readonly<Record<Pool, string>> = {
  normal: "RegularOutboundPool",
  relay: "RegularRelayOutboundPool",
  highRisk: "HighRiskOutboundPool",
};

/** A message that was taken in. */
export interface TakenIn {
  arrival: Pick<Arrival, "at" | "networkMessageId" | "clientAddress" | "tls">;
  message: Message;
  messageId: string;
  /** Empty for the null sender. */
  sender: string;
  recipients: readonly string[];
  bytes: number;
  /** Name of the server that took it. */
  host: string;
  /** What it came in by: the connector that claimed it, or the server's own. */
  connector: { name: string; isInbound: boolean };
}

/** Begins the trace of a message for each of its recipients, and forgets what is too old or too much. */
export function traceArrival({ messageTrace }: World, taken: TakenIn): void {
  const { arrival, message, messageId, sender, recipients, bytes } = taken;
  const receivedAt = `${arrival.at.toISOString().slice(0, 19)}.000Z`;
  for (const recipient of new Set(recipients)) {
    messageTrace.messages.push({
      ...{ id: arrival.networkMessageId, receivedAt, messageId, recipient },
      sender: sender || "<>",
      subject: fieldValue(message, "Subject") ?? "",
      size: bytes,
      fromIp: arrival.clientAddress,
      events: [received(taken)],
    });
  }
  forget(messageTrace, arrival.at);
}

function forget(trace: MessageTrace, now: Date): void {
  const from = now.getTime() - KEPT_MS;
  trace.messages = trace.messages
    .filter(({ receivedAt }) => Date.parse(receivedAt) >= from)
    .slice(-MOST_KEPT);
}

function received({ arrival, host, connector }: TakenIn): TraceEvent {
  const { at, clientAddress, tls } = arrival;
  const custom = [
    ...(tls ? [`S:tlsversion=${tls.version}`, `S:tlscipher=${tls.cipher}`] : []),
    ...(connector.isInbound ? [`S:InboundConnectorData=Name=${connector.name}`] : []),
  ];
  return {
    at: at.toISOString(),
    event: "Receive",
    detail: buildReply("exchange.trace-received", {
      host,
      tls: tls ? ` using ${tls.version.replace("_", ".")} with ${cipherOf(tls.cipher)}` : "",
    }).text,
    data: {
      ServerHostName: host,
      ConnectorId: connector.name,
      ProxiedClientIPAddress: clientAddress,
      ...(custom.length > 0 && { CustomData: custom.join(";") }),
    },
  };
}

/** `AES256` of `TLS_AES_256_GCM_SHA384`. */
const cipherOf = (cipher: string): string =>
  cipher.match(/AES_?\d+/)?.[0].replace("_", "") ?? cipher;

/** Which trace an event belongs to: the message's GUID, and the recipient. */
export interface TraceKey {
  id: string;
  recipient: string;
}

/** Adds what happened to a message; nothing where its trace is forgotten. */
export function traceEvent({ messageTrace }: World, key: TraceKey, event: TraceEvent): void {
  messageTrace.messages
    .findLast(({ id, recipient }) => id === key.id && recipient === key.recipient)
    ?.events.push(event);
}

/** A mailbox inside got it. */
export function delivered(at: Date): TraceEvent {
  const { text } = buildReply("exchange.trace-delivered");
  return { at: at.toISOString(), event: "Deliver", detail: text, data: {} };
}

/** A group's members get it. */
export function expanded(at: Date): TraceEvent {
  return { at: at.toISOString(), event: "Expand", detail: "", data: {} };
}

/** Exchange itself gave it up. */
export function givenUp(at: Date, { code, text }: SmtpReply): TraceEvent {
  return reasoned("Fail", at, `${code} ${text}`);
}

/** A server outside, and the pool that it was asked from. */
interface Asked {
  server: { name: string; address: string };
  pool: Pool;
}

/** A server outside took it. */
export function sent(at: Date, { server, pool }: Asked, reply: string): TraceEvent {
  const { name, address } = server;
  return {
    at: at.toISOString(),
    event: "Send",
    detail: buildReply("exchange.trace-sent", { host: name, ip: address }).text,
    data: {
      OutboundIpPoolName: POOL_NAMES[pool],
      OutboundProxyTargetIPAddress: address,
      OutboundProxyTargetHostName: name,
      RecipientStatus: reply,
      IsSmtpResponseFromExternalServer: "True",
    },
    toIp: address,
  };
}

/** It waits or it failed, for a reply of a server outside or for one of Exchange itself. */
export function reasoned(
  event: "Defer" | "Fail",
  at: Date,
  reply: string,
  asked?: Asked,
): TraceEvent {
  const { server } = asked ?? {};
  const { name = "", address = "" } = server ?? {};
  const lastRetry = server ? at.toLocaleString("en-US", { timeZone: "UTC" }) : "";
  const reason = `[{LED=${reply}};{MSG=};{FQDN=${name}};{IP=${address}};{LRT=${lastRetry}}]`;
  const target = server
    ? `. OutboundProxyTargetIP: ${address}. OutboundProxyTargetHostName: ${name}`
    : "";
  return {
    at: at.toISOString(),
    event,
    detail: buildReply("exchange.trace-reason", { reason, target }).text,
    data: {
      RecipientStatus: reason,
      ...(asked && {
        OutboundIpPoolName: POOL_NAMES[asked.pool],
        OutboundProxyTargetIPAddress: address,
        OutboundProxyTargetHostName: name,
        IsSmtpResponseFromExternalServer: "True",
      }),
    },
    ...(server && { toIp: address }),
  };
}
