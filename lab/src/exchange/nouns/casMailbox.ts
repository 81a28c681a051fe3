import type { Context } from "../../context.ts";
import type { ClientAccess, Mailbox } from "../../world/recipients.ts";
import { defineNoun } from "../noun.ts";
import type { Bound, Parameters } from "../parameters.ts";
import { hasCome } from "../times.ts";
import { mailboxes, presentNames } from "./mailbox.ts";

/** The protocols that a flag switches, by parameter. */
const SWITCHES = {
  ActiveSyncEnabled: "activeSyncEnabled",
  ECPEnabled: "ecpEnabled",
  EwsEnabled: "ewsEnabled",
  ImapEnabled: "imapEnabled",
  MAPIEnabled: "mapiEnabled",
  OWAEnabled: "owaEnabled",
  PopEnabled: "popEnabled",
} as const satisfies Record<string, keyof ClientAccess>;

const switches = Object.entries(SWITCHES);

/** Protocols of mailboxes. Port 587 goes by SmtpClientAuthenticationDisabled after `smtpAuthDelayMs`. */
export const casMailboxCmdlets = defineNoun<Mailbox>({
  name: "CASMailbox",
  identity: "MailboxIdParameter",
  directory: mailboxes,
  present: (mailbox, { world }) => ({
    ...presentNames(mailbox, world),
    PrimarySmtpAddress: mailbox.address,
    EmailAddresses: mailbox.emailAddresses,
    ...Object.fromEntries(switches.map(([name, field]) => [name, mailbox.clientAccess[field]])),
    SmtpClientAuthenticationDisabled: mailbox.clientAccess.smtpClientAuthenticationDisabled,
  }),
  get: { resultSize: "1000" },
  set: {
    parameters: {
      ...Object.fromEntries(switches.map(([name]) => [name, { is: "flag" } as const])),
      SmtpClientAuthenticationDisabled: { is: "flagOrNull" },
    } satisfies Parameters,
    edit: (mailbox, bound, context) => ({
      ...mailbox,
      clientAccess: editAccess(mailbox.clientAccess, bound, context),
    }),
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
