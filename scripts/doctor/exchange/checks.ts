import type { Check } from "../check.ts";
import { blocked } from "./blocked.ts";
import { connectors } from "./connectors.ts";
import { directSend } from "./directSend.ts";
import { dkim } from "./dkim.ts";
import { fences, flowRules, journaling } from "./flowRules.ts";
import { grants } from "./grants.ts";
import { highVolume } from "./highVolume.ts";
import { mailboxes, sendingLimits } from "./mailboxes.ts";
import { otherConnectors } from "./otherConnectors.ts";
import { outbound } from "./outbound.ts";
import { smtpAuth } from "./smtpAuth.ts";

/** What Exchange does with the mail of the senders, in the order in which it meets each. */
export const EXCHANGE_CHECKS: readonly Check[] = [
  connectors,
  otherConnectors,
  directSend,
  mailboxes,
  smtpAuth,
  grants,
  highVolume,
  blocked,
  sendingLimits,
  flowRules,
  fences,
  journaling,
  dkim,
  outbound,
];
