// What is to be known of a sender before it sends, beside why it sends as it does.

import { number } from "../numberText.ts";
import { announcedFor } from "./dates.ts";
import { shareOf, usageOf } from "./headroom.ts";
import { LIMITS, METHOD_FACTS } from "./limits.ts";
import { loadOf } from "./load.ts";
import { isWildcard } from "./mailbox.ts";
import { isMade, isRelayed, type Method } from "./methods.ts";
import type { Sender } from "./sender.ts";
import { aboveText, usageText } from "./usageText.ts";

/**
 * What is to be known of a sender, a sentence each without its full stop.
 *
 * @param method that was chosen for it
 */
export function notesOf(sender: Sender, method: Method): string[] {
  const { ipv6, messagesPerDay, peakPerMinute } = sender;
  const {
    external,
    externalRecipientsPerDay = 0,
    purpose,
    recipientsPerDay,
    recipientsPerMessage,
  } = loadOf(sender);
  const perMinute = LIMITS.messagesPerMinute.value;
  const isLimited = LIMITS.messagesPerMinute.methods.includes(method);
  const isSlowed = isLimited && (peakPerMinute ?? 0) > perMinute;
  const perHour = hourOf(sender);
  const perHourOfPair = LIMITS.messagesPerHourOfPair.value;
  const ofDomain = LIMITS.relayedRecipientsOfDomain;
  const { connections } = LIMITS;
  const together = 1 + (sender.members?.length ?? 0);
  return [
    ...(isSlowed && messagesPerDay !== undefined
      ? [
          `Exchange slows it down to ${perMinute} messages a minute: ${number(messagesPerDay)} take ${duration(Math.ceil(messagesPerDay / perMinute))}`,
        ]
      : []),
    ...(connections.methods.includes(method) && together > connections.value
      ? [
          `${together} systems send through its mailbox, which takes ${connections.value} ${connections.counts}: ${connections.above}`,
        ]
      : []),
    ...(ipv6 && isRelayed(method)
      ? [
          method === "directSend"
            ? "it has to connect over IPv4: SPF lists its IPv4 addresses, and Exchange refuses mail over IPv6 that passes neither SPF nor DKIM with 450 4.7.26"
            : "it has to connect over IPv4: connectors match no IPv6 address, and mail that comes over IPv6 is refused with 550 5.7.64",
        ]
      : []),
    ...(sender.internalRecipients === "groups" && external < 1 && isRelayed(method)
      ? [
          "its mail counts as sent from outside, so groups that take mail from inside alone refuse it with 550 5.7.133: let these groups take mail from outside, or have it sign in",
        ]
      : []),
    ...(ofDomain.methods.includes(method) && recipientsPerMessage > ofDomain.value
      ? [
          `it addresses one message to ${number(recipientsPerMessage)}, and the limit is ${ofDomain.value} ${ofDomain.counts}: ${ofDomain.above}`,
        ]
      : []),
    ...(LIMITS.messagesPerHourOfPair.methods.includes(method) &&
    external < 1 &&
    purpose === "transactional" &&
    perHour > perHourOfPair
      ? [
          `it may send ${number(Math.ceil(perHour))} messages in its busiest hour, and a mailbox inside takes ${number(perHourOfPair)} an hour from one sender: have it send summaries if they all go ${isOneAddress(sender) ? "" : "from one address "}to one mailbox`,
        ]
      : []),
    ...(LIMITS.bulkMessagesPerDay.methods.includes(method) &&
    externalRecipientsPerDay >= LIMITS.bulkMessagesPerDay.value
      ? [
          `it may send to ${number(LIMITS.bulkMessagesPerDay.value)} or more mailboxes of one provider in a day: ${LIMITS.bulkMessagesPerDay.above} (${LIMITS.bulkMessagesPerDay.source})`,
        ]
      : []),
    ...(method === "connector" && sender.runsOn === "saas"
      ? [
          `Microsoft says: ${METHOD_FACTS.sharedAddresses.says} (${METHOD_FACTS.sharedAddresses.source}); use it only where the service presents a certificate of your own, as Exchange takes everybody who presents it for this sender`,
        ]
      : []),
    ...(method === "directSend"
      ? [
          "a tenant can refuse direct send with 550 5.7.68 (RejectDirectSend); the preview and npm run doctor say whether yours does",
        ]
      : []),
    ...(isMade(method) ? [] : ["the stack creates nothing for this method: set it up yourself"]),
    ...(method === "azureCommunicationServices" && sender.environment !== undefined
      ? [
          `no page that could be read says whether the cloud "${sender.environment}" has Azure Communication Services: look for it in your Azure portal, or use another service for this mail`,
        ]
      : []),
    ...usageOf(sender)
      .filter((usage) => shareOf(usage) > 1)
      .map((usage) => `${usageText(usage)}: above that ${aboveText(usage.limit)}`),
    ...announcedFor(sender),
    ...([messagesPerDay, peakPerMinute, recipientsPerDay].every((one) => one === undefined)
      ? ["how much it sends is not said (messagesPerDay, peakPerMinute), so limits are not judged"]
      : []),
  ];
}

const isOneAddress = ({ from }: Sender): boolean => from.length === 1 && !from.some(isWildcard);

/** Messages of a sender's busiest hour, which can't be more than those of its day. */
const hourOf = ({ messagesPerDay = 0, peakPerMinute = messagesPerDay / (24 * 60) }: Sender) =>
  Math.min(60 * peakPerMinute, messagesPerDay || Number.POSITIVE_INFINITY);

/** Minutes as people read them: `2 h 14 min`. */
const duration = (minutes: number): string =>
  [
    ...(minutes >= 60 ? [`${Math.floor(minutes / 60)} h`] : []),
    ...(minutes % 60 > 0 ? [`${minutes % 60} min`] : []),
  ].join(" ");
