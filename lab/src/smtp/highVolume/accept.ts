import { type Context, newGuid } from "../../context.ts";
import type { Sourced } from "../../reply.ts";
import type { HveAccount } from "../../world/highVolume.ts";
import type { TraceEvent } from "../../world/messageTrace.ts";
import { receiversAt } from "../../world/recipients.ts";
import { complete } from "../accept.ts";
import { sayQueued } from "../exchange.ts";
import { runRules } from "../mailFlowRules.ts";
import { fieldName, fieldValue, formatMessage, type Message } from "../message.ts";
import {
  delivered,
  expanded,
  givenUp,
  reasoned,
  traceArrival,
  traceEvent,
} from "../recordTrace.ts";
import { type SmtpReply, smtpReply } from "../reply.ts";
import {
  clientFields,
  serversOf,
  submittedInside,
  submittedPassage,
} from "../submission/fields.ts";
import { type Arrival, applyHeaderFirewall, stampMessage } from "../trace.ts";

/** A message that an account hands in; its recipients are all inside. */
export interface HighVolumeMessage {
  account: HveAccount;
  message: Message;
  recipients: string[];
  arrival: Omit<Arrival, "networkMessageId">;
  /** How long it was as received. */
  bytes: number;
}

/**
 * Takes a message of an HVE account in: mailboxes inside get it. The account has no mailbox, so that there is no copy, and
 * what Exchange does not let through comes back to nobody (assumed) and stands in the trace. Assumed: it is stamped as a
 * mailbox's message is.
 */
export function acceptHighVolume(handed: HighVolumeMessage, context: Context): Sourced<SmtpReply> {
  const { world, log } = context;
  const { account, recipients, bytes } = handed;
  const { tenant } = world;
  const guid = newGuid(world);
  const arrival: Arrival = { ...handed.arrival, networkMessageId: guid };
  const message = prepare(handed);
  const messageId = complete(message, arrival, `<${guid}@${serversOf(tenant).store.name}>`);
  log.add({
    service: "highVolume",
    what: "message",
    result: `accepted ${messageId}`,
    detail: { account: account.address },
  });
  const { store } = serversOf(tenant);
  traceArrival(world, {
    ...{ arrival, message, messageId, sender: account.address, recipients, bytes },
    host: store.name,
    connector: { name: `Client Proxy ${store.short}`, isInbound: false },
  });
  const arrived = {
    ...message,
    fields: [...message.fields, ...clientFields(arrival, tenant).fields],
  };
  for (const recipient of recipients) {
    traceEvent(world, { id: guid, recipient }, deliver(recipient));
  }
  context.changed();
  return sayQueued(guid, messageId, bytes, world);

  function deliver(recipient: string): TraceEvent {
    const decision = runRules(
      { message: arrived, sender: account.address, recipient, isInternal: true, at: arrival.at },
      world,
    );
    if (decision.kind === "refuse") return givenUp(arrival.at, decision.reply);
    if (decision.kind === "drop") return reasoned("Fail", arrival.at, decision.rule);
    const { group, mailboxes } = receiversAt(world, recipient);
    const stamps = submittedInside(arrival, tenant);
    const passage = submittedPassage(message, arrival, tenant);
    for (const mailbox of mailboxes) {
      mailbox.messages.push({
        at: arrival.at.toISOString(),
        clientAddress: arrival.clientAddress,
        helo: arrival.helo,
        tls: arrival.tls?.version ?? null,
        envelope: { from: account.address, to: [recipient] },
        folder: "inbox",
        raw: formatMessage(stampMessage(decision.message, passage, stamps)),
      });
    }
    if (mailboxes.length === 0) {
      return givenUp(arrival.at, smtpReply("submission.recipient-not-found"));
    }
    return group ? expanded(arrival.at) : delivered(arrival.at);
  }
}

/** The message as the account sends it: without Bcc (assumed), with a From field and the account's Reply-To. */
function prepare({ account, message }: HighVolumeMessage): Message {
  const { fields, body } = applyHeaderFirewall(message).message;
  const { address, replyTo } = account;
  const own = [
    ...(fieldValue(message, "From") === undefined ? [`From: ${address}`] : []),
    ...(replyTo === "" ? [] : [`Reply-To: ${replyTo}`]),
  ];
  const dropped = ["bcc", ...(replyTo === "" ? [] : ["reply-to"])];
  return { fields: [...own, ...fields.filter((one) => !dropped.includes(fieldName(one)))], body };
}
