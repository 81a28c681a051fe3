import { given } from "../given.ts";
import { sizeOfRelayed } from "./fit.ts";
import { externalRecipientLimit, LIMITS, type Limit, type LimitId } from "./limits.ts";
import { type Load, loadOf } from "./load.ts";
import { chooseMethod } from "./method.ts";
import type { Method } from "./methods.ts";
import type { Sender } from "./sender.ts";

/** What a sender, or all of them, use of a limit. */
export interface Usage {
  readonly limit: Limit;
  /** The limit's value for this tenant. */
  readonly value: number;
  /** On an average day: messages of the day spread over it; undefined where the limit knows no average. */
  readonly average?: number;
  /** At the peak. */
  readonly peak: number;
}

/** From this share of a limit on, a preview tells of it. */
export const TELL_FROM = 0.8;

/** What a usage takes of its limit at the peak, 1 for all of it. */
export const shareOf = ({ peak, value }: Usage): number => peak / value;

/** Minutes that a day's messages are spread over. */
const MINUTES_A_DAY = 24 * 60;

/** What a sender uses of each limit of its method that its stack file gives numbers for. */
export function usageOf(sender: Sender): Usage[] {
  const { method } = chooseMethod(sender);
  const load = loadOf(sender);
  const { messagesPerDay, peakPerMinute, recipientsPerDay, encodedMB } = load;
  const perMinute = messagesPerDay && messagesPerDay / MINUTES_A_DAY;
  const perHour = messagesPerDay && messagesPerDay / 24;
  const isMailbox = isOfMailbox(method);
  const [message, size] = messageLimits(method, load);
  return [
    ...(isMailbox && !load.mayWait
      ? used("messagesPerMinute", peakPerMinute ?? perMinute, perMinute)
      : []),
    ...(isMailbox ? used("recipientsPerDay", recipientsPerDay) : []),
    ...(method === "azureCommunicationServices"
      ? [
          ...used("acsMessagesPerMinute", peakPerMinute ?? perMinute, perMinute),
          ...used("acsMessagesPerHour", perHour && Math.max(perHour, peakPerMinute ?? 0), perHour),
        ]
      : []),
    ...used(message, load.recipientsPerMessage),
    ...used(size, encodedMB),
  ];
}

const isOfMailbox = (method: Method): boolean => LIMITS.recipientsPerDay.methods.includes(method);

/** The limits on recipients and on the size of a message. */
function messageLimits(method: Method, load: Load): readonly [LimitId, LimitId] {
  if (method === "highVolumeEmail") return ["hveRecipientsPerMessage", "hveMessageSize"];
  if (method === "azureCommunicationServices") return ["acsRecipientsPerMessage", "acsMessageSize"];
  return isOfMailbox(method)
    ? ["recipientsPerMessage", "messageSize"]
    : ["relayedRecipientsPerMessage", sizeOfRelayed(load)];
}

function used(id: LimitId, peak: number | undefined, average?: number): Usage[] {
  if (peak === undefined) return [];
  const limit = LIMITS[id];
  return [given({ limit, value: limit.value, peak, average })];
}

/** Recipients outside that all senders together send to in a day through Exchange, as far as their numbers are known. */
export const externalRecipientsOf = (senders: readonly Sender[]): number =>
  senders
    .filter((sender) =>
      LIMITS.externalRecipientsPerDay.methods.includes(chooseMethod(sender).method),
    )
    .map((sender) => loadOf(sender).externalRecipientsPerDay ?? 0)
    .reduce((one, other) => one + other, 0);

/**
 * What they use of what the tenant may send to others.
 *
 * @param peak recipients outside in 24 hours
 * @param licenses those of the tenant with Exchange Online that are not trials; 0 for a tenant of trials alone
 */
export function tenantUsage(peak: number, licenses: number): Usage {
  const limit =
    licenses === 0 ? LIMITS.externalRecipientsPerDayOfTrial : LIMITS.externalRecipientsPerDay;
  return { limit, value: externalRecipientLimit(licenses), peak };
}

/** From so many recipients outside a day on, some tenant's limit is near. */
export const NEAR_SOME_LIMIT = TELL_FROM * LIMITS.externalRecipientsPerDayOfTrial.value;
