import { type Context, newGuid } from "../../context.ts";
import type { Sourced } from "../../reply.ts";
import { mayReceive, maySend } from "../../world/mailboxSize.ts";
import { receiversAt } from "../../world/recipients.ts";
import { complete, isAcceptedDomain } from "../accept.ts";
import { sayQueued } from "../exchange.ts";
import { runRules } from "../mailFlowRules.ts";
import { authorsOf, domainOf, fieldName, formatMessage, type Message } from "../message.ts";
import type { Queue } from "../queue.ts";
import {
  delivered,
  expanded,
  givenUp,
  reasoned,
  traceArrival,
  traceEvent,
} from "../recordTrace.ts";
import { type SmtpReply, smtpReply } from "../reply.ts";
import { countOutside } from "../tenantLimit.ts";
import { type Arrival, applyHeaderFirewall, stampMessage } from "../trace.ts";
import { bounce } from "./bounce.ts";
import {
  clientFields,
  serversOf,
  submittedInside,
  submittedOutside,
  submittedPassage,
} from "./fields.ts";
import { countSent, judgeOutbound } from "./limits.ts";
import { type Submitted, withoutAliases } from "./refuse.ts";

/**
 * Takes a message of a mailbox in: mailboxes and groups inside get it, the queue brings it outside, and what Exchange does not
 * let through comes back as a bounce. A copy goes to Sent Items. Answers the 250, which says nothing of a bounce.
 */
export function acceptSubmission(
  submitted: Submitted,
  context: Context,
  queue: Queue,
): Sourced<SmtpReply> {
  const { world, log } = context;
  const { mailbox, recipients } = submitted;
  const { tenant } = world;
  const guid = newGuid(world);
  const arrival: Arrival = { ...submitted.arrival, networkMessageId: guid };
  const message = prepare(submitted);
  const messageId = complete(message, arrival, `<${guid}@${serversOf(tenant).store.name}>`);
  const inside = recipients.filter((address) => isAcceptedDomain(world, domainOf(address)));
  const counted = {
    mailbox: mailbox.address,
    internal: inside.length,
    external: recipients.length - inside.length,
  };
  const reason = maySend(mailbox, submitted.bytes)
    ? judgeOutbound(world, counted, arrival.at)
    : smtpReply("submission.too-large");
  const bounced = { ...counted, internal: 0, external: 0 };
  countSent(world.submission, reason ? bounced : counted, arrival.at);

  const sender = withoutAliases(submitted.sender, mailbox);
  const stored = (raw: string, from: string, to: string[]) => ({
    at: arrival.at.toISOString(),
    clientAddress: arrival.clientAddress,
    helo: arrival.helo,
    tls: arrival.tls?.version ?? null,
    envelope: { from, to },
    folder: "inbox" as const,
    raw,
  });
  const giveBack = (to: string[], because: Sourced<SmtpReply>): void => {
    const failed = { message, mailbox: mailbox.address, recipients: to, reason: because };
    const { raw } = bounce(failed, arrival, world);
    mailbox.messages.push(stored(raw, "", [mailbox.address]));
    for (const recipient of to) {
      traceEvent(world, { id: guid, recipient }, givenUp(arrival.at, because));
    }
    log.add({
      service: "submission",
      what: "bounce",
      result: `${because.code} ${because.text}`,
      detail: { mailbox: mailbox.address, to: to.join(",") },
    });
  };

  log.add({
    service: "submission",
    what: "message",
    result: `accepted ${messageId}`,
    detail: { mailbox: mailbox.address },
  });
  const { store } = serversOf(tenant);
  traceArrival(world, {
    ...{ arrival, message, messageId, sender, recipients, bytes: submitted.bytes },
    host: store.name,
    connector: { name: `Client Proxy ${store.short}`, isInbound: false },
  });
  if (mailbox.messageCopyForSMTPClientSubmissionEnabled) {
    const { folder: _, ...copy } = stored(formatMessage(message), sender, recipients);
    mailbox.sentItems.push(copy);
  }
  if (reason) giveBack(recipients, reason);
  else deliver();
  context.changed();
  return sayQueued(guid, messageId, submitted.bytes, world);

  function deliver(): void {
    const passage = submittedPassage(message, arrival, tenant);
    const arrived = {
      ...message,
      fields: [...message.fields, ...clientFields(arrival, tenant).fields],
    };
    const decided = recipients.map((recipient) => ({
      recipient,
      decision: runRules(
        { message: arrived, sender, recipient, isInternal: true, at: arrival.at },
        world,
      ),
    }));
    const leaving = decided.filter(
      ({ recipient, decision }) => decision.kind === "pass" && !inside.includes(recipient),
    );
    const stopped = countOutside(world, { sender, recipients: leaving.length }, arrival.at);
    for (const { recipient, decision } of decided) {
      if (decision.kind === "refuse") {
        giveBack([recipient], decision.reply);
        continue;
      }
      if (decision.kind === "drop") {
        traceEvent(world, { id: guid, recipient }, reasoned("Fail", arrival.at, decision.rule));
        continue;
      }
      const { message: passed, outboundConnector } = decision;
      const { group, mailboxes } = receiversAt(world, recipient);
      if (!mailboxes.every((mailbox) => mayReceive(mailbox, submitted.bytes))) {
        giveBack([recipient], smtpReply("queue.too-large-for-recipient"));
      } else if (mailboxes.length > 0) {
        const raw = formatMessage(stampMessage(passed, passage, submittedInside(arrival, tenant)));
        for (const { messages } of mailboxes) messages.push(stored(raw, sender, [recipient]));
        const event = group ? expanded(arrival.at) : delivered(arrival.at);
        traceEvent(world, { id: guid, recipient }, event);
      } else if (inside.includes(recipient)) {
        giveBack([recipient], smtpReply("submission.recipient-not-found"));
      } else if (stopped) {
        giveBack([recipient], stopped);
      } else {
        const stamps = submittedOutside(message, arrival, tenant);
        queue.add({
          connector: null,
          envelope: { from: sender, to: [recipient] },
          networkMessageId: guid,
          ...(outboundConnector && { outboundConnector }),
          raw: formatMessage(stampMessage(passed, passage, stamps)),
        });
      }
    }
  }
}

/** The message as the mailbox sends it: without Bcc (assumed) and aliases, with a From field. */
function prepare({ message, mailbox }: Submitted): Message {
  const { fields, body } = applyHeaderFirewall(message).message;
  const from = authorsOf(message).length > 0 ? [] : [`From: ${mailbox.address}`];
  return {
    fields: [...from, ...fields]
      .filter((field) => fieldName(field) !== "bcc")
      .map((field) => (fieldName(field) === "from" ? withoutAliases(field, mailbox) : field)),
    body,
  };
}
