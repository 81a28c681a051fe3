import { type Context, newGuid } from "../context.ts";
import type { Sourced } from "../reply.ts";
import { mayReceive } from "../world/mailboxSize.ts";
import { findMailbox, receiversAt } from "../world/recipients.ts";
import type { World } from "../world/world.ts";
import type { Attribution } from "./attribution.ts";
import { sayQueued } from "./exchange.ts";
import { actionOf, type Judgement } from "./judge.ts";
import { type Decision, runRules } from "./mailFlowRules.ts";
import {
  domainOf,
  fieldValue,
  formatDate,
  formatMessage,
  type Message,
  parseMessage,
} from "./message.ts";
import { needsRelayPool } from "./pool.ts";
import type { Queue } from "./queue.ts";
import { refuseFlood } from "./receivingLimit.ts";
import { delivered, expanded, givenUp, reasoned, traceArrival, traceEvent } from "./recordTrace.ts";
import { type SmtpReply, smtpReply } from "./reply.ts";
import { bounce } from "./submission/bounce.ts";
import { countOutside } from "./tenantLimit.ts";
import {
  type Arrival,
  applyHeaderFirewall,
  describeAttribution,
  insideFields,
  passageFields,
  relayFields,
  rewriteSender,
  stampMessage,
} from "./trace.ts";

/** A whole message whose recipients were all accepted. */
export interface Incoming {
  /** As received, one char a byte (latin1). */
  raw: string;
  /** Envelope sender; empty for the null sender. */
  sender: string;
  recipients: string[];
  attribution: Attribution | undefined;
  arrival: Omit<Arrival, "networkMessageId">;
  judgement: Judgement;
}

/** Takes a message in: mailboxes inside get it, the queue brings it outside. Answers the 250. */
export function acceptMessage(
  incoming: Incoming,
  context: Context,
  queue: Queue,
): Sourced<SmtpReply> {
  const { world, log } = context;
  const { sender, attribution, judgement } = incoming;
  const guid = newGuid(world);
  const arrival: Arrival = { ...incoming.arrival, networkMessageId: guid };
  const { message: received, removed } = applyHeaderFirewall(parseMessage(incoming.raw));
  const messageId = complete(received, arrival, `<${guid}@${world.tenant.servers.mailbox}>`);
  const passage = (isInside: boolean) =>
    passageFields(received, arrival, { sender, isInside }, judgement, world.tenant);
  log.add({
    service: "smtp",
    what: "message",
    result: `accepted ${messageId}`,
    detail: { attribution: describeAttribution(attribution), firewall: removed.join(",") },
  });
  traceArrival(world, {
    ...{ arrival, message: received, messageId, sender, recipients: incoming.recipients },
    bytes: incoming.raw.length,
    host: world.tenant.servers.mailbox,
    connector: attribution
      ? { name: attribution.connector.name, isInbound: true }
      : { name: `Default ${world.tenant.servers.frontEnd}`, isInbound: false },
  });
  const isBlocked = world.mailFlow.blockedConnectors.some(
    ({ connectorId }) => connectorId === attribution?.connector.guid,
  );
  /** Nobody is told of what a sender without a mailbox sends (assumed), but the trace. */
  const giveBack = (recipient: string, because: Sourced<SmtpReply>): void => {
    traceEvent(world, { id: guid, recipient }, givenUp(arrival.at, because));
    log.add({ service: "smtp", what: "bounce", result: `${because.code} ${because.text}` });
    const author = findMailbox(world, sender);
    if (!author) return;
    const failed = {
      message: received,
      mailbox: author.address,
      recipients: [recipient],
      reason: because,
    };
    author.messages.push({
      at: arrival.at.toISOString(),
      ...{ clientAddress: world.addresses.exchangeOutbound, helo: "", tls: null },
      ...{ envelope: { from: "", to: [author.address] }, folder: "inbox" },
      raw: bounce(failed, arrival, world).raw,
    });
  };
  const isInternal = attribution?.connector.treatMessagesAsInternal ?? false;
  const decide = (recipient: string): Decision =>
    isBlocked
      ? { kind: "refuse", reply: smtpReply("queue.blocked-connector") }
      : runRules(
          {
            ...{ message: received, sender, recipient, clientAddress: arrival.clientAddress },
            ...{ at: arrival.at, isInternal },
          },
          world,
        );
  const decided = incoming.recipients.map((recipient) => ({
    recipient,
    decision: decide(recipient),
    isOutside: attribution !== undefined && !isAcceptedDomain(world, domainOf(recipient)),
  }));
  const leaving = decided.filter(
    ({ decision, isOutside }) => isOutside && decision.kind === "pass",
  );
  const stopped = countOutside(world, { sender, recipients: leaving.length }, arrival.at);
  for (const { recipient, decision, isOutside } of decided) {
    if (decision.kind === "refuse") {
      giveBack(recipient, decision.reply);
      continue;
    }
    if (decision.kind === "drop") {
      traceEvent(world, { id: guid, recipient }, reasoned("Fail", arrival.at, decision.rule));
      continue;
    }
    const { message, outboundConnector } = decision;
    const { group, mailboxes } = receiversAt(world, recipient);
    if (group?.requireSenderAuthentication && !isInternal) {
      giveBack(recipient, smtpReply("queue.internal-only-group"));
      continue;
    }
    if (stopped && isOutside) {
      giveBack(recipient, stopped);
      continue;
    }
    const [refusal] = mailboxes.flatMap((mailbox) =>
      mayReceive(mailbox, incoming.raw.length)
        ? (refuseFlood(mailbox, sender, arrival.at) ?? [])
        : smtpReply("queue.too-large-for-recipient"),
    );
    if (refusal) {
      giveBack(recipient, refusal);
      continue;
    }
    for (const mailbox of mailboxes) {
      mailbox.messages.push({
        at: arrival.at.toISOString(),
        clientAddress: arrival.clientAddress,
        helo: arrival.helo,
        tls: arrival.tls?.version ?? null,
        envelope: { from: sender, to: [recipient] },
        folder: actionOf(judgement.dmarc) === "none" ? "inbox" : "junk",
        raw: formatMessage(
          stampMessage(message, passage(true), insideFields(attribution, arrival, world)),
        ),
      });
    }
    if (group !== undefined) {
      traceEvent(world, { id: guid, recipient }, expanded(arrival.at));
    } else if (mailboxes.length > 0) {
      traceEvent(world, { id: guid, recipient }, delivered(arrival.at));
    } else if (attribution) {
      queue.add({
        connector: attribution.connector.name,
        envelope: { from: rewriteSender(sender, world), to: [recipient] },
        networkMessageId: guid,
        ...(outboundConnector && { outboundConnector }),
        ...(needsRelayPool(sender, judgement, world) && { pool: "relay" }),
        raw: formatMessage(stampMessage(message, passage(false), relayFields(arrival, world))),
      });
    }
  }
  context.changed();
  return sayQueued(guid, messageId, incoming.raw.length, world);
}

/** Whether the organisation takes mail for a domain. */
export function isAcceptedDomain({ tenant }: World, domain: string): boolean {
  return tenant.acceptedDomains.some(({ name }) => name === domain);
}

/** Adds the Message-ID and Date that a message must have; answers its Message-ID. */
export function complete(message: Message, { at }: Pick<Arrival, "at">, newId: string): string {
  const messageId = fieldValue(message, "Message-ID");
  if (messageId === undefined) message.fields.push(`Message-ID: ${newId}`);
  if (fieldValue(message, "Date") === undefined) message.fields.push(`Date: ${formatDate(at)}`);
  return messageId ?? newId;
}
