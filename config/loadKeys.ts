import { z } from "zod";
import { invisibleProblem } from "../mail/characters.ts";
import { METHODS } from "../mail/senders/methods.ts";
import { SENDER_NAME } from "../mail/senders/names.ts";
import { INTERNAL_RECIPIENTS, PURPOSES, RUNS_ON, URGENCIES } from "../mail/senders/sender.ts";
import { ruledText } from "./ruled.ts";

/** The keys of a sender that say what it sends, how much, to whom and from where. Its submission method follows from them. */
export const loadKeys = {
  description: ruledText(invisibleProblem)
    .optional()
    .meta({
      description: "What the sender is, for people",
      examples: ["Printers of the Delft office"],
    }),
  via: z
    .string()
    .optional()
    .meta({
      pattern: SENDER_NAME.source,
      description:
        "Name of another sender that it sends through: an Exchange server, a Postfix in front, or a device behind the same public address. Exchange Online takes the two for one, so it gets nothing of its own",
      examples: ["exchange"],
    }),
  exchangeServer: z
    .boolean()
    .optional()
    .meta({
      description:
        "Whether it is an Exchange server on your premises that other senders send through",
      examples: [true],
    }),
  method: z
    .enum(METHODS)
    .optional()
    .meta({
      description:
        "Submission method to use; when left out, the first one that fits is chosen. A method that can't carry what the sender sends is refused",
      examples: ["connector"],
    }),
  runsOn: z
    .enum(RUNS_ON)
    .optional()
    .meta({
      description:
        "Where it runs: azure, aws, googleCloud, onPremises, device or saas (a service that has other customers too)",
      examples: ["azure"],
    }),
  port25: z
    .boolean()
    .optional()
    .meta({
      description:
        "Whether it can connect to port 25 on the internet, as a connector and direct send need. Default: not on azure, aws and googleCloud, which close it",
      examples: [true],
    }),
  ipv6: z
    .boolean()
    .optional()
    .meta({
      description:
        "Whether it connects over IPv6 where it can. Connectors match IPv4 addresses alone, so it has to be told to use IPv4",
      examples: [true],
    }),
  messagesPerDay: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "Messages that it sends on a busy day", examples: [4000] }),
  peakPerMinute: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "Messages that it sends in its busiest minute", examples: [20] }),
  recipientsPerMessage: z
    .int()
    .min(1)
    .optional()
    .meta({
      description: "Most recipients that one of its messages has. Default: 1",
      examples: [10],
    }),
  recipientsPerDay: z
    .int()
    .min(1)
    .optional()
    .meta({
      description:
        "Most recipients that it sends to in a day. Exchange stops a mailbox of the stack's at twice this number. Default for the choice of a method: messagesPerDay times recipientsPerMessage",
      examples: [500],
    }),
  largestMessageMB: z
    .number()
    .positive()
    .optional()
    .meta({
      description:
        "Size of its largest message in MB, with attachments as files: they grow by 37 % on their way",
      examples: [10],
    }),
  external: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({
      description:
        "Share of its recipients outside the organisation, from 0 (none) to 1 (all). Default: 1",
      examples: [0.9],
    }),
  internalRecipients: z
    .enum(INTERNAL_RECIPIENTS)
    .optional()
    .meta({
      description:
        "Whom its mail inside the organisation is addressed to: mailboxes or groups. Many groups take mail from senders inside alone, and relayed mail counts as from outside. Default: mailboxes",
      examples: ["groups"],
    }),
  purpose: z
    .enum(PURPOSES)
    .optional()
    .meta({
      description:
        "What its mail is for: transactional (a message for one event, such as an order), bulk (the same message to many) or marketing. Default: transactional",
      examples: ["bulk"],
    }),
  urgency: z
    .enum(URGENCIES)
    .optional()
    .meta({
      description:
        "Whether its mail has to leave at once (immediate), or may wait while Exchange delays it (deferrable). Default: immediate",
      examples: ["deferrable"],
    }),
};
