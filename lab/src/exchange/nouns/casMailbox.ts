import type { Context } from "../../context.ts";
import type { ClientAccess, Mailbox } from "../../world/recipients.ts";
import { refusal } from "../cmdletError.ts";
import { defineNoun } from "../noun.ts";
import type { Bound, Parameters } from "../parameters.ts";
import { hasCome } from "../times.ts";
import { mailboxes } from "./mailbox.ts";
import { presentNames } from "./recipient.ts";

/**
 * The clients that a flag switches, by parameter: what the page of Set-CASMailbox has for Exchange Online. ECPEnabled is
 * shown, and is a parameter of the server product alone.
 */
const SWITCHES = {
  ActiveSyncEnabled: "activeSyncEnabled",
  EwsEnabled: "ewsEnabled",
  ImapEnabled: "imapEnabled",
  MacOutlookEnabled: "macOutlookEnabled",
  MAPIEnabled: "mapiEnabled",
  OneWinNativeOutlookEnabled: "oneWinNativeOutlookEnabled",
  OutlookMobileEnabled: "outlookMobileEnabled",
  OWAEnabled: "owaEnabled",
  OWAforDevicesEnabled: "owaForDevicesEnabled",
  PopEnabled: "popEnabled",
  UniversalOutlookEnabled: "universalOutlookEnabled",
} as const satisfies Record<string, keyof ClientAccess>;

const switches = Object.entries(SWITCHES);

/** The switch that came last, and may not have come to every tenant. */
const NEWEST = "OneWinNativeOutlookEnabled";

/** Protocols of mailboxes. Port 587 goes by SmtpClientAuthenticationDisabled after `smtpAuthDelayMs`. */
export const casMailboxCmdlets = defineNoun<Mailbox>({
  name: "CASMailbox",
  identity: "MailboxIdParameter",
  directory: mailboxes,
  present: (mailbox, { world }) => ({
    ...presentNames(mailbox, world),
    PrimarySmtpAddress: mailbox.address,
    EmailAddresses: mailbox.emailAddresses,
    ECPEnabled: true,
    ...Object.fromEntries(
      switches
        .filter(([name]) => name !== NEWEST || world.settings.newestClientSwitch !== "absent")
        .map(([name, field]) => [name, mailbox.clientAccess[field]]),
    ),
    SmtpClientAuthenticationDisabled: mailbox.clientAccess.smtpClientAuthenticationDisabled,
  }),
  get: {},
  set: {
    parameters: {
      ...Object.fromEntries(switches.map(([name]) => [name, { is: "flag" } as const])),
      SmtpClientAuthenticationDisabled: { is: "flagOrNull" },
    } satisfies Parameters,
    edit(mailbox, bound, context) {
      if (bound.has(NEWEST) && context.world.settings.newestClientSwitch !== "known") {
        throw refusal("exchange.unknown-parameter", { parameter: NEWEST });
      }
      return { ...mailbox, clientAccess: editAccess(mailbox.clientAccess, bound, context) };
    },
  },
});

function editAccess(current: ClientAccess, bound: Bound, { world, clock }: Context): ClientAccess {
  const next = { ...current };
  for (const [parameter, field] of switches) next[field] = bound.flag(parameter) ?? next[field];
  const before = current.smtpClientAuthenticationDisabled;
  const isDisabled = bound.has("SmtpClientAuthenticationDisabled")
    ? (bound.flag("SmtpClientAuthenticationDisabled") ?? null)
    : before;
  if (isDisabled === before) return next;
  const now = clock.now();
  const pending = current.smtpClientAuthentication;
  return {
    ...next,
    smtpClientAuthenticationDisabled: isDisabled,
    smtpClientAuthentication: {
      from: new Date(now.getTime() + world.settings.smtpAuthDelayMs).toISOString(),
      before: hasCome(pending.from, now) ? before : pending.before,
    },
  };
}
