import { LIMITS, type LimitId } from "./limits.ts";
import { type Load, loadOf } from "./load.ts";
import type { Way } from "./methods.ts";
import { refuseClosedPort25 } from "./port25.ts";
import type { Refusal } from "./refusal.ts";
import {
  DELIVERS_ITSELF,
  refuseAbove,
  refuseBulk,
  refuseBulkOutside,
  refuseOtherAddresses,
  refuseOtherClouds,
  refuseOutside,
  refuseRecipients,
  refuseSize,
  refuseUnasked,
  refuseWildcard,
  refuseWithout,
  refuseWithoutPassword,
} from "./refuse.ts";
import type { Sender } from "./sender.ts";

type Judge = (sender: Sender, load: Load, way: Way) => (Refusal | undefined)[];

/**
 * Why a sender can't send by a way; nothing where it can.
 *
 * @param sender as config has checked it
 */
export function refusalsOf(sender: Sender, way: Way): Refusal[] {
  return JUDGES[way.method](sender, loadOf(sender), way).filter((one) => one !== undefined);
}

/** What each message of a mailbox is held to. */
const judgeMessage = (load: Load) => [
  refuseRecipients("recipientsPerMessage", load),
  refuseSize("messageSize", load),
];

/** What a message is held to that a server hands over on port 25: a mailbox inside takes less than Exchange itself. */
const judgeRelayedMessage = (load: Load) => [
  refuseRecipients("relayedRecipientsPerMessage", load),
  refuseSize(sizeOfRelayed(load), load),
];

/** The limit on the size of a message that a server hands over. */
export const sizeOfRelayed = ({ external }: Load): LimitId =>
  external === 1 ? "relayedMessageSize" : "receivedMessageSize";

/** What a mailbox is held to, of whatever way its mail comes in. */
const judgeMailbox = ({ from }: Sender, load: Load) => [
  refuseWildcard(from, "a mailbox sends as addresses that are listed"),
  load.mayWait
    ? undefined
    : refuseAbove("messagesPerMinute", load.peakPerMinute, {
        does: "peaks at",
        fix: `have it send more slowly and set peakPerMinute to ${LIMITS.messagesPerMinute.value} or less, or set urgency to deferrable if its mail may wait`,
      }),
  refuseAbove("recipientsPerDay", load.recipientsPerDay, {
    does: "sends to",
    fix: "split it into several senders with an address each",
  }),
];

const judgeDirectSend = (sender: Sender, load: Load) => [
  refuseOutside(load, "directSendInside"),
  refuseClosedPort25(sender),
  sender.egress.length > 0
    ? undefined
    : {
        because: "it has no fixed public address (egress), without which its mail fails SPF",
        fix: "add egress",
      },
  refuseBulk(sender, load),
  refuseRecipients("relayedRecipientsPerMessage", load),
  refuseSize("receivedMessageSize", load),
];

const JUDGES: Readonly<Record<Way["method"], Judge>> = {
  smtpAuth: (sender, load, { by }) => [
    refuseWithout(sender, by === "password" ? "password" : "oauth"),
    refuseBulkOutside(sender, load),
    ...judgeMailbox(sender, load),
    ...judgeMessage(load),
  ],
  connector: (sender, load, { by }) => [
    refuseWithout(sender, by === "certificate" ? "certificate" : "staticIp"),
    by === "staticIp" && sender.runsOn === "saas"
      ? {
          because: "other customers of the service send from the same addresses",
          fix: "have it present a certificate of your own domain, or sign in",
          fact: "sharedAddresses",
        }
      : undefined,
    refuseClosedPort25(sender),
    refuseBulk(sender, load),
    ...judgeRelayedMessage(load),
  ],
  highVolumeEmail: (sender, load) => [
    refuseOtherClouds(sender),
    refuseWithoutPassword(sender),
    refuseOutside(load, "highVolumeInside"),
    refuseWildcard(sender.from, "an account has one address"),
    refuseOtherAddresses(sender),
    refuseRecipients("hveRecipientsPerMessage", load),
    refuseSize("hveMessageSize", load),
  ],
  directSend: (sender, load) => [
    sender.authentication.includes("none")
      ? undefined
      : {
          lacking: true,
          because: "it can authenticate, which is safer",
          fix: "set authentication to [none] if it can't authenticate",
        },
    ...(sender.runsOn === "saas" ? [DELIVERS_ITSELF] : judgeDirectSend(sender, load)),
  ],
  azureCommunicationServices: (sender, load, way) => [
    refuseWithout(sender, "oauth", "password"),
    refuseBulkOutside(sender, load) === undefined || sender.purposeOf !== undefined
      ? refuseUnasked(
          sender,
          way,
          "it is an Azure service, with a price and a reputation of its own",
        )
      : undefined,
    refuseRecipients("acsRecipientsPerMessage", load),
    refuseSize("acsMessageSize", load),
  ],
  graph: (sender, load, way) => [
    refuseUnasked(sender, way, "Graph takes no SMTP: an application has to call it over HTTPS"),
    refuseWithout(sender, "oauth"),
    refuseBulkOutside(sender, load),
    ...judgeMailbox(sender, load),
    ...judgeMessage(load),
  ],
  onPremisesExchange: () => [
    {
      lacking: true,
      because: "it names no Exchange server of the stack to send through",
      fix: "set via to the name of a sender with exchangeServer: true, and authentication to [none]",
    },
  ],
};
