import type { Check } from "../check.ts";
import { connectors } from "./connectors.ts";
import { dkim } from "./dkim.ts";
import { grants } from "./grants.ts";
import { otherConnectors } from "./otherConnectors.ts";
import { smtpAuth } from "./smtpAuth.ts";

/** What Exchange does with the mail of the senders. */
export const EXCHANGE_CHECKS: readonly Check[] = [
  connectors,
  otherConnectors,
  smtpAuth,
  grants,
  dkim,
];
